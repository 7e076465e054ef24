package org.lkpk.guest.debian;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/** Builds a root file system as a cpio archive ("newc"): the same files give the same bytes. */
final class Initramfs {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 21);
    private final CpioArchiveOutputStream archive = new CpioArchiveOutputStream(bytes, CpioConstants.FORMAT_NEW, 512, "UTF-8");
    private final Set<String> folders = new HashSet<>();
    private int inode;

    /**
     * Busybox with a link for each of its applets, our init and our programs.
     *
     * @param files others, by path
     */
    static byte[] of(byte[] busybox, byte[] init, Map<String, byte[]> programs, Map<String, byte[]> files) throws IOException {
        Initramfs root = new Initramfs();
        for (String folder : List.of("bin", "dev", "proc", "root", "sys", "tmp")) root.folder(folder);
        // The kernel opens it for the first process, before anything is mounted.
        root.device("dev/console", 5, 1);
        root.program("init", init);
        root.program("bin/busybox", busybox);
        for (String name : new TreeMap<>(programs).keySet()) root.program("bin/" + name, programs.get(name));
        for (String applet : applets(busybox)) if (!applet.equals("busybox")) root.link("bin/" + applet, "busybox");
        for (String path : new TreeMap<>(files).keySet()) root.file(path, files.get(path));
        root.archive.close();
        return root.bytes.toByteArray();
    }

    /** The sorted table of names in a busybox, which begins with [ and [[. */
    static List<String> applets(byte[] busybox) throws IOException {
        String text = new String(busybox, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("\0[\0[[\0") + 1;
        if (at == 0) throw new IOException("busybox: no table of applets in it");
        List<String> names = new ArrayList<>();
        for (String last = ""; at < text.length();) {
            int end = text.indexOf('\0', at);
            if (end < 0) break;
            String name = text.substring(at, end);
            if (name.compareTo(last) <= 0) break;
            names.add(name);
            last = name;
            at = end + 1;
        }
        return names;
    }

    private void folder(String name) throws IOException {
        folders.add(name);
        add(name, CpioConstants.C_ISDIR | 0755, 2, new byte[0], 0, 0);
    }

    private void program(String name, byte[] content) throws IOException {
        add(name, CpioConstants.C_ISREG | 0755, 1, content, 0, 0);
    }

    private void file(String path, byte[] content) throws IOException {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1))
            if (folders.add(path.substring(0, slash))) folder(path.substring(0, slash));
        add(path, CpioConstants.C_ISREG | 0644, 1, content, 0, 0);
    }

    private void link(String name, String target) throws IOException {
        add(name, CpioConstants.C_ISLNK | 0777, 1, target.getBytes(StandardCharsets.UTF_8), 0, 0);
    }

    private void device(String name, int major, int minor) throws IOException {
        add(name, CpioConstants.C_ISCHR | 0600, 1, new byte[0], major, minor);
    }

    private void add(String name, long mode, int links, byte[] content, int major, int minor) throws IOException {
        CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, name, content.length);
        entry.setMode(mode);
        entry.setNumberOfLinks(links);
        entry.setInode(++inode);
        entry.setTime(0);
        entry.setRemoteDeviceMaj(major);
        entry.setRemoteDeviceMin(minor);
        archive.putArchiveEntry(entry);
        archive.write(content);
        archive.closeArchiveEntry();
    }
}
