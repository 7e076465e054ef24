package org.lkpk.guest.debian;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

public class DebTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private final byte[] kernel = new byte[70_000];
    private Path file;

    @Before
    public void packKernel() throws Exception {
        Arrays.fill(kernel, (byte) 0x5a);
        file = folder.newFile("linux.deb").toPath();
        byte[] data = tarXz();
        try (ArArchiveOutputStream ar = new ArArchiveOutputStream(Files.newOutputStream(file))) {
            member(ar, "debian-binary", "2.0\n".getBytes());
            member(ar, "control.tar.xz", new byte[33]);
            member(ar, "data.tar.xz", data);
        }
    }

    private byte[] tarXz() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream xz = new XZOutputStream(packed, new LZMA2Options(1)); TarArchiveOutputStream tar = new TarArchiveOutputStream(xz)) {
            tar.putArchiveEntry(new TarArchiveEntry("./boot/"));
            tar.closeArchiveEntry();
            TarArchiveEntry entry = new TarArchiveEntry("./boot/vmlinuz-6.1.0-1-686");
            entry.setSize(kernel.length);
            tar.putArchiveEntry(entry);
            tar.write(kernel);
            tar.closeArchiveEntry();
        }
        return packed.toByteArray();
    }

    private static void member(ArArchiveOutputStream ar, String name, byte[] bytes) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, bytes.length));
        ar.write(bytes);
        ar.closeArchiveEntry();
    }

    @Test
    public void fileIsFoundByItsPath() throws Exception {
        Deb.Content content = new Deb(file).find(Pattern.compile("boot/vmlinuz-.*"));
        assertEquals("vmlinuz-6.1.0-1-686", content.name());
        assertArrayEquals(kernel, content.bytes());
    }

    @Test
    public void missingFileIsNamed() {
        IOException e = assertThrows(IOException.class, () -> new Deb(file).find(Pattern.compile("bin/busybox")));
        assertEquals("linux.deb: no bin/busybox in it", e.getMessage());
    }

    @Test
    public void truncatedPackageIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 60));
        assertThrows(IOException.class, () -> new Deb(file).find(Pattern.compile("nothing")));
        Files.write(file, Arrays.copyOf(whole, 80));
        assertTrue(assertThrows(IOException.class, () -> new Deb(file).find(Pattern.compile("nothing"))).getMessage() != null);
    }
}
