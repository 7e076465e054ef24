package org.lkpk.cpu.fpu;

/** Unsigned arithmetic on 64-bit words and pairs of them. */
final class Words {
    private static final long HALF = 0xFFFFFFFFL;

    private Words() { }

    /** The upper word of an unsigned product. */
    static long multiplyHigh(long a, long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    /** Quotient of {@code high:low} by {@code divisor}, whose top bit is set and which is over {@code high}. */
    static long divide(long high, long low, long divisor) {
        long upper = digit(high, low >>> 32, divisor);
        long rest = (high << 32 | low >>> 32) - upper * divisor;
        return upper << 32 | digit(rest, low & HALF, divisor);
    }

    /** One digit of base 2^32: {@code high:next} by {@code divisor} (Knuth, TAOCP vol. 2, 4.3.1 D3). */
    private static long digit(long high, long next, long divisor) {
        long top = divisor >>> 32, bottom = divisor & HALF;
        long q = Long.divideUnsigned(high, top), rest = high - q * top;
        while (q > HALF || Long.compareUnsigned(q * bottom, rest << 32 | next) > 0) {
            q--;
            rest += top;
            if (rest > HALF) break;
        }
        return q;
    }

    /** A remainder as a fraction of its divisor: exact about 0 and ½, and right about which side of them it lies. */
    static long fraction(long remainder, long divisor) {
        if (remainder == 0) return 0;
        int side = Long.compareUnsigned(remainder, divisor - remainder);
        return side < 0 ? 1 : side == 0 ? 0x8000000000000000L : 0x8000000000000001L;
    }

    /** Root, rounded down, of {@code high:low}; {@code high} is at least 2^62. */
    static long squareRoot(long high, long low) {
        double estimate = Math.sqrt((high >>> 11) * 0x1p75);
        long root = estimate >= 0x1p64 ? -1 : (long) (estimate * 0x1p-11) << 11;
        if (root >= 0) root = 0x8000000000000000L;
        // One step of Newton's from 52 right bits; the loops put the last bit right.
        long rest = high - multiplyHigh(root, root) - (Long.compareUnsigned(low, root * root) < 0 ? 1 : 0);
        long restLow = low - root * root;
        long step = correction(rest, restLow, root);
        long better = root + step;
        root = step > 0 && better >= 0 ? -1 : better;
        while (below(high, low, root)) root--;
        while (root != -1 && !below(high, low, root + 1)) root++;
        return root;
    }

    /** {@code high:low}, signed, by twice {@code root}. */
    private static long correction(long high, long low, long root) {
        double rest = high * 0x1p64 + (low >>> 1) * 2.0;
        return (long) (rest / ((root >>> 1) * 4.0));
    }

    /** Whether {@code high:low} is less than the square of {@code root}. */
    private static boolean below(long high, long low, long root) {
        long square = multiplyHigh(root, root);
        return high != square ? Long.compareUnsigned(high, square) < 0 : Long.compareUnsigned(low, root * root) < 0;
    }

    /** Whether {@code high:low} minus the square of {@code root}, its root, is over {@code root}. */
    static boolean remainderExceeds(long high, long low, long root) {
        long square = root * root, rest = low - square;
        long upper = high - multiplyHigh(root, root) - (Long.compareUnsigned(low, square) < 0 ? 1 : 0);
        return upper != 0 || Long.compareUnsigned(rest, root) > 0;
    }
}
