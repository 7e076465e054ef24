package org.lkpk.itest;

import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.machine.Specification;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/** Debian's 686-pae kernel, whose page tables have three levels and forbid code in most pages; SuiteIT tries it whole if asked. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PaeIT {
    /** Code and data in the card's window and, for the large one, in memory that the guest gives. */
    private static final List<String> CASES = List.of("strings", "new-data", "ex-table", "callbacks", "large", "busy");

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Test
    public void patchesComeAndGoWhereMostPagesHoldNoCode() throws Exception {
        List<PatchCase> cases = new ArrayList<>();
        for (String name : CASES) cases.add(PatchCase.named(name));
        try (RunningGuest debian = RunningGuest.debian(context, "686-pae", Specification.named("pae").withMemory(128 << 20)).boot()) {
            assertTrue(debian.terminal.command("dmesg").contains("NX (Execute Disable) protection: active"));
            new Trial(context, debian).of(cases);
        }
    }
}
