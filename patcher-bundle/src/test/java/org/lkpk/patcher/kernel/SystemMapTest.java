package org.lkpk.patcher.kernel;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class SystemMapTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path file(String text) throws IOException {
        return Files.writeString(folder.newFile().toPath(), text);
    }

    private static PhysicalMemory memory(byte[] ram) {
        return new PhysicalMemory() {
            @Override
            public int size() {
                return ram.length;
            }

            @Override
            public void read(int address, byte[] into, int count) {
                System.arraycopy(ram, address, into, 0, count);
            }
        };
    }

    @Test
    public void readsAMapOf1998() throws Exception {
        SystemMap map = SystemMap.read(file("c0100000 A _text\nc0100000 t startup_32\nc0105c40 T cmdline\nc01d0000 D jiffies\n"));
        assertEquals(0xC0100000, map.base());
        assertEquals(0xC0000000, map.usualPageOffset());
        assertEquals(0xCA3C0, map.symbols().only("cmdline").orElseThrow().size());
    }

    @Test
    public void aKernelBelowTheUpperHalfIsMappedOneToOne() throws Exception {
        assertEquals(0, SystemMap.read(file("00100000 T _start\n")).usualPageOffset());
    }

    @Test
    public void anotherFileIsRefusedByLine() throws Exception {
        Path file = file("c0100000 T _text\nnot a symbol at all\n");
        IOException refused = assertThrows(IOException.class, () -> SystemMap.read(file));
        assertEquals(file + ": line 2 is not 'address type name'", refused.getMessage());
    }

    @Test
    public void aKernelThatIsStillPackedIsNotThere() throws Exception {
        SystemMap map = SystemMap.read(file("c0100000 T _text\nc0101000 R linux_banner\n"));
        byte[] ram = new byte[4 << 20];
        assertTrue(map.kernel(memory(ram), 0xC0000000).isEmpty());
        byte[] banner = "Linux version 2.0.36 (x@y)\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(banner, 0, ram, 0x101000, banner.length);
        assertEquals("2.0.36", map.kernel(memory(ram), 0xC0000000).orElseThrow().release());
    }
}
