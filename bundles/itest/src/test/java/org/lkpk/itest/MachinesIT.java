package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.io.IOException;
import java.util.List;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Two machines in one JVM. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class MachinesIT {
    private static final String OLD = "console=ttyS0\n", NEW = "[lkpk] console=ttyS0\n";

    @Inject
    private BundleContext context;
    @Inject
    private Machines machines;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Test
    public void twoMachinesRunIndependently() throws Exception {
        try (RunningGuest one = RunningGuest.tiny(context, "one"); RunningGuest two = RunningGuest.tiny(context, "two")) {
            assertEquals(List.of("one", "two"), machines.all().stream().map(Machine::name).toList());
            one.boot();
            assertEquals(Machine.Status.OFF, two.machine.status());
            two.boot();
            one.machine.pause();
            assertEquals(OLD, two.terminal.command("b"));
            one.machine.resume();
            two.machine.off();
            assertEquals(OLD, one.terminal.command("b"));
        }
        assertEquals(List.of(), machines.all());
    }

    @Test
    public void aPatchIsAppliedToBothAndTakenBackFromBoth() throws Exception {
        Bundle patch = Container.bundle(context, "org.lkpk.patch.tiny");
        try (RunningGuest one = RunningGuest.tiny(context, "one").boot(); RunningGuest two = RunningGuest.tiny(context, "two").boot()) {
            patch.start();
            assertEquals(NEW, one.terminal.command("b"));
            assertEquals(NEW, two.terminal.command("b"));
            patch.stop();
            assertEquals(OLD, one.terminal.command("b"));
            assertEquals(OLD, two.terminal.command("b"));
        } finally {
            patch.stop();
        }
    }

    @Test
    public void aNameIsTakenOnce() throws Exception {
        try (RunningGuest one = RunningGuest.tiny(context, "one")) {
            assertEquals("one", one.machine.name());
            assertThrows(IllegalArgumentException.class, () -> RunningGuest.tiny(context, "one"));
        }
        try (RunningGuest again = RunningGuest.tiny(context, "one").boot()) {
            assertEquals(OLD, again.terminal.command("b"));
        }
    }
}
