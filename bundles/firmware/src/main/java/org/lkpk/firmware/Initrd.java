package org.lkpk.firmware;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.lkpk.api.machine.BootRefused;

/**
 * Looks whether an initrd came whole: cpio archives ("newc"), plain, one behind the other or packed by gzip, and the
 * ends of xz files. Anything else is the kernel's to judge.
 */
final class Initrd {
    private static final int CPIO_HEADER = 110;

    private Initrd() { }

    static void check(String title, byte[] bytes) throws BootRefused {
        int at = 0;
        while (at < bytes.length && bytes[at] == '0') {
            at = archive(bytes, at);
            if (at < 0) throw truncated(title, bytes, "a cpio archive without its end");
            while (at < bytes.length && bytes[at] == 0) at++;
        }
        if (starts(bytes, at, 0x1f, 0x8b) && !unpacks(bytes, at)) throw truncated(title, bytes, "gzip data end early");
        if (starts(bytes, at, 0xfd, '7', 'z', 'X', 'Z') && !xzEnds(bytes)) throw truncated(title, bytes, "xz data without their footer");
    }

    private static BootRefused truncated(String title, byte[] bytes, String why) {
        return new BootRefused(title + ": its initrd of " + bytes.length + " bytes is truncated or corrupt (" + why + ")");
    }

    /** Where the archive that starts at {@code at} ends; -1 if it does not. */
    private static int archive(byte[] bytes, int at) {
        while (at + CPIO_HEADER <= bytes.length && starts(bytes, at, '0', '7', '0', '7', '0')) {
            long size = hex(bytes, at + 54);
            long name = hex(bytes, at + 94);
            if (size < 0 || name < 1) return -1;
            long data = at + CPIO_HEADER + name + 3 & ~3L;
            long next = data + size + 3 & ~3L;
            boolean last = starts(bytes, at + CPIO_HEADER, 'T', 'R', 'A', 'I', 'L', 'E', 'R', '!', '!', '!', 0);
            // The very last entry need not be padded.
            if (data + size > (last ? bytes.length + 3L : bytes.length)) return -1;
            if (last) return (int) Math.min(next, bytes.length);
            if (next > bytes.length) return -1;
            at = (int) next;
        }
        return -1;
    }

    private static long hex(byte[] bytes, int at) {
        long value = 0;
        for (int i = at; i < at + 8; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) return -1;
            value = value << 4 | digit;
        }
        return value;
    }

    private static boolean unpacks(byte[] bytes, int at) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes, at, bytes.length - at), 1 << 16)) {
            byte[] sink = new byte[1 << 16];
            while (in.read(sink) >= 0) continue;
            return true;
        } catch (IOException broken) {
            return false;
        }
    }

    private static boolean xzEnds(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) end--;
        return end >= 32 && bytes[end - 2] == 'Y' && bytes[end - 1] == 'Z';
    }

    private static boolean starts(byte[] bytes, int at, int... magic) {
        if (at + magic.length > bytes.length) return false;
        for (int i = 0; i < magic.length; i++) if ((bytes[at + i] & 0xff) != magic[i]) return false;
        return true;
    }
}
