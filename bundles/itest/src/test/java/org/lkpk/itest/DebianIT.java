package org.lkpk.itest;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Random;
import javax.inject.Inject;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.machine.Specification;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Debian's kernel, booted once for all of it. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DebianIT {
    private static final String CMDLINE = "cat /proc/cmdline";
    private static RunningGuest debian;

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Before
    public void bootOnce() throws Exception {
        if (debian == null) debian = RunningGuest.debian(context, Specification.named("debian").withMemory(128 << 20)).boot();
    }

    @AfterClass
    public static void stop() {
        if (debian != null) debian.close();
        debian = null;
    }

    @Test
    public void aStartedPatchIsSeenAndAStoppedOneIsGone() throws Exception {
        Bundle patch = Container.bundle(context, "org.lkpk.patch.cmdline");
        String old = debian.terminal.command(CMDLINE), taint = debian.terminal.command("cat /proc/sys/kernel/tainted");
        for (int i = 0; i < 3; i++) {
            patch.start();
            String now = debian.terminal.command(CMDLINE);
            assertNotEquals(old, now);
            assertTrue(now, now.endsWith(old));
            patch.stop();
            assertEquals(old, debian.terminal.command(CMDLINE));
        }
        assertEquals(taint, debian.terminal.command("cat /proc/sys/kernel/tainted"));
        assertFalse(debian.terminal.command("dmesg").contains("BUG:"));
    }

    @Test
    public void aHotAddedCardIsFoundByTheKernelsProbeAndCarriesBytes() throws Exception {
        Bundle com2 = Container.bundle(context, "org.lkpk.slot.com2");
        assertTrue(debian.terminal.command("grep 2F8 /proc/tty/driver/serial").contains("unknown"));
        com2.start();
        debian.terminal.command("serprobe /dev/ttyS1");
        assertEquals(0, debian.terminal.status());
        assertTrue(debian.terminal.command("grep 2F8 /proc/tty/driver/serial").contains("16550A"));
        byte[] sent = new byte[1000];
        new Random(2).nextBytes(sent);
        Cable cable = new Cable();
        debian.machine.connect("com2", cable);
        debian.terminal.type("serprobe -x /dev/ttyS1 1000\r");
        debian.terminal.await("ready\r\n");
        debian.machine.input("com2", "serial", sent);
        debian.terminal.prompt();
        assertEquals(0, debian.terminal.status());
        RunningGuest.await("all bytes sent", () -> cable.arrived().length >= sent.length);
        assertArrayEquals(sent, cable.arrived());
        com2.stop();
        assertEquals("on\n", debian.terminal.command("echo on"));
        assertFalse(debian.terminal.command("dmesg").contains("Oops"));
    }

    @Test
    public void aSumIsRightThoughTheCpuIsUpdatedMeanwhile() throws Exception {
        String sum = "dd if=/dev/zero bs=64k count=16 2>/dev/null | sha256sum";
        String right = debian.terminal.command(sum);
        debian.terminal.type(sum + "\r");
        long ticks = debian.atRest(() -> debian.machine.board().ticks());
        Container.bundle(context, "org.lkpk.cpu").update(Jar.of("org.lkpk.cpu").version("0.3.0").stream());
        assertEquals("0.3.0", debian.atRest(() -> debian.machine.cpus().get(0).version()));
        assertTrue(debian.atRest(() -> debian.machine.board().ticks()) > ticks);
        assertTrue(debian.terminal.prompt().replace("\r\n", "\n").endsWith(right));
    }
}
