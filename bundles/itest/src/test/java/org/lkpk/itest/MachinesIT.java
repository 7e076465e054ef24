package org.lkpk.itest;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.machine.Machines;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** Machines in one JVM. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class MachinesIT {
    @Inject
    private Machines machines;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Test
    public void startsWithNone() {
        assertEquals(0, machines.all().size());
    }
}
