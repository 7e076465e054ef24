package org.lkpk.itest;

import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Ending;
import org.lkpk.api.machine.Firmware;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.lkpk.api.machine.Specification;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** A guest, whatever it does, never makes the host throw, hang or grow. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class FuzzIT {
    private static final long SECONDS = Long.getLong("lkpk.fuzz", 60);
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    private static final Long OWN = Long.getLong("lkpk.seed");
    private static final long HANG_MS = 10_000;
    private static final long GROWTH = 1 << 20;
    private static final Boot NOTHING = new Boot("random bytes", new byte[0], new byte[0], "");

    @Inject
    private BundleContext context;
    @Inject
    private Machines machines;
    private volatile String failure = "";

    /** All but the firmware: the test is that. */
    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-machine", "org.lkpk.firmware");
    }

    @Test
    public void randomGuestsNeitherBreakNorHangNorFillTheHost() throws Exception {
        Container.bundle(context, "org.lkpk.slot.com2").start();
        long share = SECONDS * 1_000 / (SEEDS.size() + 2);
        long fresh = OWN == null ? System.nanoTime() & 0xFFFFFFFFL : OWN;
        System.out.println("fuzz: new seed " + fresh + "; again with -Dlkpk.seed=" + fresh);
        fuzz(0, share); // Makes what is made once.
        long before = heap();
        for (long seed : SEEDS) fuzz(seed, share);
        fuzz(fresh, share);
        long grown = heap() - before;
        System.out.println("fuzz: heap " + (grown >= 0 ? "+" : "") + grown + " bytes");
        assertTrue("the heap grew by " + grown + " bytes", grown < GROWTH);
    }

    private void fuzz(long seed, long millis) throws Exception {
        RandomGuest guest = new RandomGuest(seed);
        ServiceRegistration<Firmware> firmware = context.registerService(Firmware.class, guest, null);
        Machine machine = machines.create(Specification.named("fuzz").withMemory(16 << 20).withSeed(seed));
        machine.listen(new Machine.Listener() {
            @Override
            public void told(String line) {
                if (line.contains("failed")) failure = line;
            }
        });
        try {
            int ends = drive(machine, guest, System.nanoTime() + millis * 1_000_000);
            System.out.println("fuzz: seed " + seed + ": " + guest.cases() + " cases, " + ends + " ends, "
                    + machine.counters().instructions() + " instructions");
        } catch (AssertionError broken) {
            throw new AssertionError("seed " + seed + ", case " + guest.cases() + ": " + broken.getMessage(), broken);
        } finally {
            machine.dispose();
            firmware.unregister();
        }
    }

    /** Powers on again and again until {@code deadline}; returns how often the machine ended by itself. */
    private int drive(Machine machine, RandomGuest guest, long deadline) throws InterruptedException, BootRefused {
        int ends = 0;
        long seen = 0, since = System.nanoTime();
        while (System.nanoTime() < deadline) {
            if (machine.status() == Machine.Status.OFF) machine.boot(NOTHING);
            if (ended(machine)) ends++;
            if (!failure.isEmpty()) fail(failure);
            if (guest.cases() != seen) since = System.nanoTime();
            seen = guest.cases();
            if (System.nanoTime() - since > HANG_MS * 1_000_000) fail("hangs: " + stack(machine));
        }
        machine.off();
        return ends;
    }

    private static boolean ended(Machine machine) throws InterruptedException {
        try {
            Ending ending = machine.ending().get(100, TimeUnit.MILLISECONDS);
            if (ending.cause().contains("failed")) fail(ending.cause());
            return true;
        } catch (TimeoutException stillRunning) {
            return false;
        } catch (ExecutionException broken) {
            throw new AssertionError(broken.getCause());
        }
    }

    private static String stack(Machine machine) {
        StringBuilder text = new StringBuilder();
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            if (!thread.getName().equals("lkpk " + machine.name())) return;
            for (StackTraceElement frame : frames) text.append("\n  ").append(frame);
        });
        return text.toString();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
