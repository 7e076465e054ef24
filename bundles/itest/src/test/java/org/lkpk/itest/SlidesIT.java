package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    private static final int SEEDS = 5, AT_ONCE = 2;
    private static final String MARK = "[lkpk]";

    @Inject
    private BundleContext context;
    private final Set<Integer> slides = new ConcurrentSkipListSet<>();

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
            for (int seed = 1; seed <= SEEDS; seed++) boots.add(threads.submit(boot(seed)));
            for (Future<?> boot : boots) boot.get();
        } catch (ExecutionException failed) {
            // As it is: a guest that cannot be had skips the test.
            if (failed.getCause() instanceof RuntimeException skipped) throw skipped;
            throw failed;
        } finally {
            threads.shutdownNow();
            patch.stop();
        }
        assertEquals("slides " + slides, SEEDS, slides.size());
    }

    private Callable<Void> boot(int seed) {
        return () -> {
            Specification specification = Specification.named("seed-" + seed).withMemory(96 << 20).withSeed(seed);
            try (RunningGuest debian = RunningGuest.debian(context, specification).boot()) {
                RunningGuest.await("applied", () -> RunningGuest.service(context, Patcher.class).patches().stream().anyMatch(
                        status -> status.machine().equals("seed-" + seed) && status.state() == PatchStatus.State.APPLIED));
                assertTrue(debian.terminal.command("cat /proc/cmdline").contains(MARK));
                KernelImage kernel = RunningGuest.service(context, Kernels.class).running(debian.machine).orElseThrow();
                slides.add(kernel.slide());
                System.out.printf("seed %d: slide %Xh%n", seed, kernel.slide());
            }
            return null;
        };
    }
}
