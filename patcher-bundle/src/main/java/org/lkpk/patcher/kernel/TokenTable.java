package org.lkpk.patcher.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The dictionary that kallsyms names are packed with: 256 strings ({@code kallsyms_token_table}) and behind them the
 * 256 offsets of these ({@code kallsyms_token_index}). Digits always stand for themselves, hence the bytes by which it
 * is found: {@code "0\0" "1\0" … "9\0"}.
 *
 * @param start position of the first string
 * @param index position of the offsets
 */
record TokenTable(int start, int index, String[] tokens) {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int TOKENS = 256;
    private static final int LONGEST = 64;
    /** A token table and what its strings take at most, with the index. */
    static final int LARGEST = TOKENS * LONGEST + 2 * TOKENS;
    /** Bytes of the digits. */
    static final int DIGITS = 20;

    /**
     * Position of the ten digits in {@code bytes} at or behind {@code from}, a multiple of 8; -1 if there are none. Any
     * twenty bytes hold eight at a multiple of 8, so that one look at every eight bytes is enough.
     */
    static int digits(byte[] bytes, int from, int count) {
        for (int at = from; at + 8 <= count; at += 8) {
            long word = (long) LONG.get(bytes, at);
            int start;
            if ((word & 0xFFF0FFF0FFF0FFF0L) == 0x0030003000300030L) start = at - 2 * ((int) word & 0xF);
            else if ((word & 0xF0FFF0FFF0FFF0FFL) == 0x3000300030003000L) start = at + 1 - 2 * ((int) word >> 8 & 0xF);
            else continue;
            // The next characters of ASCII may stand for themselves too: those are not digits.
            if (at - start < DIGITS && areDigits(bytes, start, count)) return start;
        }
        return -1;
    }

    private static boolean areDigits(byte[] bytes, int start, int count) {
        if (start < 0 || start + DIGITS > count) return false;
        for (int i = 0; i < DIGITS; i++)
            if (bytes[start + i] != ((i & 1) == 0 ? '0' + i / 2 : 0)) return false;
        return true;
    }

    /** The table whose digits stand at {@code digits}, or null if there is none. */
    static TokenTable around(Image image, int digits) {
        int end = digits;
        for (int i = '0'; i < TOKENS; i++) {
            end = image.behindNul(end, LONGEST);
            if (end < 0) return null;
        }
        int index = Image.aligned(end, 4);
        if (index > image.size() - 2 * TOKENS) return null;
        int start = digits - image.half(index + 2 * '0');
        return start < 0 ? null : read(image, start, index);
    }

    private static TokenTable read(Image image, int start, int index) {
        String[] tokens = new String[TOKENS];
        int at = start;
        for (int i = 0; i < TOKENS; i++) {
            if (image.half(index + 2 * i) != at - start) return null;
            int next = image.behindNul(at, LONGEST);
            if (next < 0) return null;
            tokens[i] = image.text(at, next - 1);
            at = next;
        }
        return new TokenTable(start, index, tokens);
    }

    int end() {
        return index + 2 * TOKENS;
    }
}
