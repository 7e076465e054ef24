package org.lkpk.patch.cmdline;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The committed object is what its source compiles to. */
public class ObjectTest {
    private static final Path COMMITTED = Path.of("src", "main", "resources", "cmdline.o");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    /** Contents of the sections that a patch is linked from. */
    private static Map<String, byte[]> sections(Path file) throws IOException {
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headers = elf.getInt(32);
        int names = elf.getInt(headers + 40 * elf.getShort(50) + 16);
        Map<String, byte[]> found = new TreeMap<>();
        for (int i = 1; i < elf.getShort(48); i++) {
            int at = headers + 40 * i;
            int name = names + elf.getInt(at);
            int end = name;
            while (elf.get(end) != 0) end++;
            String title = new String(elf.array(), name, end - name);
            int offset = elf.getInt(at + 16);
            if (title.startsWith(".text") || title.startsWith(".rodata") || title.startsWith(".rel"))
                found.put(title, Arrays.copyOfRange(elf.array(), offset, offset + elf.getInt(at + 20)));
        }
        return found;
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    @Test
    public void compilingTheSourceGivesTheCommittedCode() throws Exception {
        Path empty = folder.newFile("empty.c").toPath();
        Path built = folder.getRoot().toPath().resolve("built.o");
        assumeTrue("no gcc 12 that compiles for i386", succeeds("gcc-12", "-m32", "-c", "-o", built.toString(), empty.toString()));
        assumeTrue("no make", succeeds("make", "-s", "CC=gcc-12", "OBJECT=" + built, "-B"));
        Map<String, byte[]> fresh = sections(built);
        Map<String, byte[]> committed = sections(COMMITTED);
        assertEquals("run make to build the object anew", committed.keySet(), fresh.keySet());
        for (String name : committed.keySet()) assertArrayEquals(name + ": run make to build the object anew", committed.get(name), fresh.get(name));
    }
}
