package org.lkpk.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.lkpk.api.machine.Boot;

/** A bzImage made up for tests: 2.15, one sector of setup, 4 KB of code that count up. */
final class Image {
    static final int SETUP = 1024;
    static final int CODE = 4096;
    final byte[] bytes = new byte[SETUP + CODE];
    private final ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    Image() {
        file.put(0x1f1, (byte) 1).putInt(0x1f4, CODE / 16).putShort(0x1fe, (short) 0xaa55);
        file.put(0x200, (byte) 0xeb).put(0x201, (byte) 0x6a).putInt(0x202, 0x53726448).putShort(0x206, (short) 0x20f);
        file.put(0x211, (byte) 1).putInt(0x22c, 0x7fffffff).putInt(0x230, 0x1000000).put(0x234, (byte) 1);
        file.putInt(0x238, 2047).putInt(0x248, 0x94).putInt(0x24c, 0x800);
        file.putLong(0x258, 0x1000000).putInt(0x260, 0x900000);
        for (int i = 0; i < CODE; i++) bytes[SETUP + i] = (byte) i;
    }

    Image put(int offset, int value) {
        file.putInt(offset, value);
        return this;
    }

    Image version(int version) {
        file.putShort(0x206, (short) version);
        return this;
    }

    /** Writes a table of required features, as {@code "\0\0fpu\0…"}. */
    Image features(String table) {
        byte[] entries = table.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(entries, 0, bytes, 0x300, entries.length);
        return this;
    }

    Boot boot() {
        return boot(new byte[0], "");
    }

    Boot boot(byte[] initrd, String append) {
        return new Boot("vmlinuz", bytes, initrd, append);
    }

    Boot cut(int length) {
        return new Boot("vmlinuz", Arrays.copyOf(bytes, length), new byte[0], "");
    }
}
