package org.lkpk.cpu.meaning;

import java.util.function.LongUnaryOperator;
import org.lkpk.cpu.table.Insn;

/**
 * What instructions on packed integers make of 64 bits of their operands: an MMX register, or half of an XMM register. Named
 * as they are, so that translated code finds them.
 */
public final class Halves {
    /** All but the top bit of each element; the top bit of each byte. */
    private static final long BYTES = 0x7F7F7F7F7F7F7F7FL, WORDS = 0x7FFF7FFF7FFF7FFFL, DOUBLEWORDS = 0x7FFFFFFF7FFFFFFFL,
            SIGNS = ~BYTES;

    private Halves() { }

    // Sums

    public static long paddb(long a, long b) {
        return (a & BYTES) + (b & BYTES) ^ (a ^ b) & ~BYTES;
    }

    public static long psubb(long a, long b) {
        return (a | ~BYTES) - (b & BYTES) ^ (a ^ ~b) & ~BYTES;
    }

    public static long paddw(long a, long b) {
        return (a & WORDS) + (b & WORDS) ^ (a ^ b) & ~WORDS;
    }

    public static long psubw(long a, long b) {
        return (a | ~WORDS) - (b & WORDS) ^ (a ^ ~b) & ~WORDS;
    }

    public static long paddd(long a, long b) {
        return (a & DOUBLEWORDS) + (b & DOUBLEWORDS) ^ (a ^ b) & ~DOUBLEWORDS;
    }

    public static long psubd(long a, long b) {
        return (a | ~DOUBLEWORDS) - (b & DOUBLEWORDS) ^ (a ^ ~b) & ~DOUBLEWORDS;
    }

    public static long paddq(long a, long b) {
        return a + b;
    }

    public static long psubq(long a, long b) {
        return a - b;
    }

    public static long paddsb(long a, long b) {
        return bytes(a, b, (x, y) -> clamp(x + y, -0x80, 0x7F));
    }

    public static long paddsw(long a, long b) {
        return words(a, b, (x, y) -> clamp(x + y, -0x8000, 0x7FFF));
    }

    public static long paddusb(long a, long b) {
        return unsignedBytes(a, b, (x, y) -> Math.min(x + y, 0xFF));
    }

    public static long paddusw(long a, long b) {
        return unsignedWords(a, b, (x, y) -> Math.min(x + y, 0xFFFF));
    }

    public static long psubsb(long a, long b) {
        return bytes(a, b, (x, y) -> clamp(x - y, -0x80, 0x7F));
    }

    public static long psubsw(long a, long b) {
        return words(a, b, (x, y) -> clamp(x - y, -0x8000, 0x7FFF));
    }

    public static long psubusb(long a, long b) {
        return unsignedBytes(a, b, (x, y) -> Math.max(x - y, 0));
    }

    public static long psubusw(long a, long b) {
        return unsignedWords(a, b, (x, y) -> Math.max(x - y, 0));
    }

    // Comparisons, least and greatest, averages

    public static long pcmpeqb(long a, long b) {
        return bytes(a, b, (x, y) -> x == y ? -1 : 0);
    }

    public static long pcmpeqw(long a, long b) {
        return words(a, b, (x, y) -> x == y ? -1 : 0);
    }

    public static long pcmpeqd(long a, long b) {
        return doublewords(a, b, (x, y) -> x == y ? -1 : 0);
    }

    public static long pcmpgtb(long a, long b) {
        return bytes(a, b, (x, y) -> x > y ? -1 : 0);
    }

    public static long pcmpgtw(long a, long b) {
        return words(a, b, (x, y) -> x > y ? -1 : 0);
    }

    public static long pcmpgtd(long a, long b) {
        return doublewords(a, b, (x, y) -> x > y ? -1 : 0);
    }

    public static long pminub(long a, long b) {
        return unsignedBytes(a, b, (x, y) -> Math.min(x, y));
    }

    public static long pmaxub(long a, long b) {
        return unsignedBytes(a, b, (x, y) -> Math.max(x, y));
    }

    public static long pminsw(long a, long b) {
        return words(a, b, (x, y) -> Math.min(x, y));
    }

    public static long pmaxsw(long a, long b) {
        return words(a, b, (x, y) -> Math.max(x, y));
    }

