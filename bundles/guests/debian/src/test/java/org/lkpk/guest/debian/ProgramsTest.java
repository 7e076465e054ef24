package org.lkpk.guest.debian;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ProgramsTest {
    private static final Path BUILD = Path.of("src/main/asm/build.sh");
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void programsAreWhatTheirSourcesBuild() throws Exception {
        assumeTrue("as and ld", tool("as") && tool("ld"));
        assertEquals(0, new ProcessBuilder("sh", BUILD.toString(), folder.getRoot().toString()).inheritIO().start().waitFor());
        for (String program : List.of("serprobe", "witness"))
            assertArrayEquals("accept by: sh " + BUILD.toAbsolutePath(),
                    Files.readAllBytes(Path.of("src/main/resources/org/lkpk/guest/debian", program)),
                    Files.readAllBytes(folder.getRoot().toPath().resolve(program)));
    }

    private static boolean tool(String name) {
        for (String place : System.getenv("PATH").split(File.pathSeparator))
            if (Files.isExecutable(Path.of(place, name))) return true;
        return false;
    }
}
