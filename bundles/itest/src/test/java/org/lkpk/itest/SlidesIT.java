package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.machine.Specification;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.Patcher;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Debian's kernel wherever KASLR puts it; the patch is started first and waits for all of them. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SlidesIT {
    private static final int WANTED = 5, AT_ONCE = 2, SEEDS = 40;
    private static final String MARK = "[lkpk]";
    private static final long LOOK_MS = 1_000, PATIENCE_MS = 300_000;

    @Inject
    private BundleContext context;
    /** Slides taken by a machine, patched or to be. */
    private final Set<Integer> slides = new ConcurrentSkipListSet<>();
    private final AtomicInteger seeds = new AtomicInteger();

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Test
    public void kernelsAtFiveSlidesAreFoundAndPatched() throws Exception {
        Bundle patch = Container.bundle(context, "org.lkpk.patch.cmdline");
        patch.start();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> boots = new ArrayList<>();
            for (int i = 0; i < WANTED; i++) boots.add(threads.submit(this::patchOneMore));
            for (Future<?> boot : boots) boot.get();
        } catch (ExecutionException failed) {
            // As it is: a guest that cannot be had skips the test.
            if (failed.getCause() instanceof RuntimeException skipped) throw skipped;
            throw failed;
        } finally {
            threads.shutdownNow();
            patch.stop();
        }
        assertEquals("slides " + slides, WANTED, slides.size());
    }

    /** Boots seeds until one has a slide of its own; a kernel that stands where another did is given up at once. */
    private Void patchOneMore() throws Exception {
        for (;;) {
            int seed = seeds.incrementAndGet();
            assertTrue(SEEDS + " seeds gave only the slides " + slides, seed <= SEEDS);
            // KASLR has about a dozen places in 256 MB.
            Specification specification = Specification.named("seed-" + seed).withMemory(256 << 20).withSeed(seed);
            try (RunningGuest debian = RunningGuest.debian(context, specification)) {
                debian.start();
                int slide = slide(debian);
                System.out.printf("seed %d: slide %Xh%n", seed, slide);
                if (!slides.add(slide)) continue;
                debian.terminal.prompt(Duration.ofMillis(PATIENCE_MS));
                RunningGuest.await("applied", () -> applied(debian.machine.name()));
                assertTrue(debian.terminal.command("cat /proc/cmdline").contains(MARK));
                return null;
            }
        }
    }

    /** How far the kernel was moved, as soon as it stands in memory. */
    private int slide(RunningGuest debian) throws InterruptedException {
        Kernels kernels = RunningGuest.service(context, Kernels.class);
        for (long waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
            Optional<KernelImage> kernel = kernels.running(debian.machine);
            if (kernel.isPresent()) return kernel.get().slide();
            Thread.sleep(LOOK_MS);
        }
        throw new AssertionError("no kernel is found in " + debian.machine.name());
    }

    private boolean applied(String machine) {
        return RunningGuest.service(context, Patcher.class).patches().stream()
                .anyMatch(status -> status.machine().equals(machine) && status.state() == PatchStatus.State.APPLIED);
    }
}