    public static long pavgb(long a, long b) {
        return unsignedBytes(a, b, (x, y) -> x + y + 1 >> 1);
    }

    public static long pavgw(long a, long b) {
        return unsignedWords(a, b, (x, y) -> x + y + 1 >> 1);
    }

    /** The sum of the absolute differences of eight bytes. */
    public static long psadbw(long a, long b) {
        long sum = 0;
        for (int n = 0; n < 64; n += 8) sum += Math.abs((int) (a >>> n & 0xFF) - (int) (b >>> n & 0xFF));
        return sum;
    }

    // Products

    public static long pmullw(long a, long b) {
        return words(a, b, (x, y) -> x * y);
    }

    public static long pmulhw(long a, long b) {
        return words(a, b, (x, y) -> x * y >> 16);
    }

    public static long pmulhuw(long a, long b) {
        return unsignedWords(a, b, (x, y) -> x * y >>> 16);
    }

    public static long pmuludq(long a, long b) {
        return (a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL);
    }

    /** Products of words, added in pairs. */
    public static long pmaddwd(long a, long b) {
        long sums = 0;
        for (int n = 0; n < 64; n += 32) {
            int low = (short) (a >>> n) * (short) (b >>> n), high = (short) (a >>> n + 16) * (short) (b >>> n + 16);
            sums |= (low + high & 0xFFFFFFFFL) << n;
        }
        return sums;
    }

    // Logic

    public static long pand(long a, long b) {
        return a & b;
    }

    public static long pandn(long a, long b) {
        return ~a & b;
    }

    public static long por(long a, long b) {
        return a | b;
    }

    public static long pxor(long a, long b) {
        return a ^ b;
    }

    // Shifts of each element, by counts up to 64

    public static long psrlw(long v, int count) {
        return right(v, 16, count);
    }

    public static long psrld(long v, int count) {
        return right(v, 32, count);
    }

    public static long psrlq(long v, int count) {
        return right(v, 64, count);
    }

    public static long psllw(long v, int count) {
        return left(v, 16, count);
    }

    public static long pslld(long v, int count) {
        return left(v, 32, count);
    }

    public static long psllq(long v, int count) {
        return left(v, 64, count);
    }

    public static long psraw(long v, int count) {
        return arithmetic(v, 16, count);
    }

    public static long psrad(long v, int count) {
        return arithmetic(v, 32, count);
    }

    /** The bits that stay when each element of {@code width} bits is shifted right by {@code count}. */
    private static long kept(int width, int count) {
        long element = (width == 64 ? -1 : (1L << width) - 1) >>> count, all = 0;
        for (int n = 0; n < 64; n += width) all |= element << n;
        return all;
    }

    private static long right(long v, int width, int count) {
        return count >= width ? 0 : v >>> count & kept(width, count);
    }

    private static long left(long v, int width, int count) {
        return count >= width ? 0 : (v & kept(width, count)) << count;
    }

    /** A count beyond the element's width leaves its sign alone. */
    private static long arithmetic(long v, int width, int count) {
        int by = Math.min(count, width - 1);
        long shifted = 0;
        for (int n = 0; n < 64; n += width)
            shifted |= (v << 64 - width - n >> 64 - width + by & kept(width, 0) >>> 64 - width) << n;
        return shifted;
    }

    /** Counts are unsigned 64-bit numbers: all above 64 are alike. */
    public static int count(long v) {
        return Long.compareUnsigned(v, 64) > 0 ? 64 : (int) v;
    }

    /** By how many bits PSRLDQ and PSLLDQ shift. */
    public static int byteShift(int immediate) {
        return Math.min(immediate & 0xFF, 16) << 3;
    }

    /** The 64 bits from bit {@code from} (above -128) of a number of 128, which has zeros around it. */
    public static long part(long low, long high, int from) {
        if (from >= 64) return from < 128 ? high >>> from : 0;
        if (from > 0) return low >>> from | high << -from;
        if (from == 0) return low;
        return from > -64 ? low << -from : 0;
    }

    // Narrowing of two halves to one

    public static long packsswb(long low, long high) {
        return packed(low, 16, v -> signed(v, 8)) | packed(high, 16, v -> signed(v, 8)) << 32;
    }

    public static long packssdw(long low, long high) {
        return packed(low, 32, v -> signed(v, 16)) | packed(high, 32, v -> signed(v, 16)) << 32;
    }

