package org.lkpk.guest.debian;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
        return tarXz("./boot/", "./boot/vmlinuz-6.1.0-1-686", kernel, "./usr/src/linux.tar.xz",
                tarXz("linux/", "linux/a.c", new byte[] {1}, "linux/b.h", new byte[] {2}));
    }

    /** Of a folder and two files. */
    private static byte[] tarXz(String folder, String first, byte[] one, String second, byte[] two) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream xz = new XZOutputStream(packed, new LZMA2Options(1)); TarArchiveOutputStream tar = new TarArchiveOutputStream(xz)) {
            tar.putArchiveEntry(new TarArchiveEntry(folder));
            tar.closeArchiveEntry();
            entry(tar, first, one);
            entry(tar, second, two);
        }
        return packed.toByteArray();
    }

    private static void entry(TarArchiveOutputStream tar, String name, byte[] bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
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
    public void severalFilesAreFoundInOnePass() throws Exception {
        List<Deb.Content> found = new Deb(file).find(List.of(Pattern.compile("usr/src/.*"), Pattern.compile("boot/vmlinuz-.*")));
        assertEquals(List.of("vmlinuz-6.1.0-1-686", "linux.tar.xz"), found.stream().map(Deb.Content::name).toList());
        assertArrayEquals(kernel, found.get(0).bytes());
        IOException e = assertThrows(IOException.class, () -> new Deb(file).find(List.of(Pattern.compile("boot/.*"), Pattern.compile("lib/a.ko"))));
        assertEquals("linux.deb: no lib/a.ko in it", e.getMessage());
    }

    @Test
    public void filesAreFoundInAnArchiveWithin() throws Exception {
        Pattern archive = Pattern.compile("usr/src/linux\\.tar\\.xz");
        List<Deb.Content> found = new Deb(file).findIn(archive, Pattern.compile(".*\\.[ch]"));
        assertEquals(List.of("a.c", "b.h"), found.stream().map(Deb.Content::name).toList());
        assertArrayEquals(new byte[] {2}, found.get(1).bytes());
        assertThrows(IOException.class, () -> new Deb(file).findIn(archive, Pattern.compile("nothing")));
    }

    @Test
    public void treesKeepTheirPaths() throws Exception {
        Path tree = folder.newFolder("tree").toPath();
        new Deb(file).unpack(Pattern.compile("boot/.*"), null, tree);
        assertArrayEquals(kernel, Files.readAllBytes(tree.resolve("boot/vmlinuz-6.1.0-1-686")));
        new Deb(file).unpack(Pattern.compile("usr/src/linux\\.tar\\.xz"), Pattern.compile("linux/.*\\.c"), tree);
        assertArrayEquals(new byte[] {1}, Files.readAllBytes(tree.resolve("linux/a.c")));
        assertFalse(Files.exists(tree.resolve("linux/b.h")));
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
