package org.lkpk.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** An archive of the kind "newc", which a kernel unpacks as its first file system. */
final class Cpio {
    private static final int FOLDER = 0040755, PROGRAM = 0100755, DEVICE = 0020600;
    private static final int CONSOLE_MAJOR = 5, CONSOLE_MINOR = 1;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int inode;

    Cpio folder(String name) {
        return add(name, FOLDER, new byte[0], 0, 0);
    }

    Cpio program(String name, byte[] content) {
        return add(name, PROGRAM, content, 0, 0);
    }

    Cpio console(String name) {
        return add(name, DEVICE, new byte[0], CONSOLE_MAJOR, CONSOLE_MINOR);
    }

    byte[] end() {
        add("TRAILER!!!", 0, new byte[0], 0, 0);
        return bytes.toByteArray();
    }

    private Cpio add(String name, int mode, byte[] content, int major, int minor) {
        byte[] path = (name + '\0').getBytes(StandardCharsets.US_ASCII);
        // Inode, mode, owner, group, links, time, size, the file system's device, its own, length of the name, checksum.
        int[] fields = {++inode, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, path.length, 0};
        StringBuilder head = new StringBuilder("070701");
        for (int field : fields) head.append(String.format("%08X", field));
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(path);
        pad();
        bytes.writeBytes(content);
        pad();
        return this;
    }

    private void pad() {
        while ((bytes.size() & 3) != 0) bytes.write(0);
    }
}
