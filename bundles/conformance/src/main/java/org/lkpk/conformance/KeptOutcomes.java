package org.lkpk.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.conformance.privileged.Image;
import org.lkpk.conformance.privileged.Sequence;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/** What Bochs and QEMU once did with privileged sequences: a recording that comes with the project, and that anyone can replay. */
final class KeptOutcomes implements Suite {
    private static final String RECORDING = "privileged.rec.xz", RESOURCES = "bundles/conformance/src/main/resources/org/lkpk/conformance";
    /** So many cases fit in one image. */
    private static final int CASES = 1000, BATCH = 250;
    /** Of each, all that there was to write is there. */
    private static final String WHOLE = "\n@Z";

    @Override
    public String name() {
        return "privileged-kept";
    }

    @Override
    public String title() {
        return "Bochs and QEMU, kept record";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --only privileged-kept";
    }

    @Override
    public Result run(Setting setting) throws IOException, InterruptedException {
        return replay(setting.processors().get(), setting.engine());
    }

    static Result replay(Cpu cpu, Engine engine) throws IOException, InterruptedException {
        String[] parts;
        try (InputStream in = new XZInputStream(KeptOutcomes.class.getResourceAsStream(RECORDING));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            parts = lines.lines().collect(Collectors.joining("\n")).split("\n-\n");
        }
        String[] head = parts[0].split(" ");
        long seed = Long.parseLong(head[0]);
        List<Sequence> cases = Privileged.cases(seed, 0, Integer.parseInt(head[1]));
        if (digest(cases) != Long.parseLong(head[2]))
            throw new IOException(RECORDING + " is of other cases; ./lkpk conformance --keep makes it anew");
        Map<Integer, Course> bochs = new TreeMap<>(), qemu = new TreeMap<>(), own = new TreeMap<>();
        Course.read(parts[1] + WHOLE, true, bochs);
        Course.read(parts[2] + WHOLE, true, qemu);
        Peer judged = Peer.own(cpu, engine);
        for (int from = 0; from < cases.size(); from += BATCH)
            own.putAll(judged.outcomes(cases.subList(from, Math.min(from + BATCH, cases.size()))));
        Privileged.Verdicts verdicts = new Privileged.Verdicts();
        verdicts.add(cases, bochs, qemu, own);
        return verdicts.result(head[0]);
    }

    /** Has Bochs and QEMU run cases made from {@code seed}, and keeps what they do in place of the recording that there is. */
    static void record(Path project, long seed) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("lkpk");
        try {
            List<Sequence> cases = Privileged.cases(seed, 0, CASES);
            Map<Integer, Course> bochs = new TreeMap<>(), qemu = new TreeMap<>();
            for (int from = 0; from < CASES; from += BATCH) {
                bochs.putAll(Peer.bochs(folder).outcomes(cases.subList(from, from + BATCH)));
                qemu.putAll(Peer.qemu(folder).outcomes(cases.subList(from, from + BATCH)));
            }
            write(Files.newOutputStream(project.resolve(RESOURCES).resolve(RECORDING)), seed, cases, bochs, qemu);
        } finally {
            Folders.delete(folder);
        }
    }

    private static void write(OutputStream to, long seed, List<Sequence> cases, Map<Integer, Course> bochs, Map<Integer, Course> qemu) throws IOException {
        try (Writer out = new OutputStreamWriter(new XZOutputStream(to, new LZMA2Options(LZMA2Options.PRESET_MAX)), StandardCharsets.US_ASCII)) {
            out.write(seed + " " + cases.size() + " " + digest(cases) + "\n-\n");
            for (Map.Entry<Integer, Course> e : bochs.entrySet()) e.getValue().write(e.getKey(), out);
            out.write("-\n");
            for (Map.Entry<Integer, Course> e : qemu.entrySet()) e.getValue().write(e.getKey(), out);
        }
    }

    /** Tells cases, and what surrounds them, from all others. */
    private static long digest(List<Sequence> cases) {
        CRC32 crc = new CRC32();
        for (int from = 0; from < cases.size(); from += BATCH) crc.update(Image.of(cases.subList(from, Math.min(from + BATCH, cases.size()))));
        return crc.getValue();
    }
}
