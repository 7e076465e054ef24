package org.lkpk.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.lkpk.api.cpu.Profile;
import org.tukaani.xz.XZInputStream;

/** test386.asm: its own tests up to POST FF, and the results that it prints, line by line against the reference. */
final class Test386Suite implements Suite {
    private static final String REFERENCE = "test386-EE-reference.txt.xz";
    private static final int PASSED = 0xFF;

    @Override
    public String name() {
        return "test386";
    }

    @Override
    public String title() {
        return "test386.asm, 80386";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --only test386 --test386 ROM";
    }

    @Override
    public Result run(Setting setting) throws IOException {
        if (setting.rom().isEmpty()) return Result.notRun("its ROM is not part of the project; --test386 names it");
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        RomMachine machine = new RomMachine(setting.processors().get(), setting.engine(), Profile.I386, Files.readAllBytes(setting.rom().get()), text,
                RomMachine.TEXT_PORT);
        int last = machine.run();
        if (last != PASSED) return new Result(1, 1, "", String.format("stopped after POST %02X; %s", last, machine.place()));
        Path reference = setting.suites().resolve(REFERENCE);
        if (!Files.isRegularFile(reference)) return new Result(1, 0, "", "POST FF; no reference for what it prints among the suites");
        try (InputStream in = new XZInputStream(Files.newInputStream(reference))) {
            String[] expected = lines(in.readAllBytes()), found = lines(text.toByteArray());
            int differing = Math.abs(expected.length - found.length);
            for (int i = 0; i < Math.min(expected.length, found.length); i++) if (!expected[i].equals(found[i])) differing++;
            int first = Arrays.mismatch(expected, found);
            return new Result(expected.length, differing, "", first < 0 ? "POST FF" : "POST FF; first: line " + (first + 1));
        }
    }

    private static String[] lines(byte[] text) {
        return new String(text, StandardCharsets.US_ASCII).replace("\r", "").split("\n");
    }
}
