package org.lkpk.conformance;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.lkpk.conformance.privileged.Sequence;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * {@code lkpk record-privileged [SEED [CASES]]}: has Bochs and QEMU run privileged sequences, and keeps what they do as the
 * recording that the tests replay.
 */
@Component(service = Callable.class, property = "lkpk.main=record-privileged")
public final class RecordPrivileged implements Callable<Integer> {
    private static final String RECORDING = "bundles/conformance/src/main/resources/org/lkpk/conformance/privileged.rec.xz";
    private static final int CASES = 1000, BATCH = 250, MISUSE = 2;

    private final BundleContext context;

    @Activate
    public RecordPrivileged(BundleContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String[] arguments = context.getProperty("lkpk.arguments").split("\0");
        try {
            long seed = arguments[0].isEmpty() ? 1 : Long.parseLong(arguments[0]);
            int cases = arguments.length > 1 ? Integer.parseInt(arguments[1]) : CASES;
            record(Path.of(context.getProperty("lkpk.home")).getParent().getParent().resolve(RECORDING), seed, cases);
            return 0;
        } catch (NumberFormatException none) {
            System.err.println("lkpk: record-privileged [SEED [CASES]]: " + none.getMessage());
            return MISUSE;
        }
    }

    static void record(Path to, long seed, int count) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("lkpk");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(to))) {
            List<Sequence> cases = Privileged.cases(seed, 0, count);
            Map<Integer, Outcome> bochs = new TreeMap<>(), qemu = new TreeMap<>();
            for (int from = 0; from < count; from += BATCH) {
                List<Sequence> batch = cases.subList(from, Math.min(from + BATCH, count));
                bochs.putAll(Peer.bochs(folder).outcomes(batch));
                qemu.putAll(Peer.qemu(folder).outcomes(batch));
            }
            KeptOutcomes.write(out, seed, cases, bochs, qemu);
        } finally {
            Folders.delete(folder);
        }
    }
}
