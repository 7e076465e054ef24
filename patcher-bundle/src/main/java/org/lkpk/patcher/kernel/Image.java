package org.lkpk.patcher.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A piece of guest memory that has been copied out. Positions count from its first byte; words are little endian. */
final class Image {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle HALF = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** Physical address of position 0, a multiple of 4096. */
    final int physical;
    final byte[] bytes;

    Image(int physical, byte[] bytes) {
        this.physical = physical;
        this.bytes = bytes;
    }

    int size() {
        return bytes.length;
    }

    int octet(int position) {
        return bytes[position] & 0xFF;
    }

    int half(int position) {
        return (short) HALF.get(bytes, position) & 0xFFFF;
    }

    int word(int position) {
        return (int) WORD.get(bytes, position);
    }

    /** Position of {@code pattern} in {@code from .. to - 1}, its last byte included; -1 if it is not there. */
    int find(byte[] pattern, int from, int to) {
        int last = Math.min(to, bytes.length) - pattern.length;
        for (int at = Math.max(from, 0); at <= last; at++)
            if (bytes[at] == pattern[0] && matches(pattern, at)) return at;
        return -1;
    }

    boolean matches(byte[] pattern, int at) {
        if (at < 0 || at > bytes.length - pattern.length) return false;
        for (int i = 0; i < pattern.length; i++)
            if (bytes[at + i] != pattern[i]) return false;
        return true;
    }

    /** Position just behind the next NUL; -1 if there is none in {@code limit} bytes. */
    int behindNul(int from, int limit) {
        int end = Math.min(bytes.length, from + limit);
        for (int at = from; at < end; at++)
            if (bytes[at] == 0) return at + 1;
        return -1;
    }

    String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    static int aligned(int value, int alignment) {
        return (value + alignment - 1) & -alignment;
    }
}