    public static long packuswb(long low, long high) {
        return packed(low, 16, Halves::unsigned) | packed(high, 16, Halves::unsigned) << 32;
    }

    private static long signed(long v, int bits) {
        long greatest = (1L << bits - 1) - 1;
        return Math.max(~greatest, Math.min(greatest, v)) & 2 * greatest + 1;
    }

    private static long unsigned(long v) {
        return Math.max(0, Math.min(0xFF, v));
    }

    /** The signed elements of {@code width} bits, each made half as wide, in 32 bits. */
    private static long packed(long v, int width, LongUnaryOperator narrow) {
        long packed = 0;
        for (int n = 0; n < 64; n += width) packed |= narrow.applyAsLong(v << 64 - width - n >> 64 - width) << n / 2;
        return packed;
    }

    // Order and signs

    /** The low halves' elements of {@code width} bits by turns, that of {@code a} first. */
    public static long interleaved(long a, long b, int width) {
        long mask = (1L << width) - 1, v = 0;
        for (int n = 0; n < 32; n += width) v |= (a >>> n & mask) << 2 * n | (b >>> n & mask) << 2 * n + width;
        return v;
    }

    /** Four words in the order that an immediate gives, two bits for each. */
    public static long words(long v, int order) {
        long shuffled = 0;
        for (int n = 0; n < 4; n++) shuffled |= (v >>> ((order >> 2 * n & 3) << 4) & 0xFFFF) << 16 * n;
        return shuffled;
    }

    /**
     * Where the result's doublewords come from, four bits for each, of an instruction that only moves those between XMM
     * registers: 0 to 3 are the destination's, 4 to 7 the source's.
     */
    public static int order(Insn i) {
        int n = i.immediate, first = n & 3 | (n >> 2 & 3) << 4, second = n >> 4 & 3 | (n >> 6 & 3) << 4;
        return switch (i.form.name()) {
            case "shufps" -> first | (second | 0x44) << 8;
            case "pshufd" -> first | second << 8 | 0x4444;
            case "shufpd" -> 0x5410 + (n & 1) * 0x22 + (n >> 1 & 1) * 0x2200;
            case "unpcklps", "punpckldq" -> 0x5140;
            case "unpckhps", "punpckhdq" -> 0x7362;
            case "unpcklpd", "punpcklqdq" -> 0x5410;
            case "unpckhpd", "punpckhqdq" -> 0x7632;
            default -> throw new IllegalStateException(i.form.name() + " does more than to move doublewords");
        };
    }

    /** The top bit of each byte. */
    public static int signs(long v) {
        return (int) ((v & SIGNS) * 0x0002040810204081L >>> 56);
    }

    /** The signs of two singles. */
    public static int singleSigns(long v) {
        return (int) (v >>> 31 & 1 | v >>> 63 << 1);
    }

    // Elements

    private interface Element {
        int of(int a, int b);
    }

    private static int clamp(int v, int least, int greatest) {
        return Math.max(least, Math.min(greatest, v));
    }

    private static long bytes(long a, long b, Element e) {
        long v = 0;
        for (int n = 0; n < 64; n += 8) v |= (e.of((byte) (a >>> n), (byte) (b >>> n)) & 0xFFL) << n;
        return v;
    }

    private static long unsignedBytes(long a, long b, Element e) {
        long v = 0;
        for (int n = 0; n < 64; n += 8) v |= (e.of((int) (a >>> n) & 0xFF, (int) (b >>> n) & 0xFF) & 0xFFL) << n;
        return v;
    }

    private static long words(long a, long b, Element e) {
        long v = 0;
        for (int n = 0; n < 64; n += 16) v |= (e.of((short) (a >>> n), (short) (b >>> n)) & 0xFFFFL) << n;
        return v;
    }

    private static long unsignedWords(long a, long b, Element e) {
        long v = 0;
        for (int n = 0; n < 64; n += 16) v |= (e.of((int) (a >>> n) & 0xFFFF, (int) (b >>> n) & 0xFFFF) & 0xFFFFL) << n;
        return v;
    }

    private static long doublewords(long a, long b, Element e) {
        return e.of((int) a, (int) b) & 0xFFFFFFFFL | (long) e.of((int) (a >>> 32), (int) (b >>> 32)) << 32;
    }
}
