package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.X86Cpu;

public class MooTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private static List<Path> files() throws IOException {
        Path suites = Suites.folder();
        if (!Files.isDirectory(suites)) return List.of();
        try (Stream<Path> all = Files.walk(suites)) {
            return all.filter(f -> f.toString().endsWith(".MOO")).sorted().toList();
        }
    }

    @Test
    public void stepsAreThoseOfARealProcessor() throws IOException {
        List<Path> files = files();
        assumeFalse("no MOO files in " + Suites.folder() + " (-Dlkpk.suites=…): skipped", files.isEmpty());
        MooReplayer replayer = new MooReplayer(new X86Cpu("0.1.0"), Engine.TRANSLATOR, Profile.I386);
        for (Path file : files) replayer.run(new Moo(file));
        assertTrue("no cases", replayer.cases() > 0);
        assertEquals(replayer.cases() + " cases:\n" + replayer.differences(), 0, replayer.differences().count());
    }

    @Test
    public void anotherFileIsRefused() throws IOException {
        Path file = folder.newFile("x.MOO").toPath();
        Files.writeString(file, "something else, and long enough");
        IOException refused = assertThrows(IOException.class, () -> new Moo(file));
        assertEquals(file + ": not a MOO file of version 1", refused.getMessage());
    }
}
