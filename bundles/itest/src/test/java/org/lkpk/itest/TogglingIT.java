package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Two users at shells of their own start, stop and update patch, card and CPU as they like. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class TogglingIT {
    private static final int SEED = 20_26;
    private static final long SECONDS = Long.getLong("lkpk.toggling", 60);
    /** For the bundle operation that is under way when the time is up. */
    private static final long PATIENCE_MS = 30_000;
    private static final String CPU = "org.lkpk.cpu", SLOT = "org.lkpk.slot.com2", PATCH = "org.lkpk.patch.tiny";

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Test
    public void twoShellsTogglePatchCardAndCpuWithoutDeadlock() throws Exception {
        System.out.println("toggling for " + SECONDS + " s with seed " + SEED);
        try (RunningGuest tiny = RunningGuest.tiny(context, "toggled").boot()) {
            tiny.terminal.command("c 500");
            String sums = tiny.terminal.command("w");
            String text = tiny.terminal.command("k");
            tiny.terminal.command("c 500");
            List<User> users = List.of(new User(SEED), new User(SEED + 1));
            for (User user : users) user.start();
            for (User user : users) user.join(SECONDS * 1000 + PATIENCE_MS);
            for (User user : users) if (user.isAlive()) fail("deadlock: " + threads());
            for (User user : users) user.check();
            for (String name : List.of(PATCH, SLOT)) Container.bundle(context, name).stop();
            Container.bundle(context, CPU).start();
            assertEquals(sums, tiny.terminal.command("w", Duration.ofSeconds(120)));
            assertEquals(text, tiny.terminal.command("k"));
            assertEquals("console=ttyS0\n", tiny.terminal.command("b"));
            assertTrue(tiny.terminal.command("s").startsWith("com2 absent"));
        }
    }

    private static String threads() {
        StringBuilder all = new StringBuilder();
        for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) all.append(thread);
        return all.toString();
    }

    /** Does what a shell's start, stop and update do. */
    private final class User extends Thread {
        private final Random random;
        private final List<String> refusals = new ArrayList<>();
        private int done;
        private Throwable failure;

        User(int seed) {
            super("user-" + seed);
            setDaemon(true);
            random = new Random(seed);
        }

        @Override
        public void run() {
            long end = System.nanoTime() + SECONDS * 1_000_000_000;
            try {
                while (System.nanoTime() < end) {
                    toggle();
                    Thread.sleep(random.nextInt(20));
                }
            } catch (Throwable broken) {
                failure = broken;
            }
        }

        private void toggle() throws IOException {
            try {
                switch (random.nextInt(7)) {
                    case 0, 1 -> Container.bundle(context, PATCH).start();
                    case 2 -> Container.bundle(context, PATCH).stop();
                    case 3 -> Container.bundle(context, SLOT).start();
                    case 4 -> Container.bundle(context, SLOT).stop();
                    case 5 -> Container.bundle(context, CPU).update(Jar.of(CPU).version("0.2." + random.nextInt(1000)).stream());
                    default -> restart(Container.bundle(context, CPU));
                }
                done++;
            } catch (BundleException refused) {
                // The other one is at it, or a patch meets a machine without a CPU: one clear refusal, no harm.
                refusals.add(refused.getMessage());
            }
        }

        private void restart(Bundle cpu) throws BundleException {
            cpu.stop();
            cpu.start();
        }

        void check() {
            System.out.println(getName() + ": " + done + " done, " + refusals.size() + " refused");
            if (failure != null) throw new AssertionError(getName() + " failed", failure);
            assertTrue(getName() + " did " + done + ", refused: " + refusals, done > refusals.size());
            for (String refusal : refusals) assertTrue("a refusal says why: " + refusal, refusal != null && !refusal.contains("\n"));
        }
    }
}
