package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.BIAS;
import static org.lkpk.cpu.fpu.Encoding.EXPONENT;
import static org.lkpk.cpu.fpu.Encoding.INTEGER_BIT;
import static org.lkpk.cpu.fpu.Encoding.SIGN;

/**
 * What nearly all arithmetic is: two normal numbers, not among the largest and smallest, whose result is one too, rounded
 * to nearest, no exception unmasked. Answers a significand, and leaves the sign and exponent that go with it in
 * {@link Registers#exponent}; or answers 0, with nothing changed that can be seen, where it is something else, and
 * {@link Arithmetic} does it then. Bits of numbers are as good as random, so nothing here branches on them.
 *
 * <p>Signs and exponents come as {@link Registers#words}: an empty register is no normal number.
 */
final class Normals {
    /** Exponents from 2^-4095 to 2^4096: no result of two of them over- or underflows. */
    private static final int LEAST = 0x3000, RANGE = 0x6000 | Registers.EMPTY;

    /** What {@link #real} answers where it cannot: the least denormal, which is never what it makes. */
    static final long NO_REAL = 1;
    /** What {@link #integer} answers where it cannot: it is none of the integers that it makes. */
    static final long NO_INTEGER = Long.MIN_VALUE;

    private Normals() { }

    private static boolean moderate(long a, int ae, long b, int be) {
        return (a & b) < 0 && ((ae + 0x4000 - LEAST ^ 0x4000 | be + 0x4000 - LEAST ^ 0x4000) & RANGE) == 0;
    }

    static boolean moderate(long a, int ae) {
        return a < 0 && ((ae + 0x4000 - LEAST ^ 0x4000) & RANGE) == 0;
    }

    // Normal numbers in the formats of memory, all of them moderate

    static boolean single(int bits) {
        return ((bits >>> 23) + 1 & 0xFE) != 0;
    }

    static boolean real(long bits) {
        return ((int) (bits >>> 52) + 1 & 0x7FE) != 0;
    }

    static long significand(int bits) {
        return (long) bits << 40 | INTEGER_BIT;
    }

    static long significand(long bits) {
        return bits << 11 | INTEGER_BIT;
    }

    static int signExponent(int bits) {
        return bits >>> 16 & SIGN | (bits >>> 23 & 0xFF) + BIAS - 127;
    }

    static int signExponent(long bits) {
        return (int) (bits >>> 48) & SIGN | ((int) (bits >>> 52) & 0x7FF) + BIAS - 1023;
    }

    /** The order as condition codes; -1 if not both are moderate or 0. */
    static int order(long a, int ae, long b, int be) {
        boolean both = moderate(a, ae, b, be) || (moderate(a, ae) || zero(a, ae)) && (moderate(b, be) || zero(b, be));
        return both ? Comparison.order(a, ae, b, be) : -1;
    }

    private static boolean zero(long s, int e) {
        return (s | e & ~SIGN) == 0;
    }

    // Arithmetic in the usual mode

    static long sum(Registers f, long a, int ae, long b, int be) {
        return f.unusual || !moderate(a, ae, b, be) ? 0 : rounded(f, exactSum(f, a, ae, b, be));
    }

    static long product(Registers f, long a, int ae, long b, int be) {
        return f.unusual || !moderate(a, ae, b, be) ? 0 : rounded(f, exactProduct(f, a, ae, b, be));
    }

    static long quotient(Registers f, long a, int ae, long b, int be) {
        return f.unusual || !moderate(a, ae, b, be) ? 0 : rounded(f, exactQuotient(f, a, ae, b, be));
    }

    static long root(Registers f, long a, int ae) {
        return f.unusual || (ae & SIGN) != 0 || !moderate(a, ae) ? 0 : rounded(f, exactRoot(f, a, ae));
    }

    /** The same for any precision; {@code operation} is the reg field of D8. */
    static long operate(Registers f, int operation, long a, int ae, long b, int be) {
        if (!f.nearestMasked || !moderate(a, ae, b, be)) return 0;
        long s = switch (operation) {
            case Fpu.ADD -> exactSum(f, a, ae, b, be);
            case Fpu.MULTIPLY -> exactProduct(f, a, ae, b, be);
            case Fpu.SUBTRACT -> exactSum(f, a, ae, b, be ^ SIGN);
            case Fpu.SUBTRACT_REVERSED -> exactSum(f, a, ae ^ SIGN, b, be);
            case Fpu.DIVIDE -> exactQuotient(f, a, ae, b, be);
            default -> exactQuotient(f, b, be, a, ae);
        };
        return f.drop == 0 ? rounded(f, s) : roundedShort(f, s);
    }

    static long squareRoot(Registers f, long a, int ae) {
        if (!f.nearestMasked || (ae & SIGN) != 0 || !moderate(a, ae)) return 0;
        long s = exactRoot(f, a, ae);
        return f.drop == 0 ? rounded(f, s) : roundedShort(f, s);
    }

    // Zeros

    /**
     * Whether an operand or the result is 0, nothing is to be raised, and numbers are moderate else: then the result is in
     * {@link Registers#rest} and {@link Registers#exponent}. {@code operation} is the reg field of D8.
     */
    static boolean withZero(Registers f, int operation, long a, int ae, long b, int be) {
        boolean none = zero(a, ae), other = zero(b, be);
        if (f.unusual || !none && !moderate(a, ae) || !other && !moderate(b, be)) return false;
        int signs = (ae ^ be) & SIGN;
        return switch (operation) {
            case Fpu.MULTIPLY -> (none || other) && zeroOrOther(f, 0, signs);
            case Fpu.DIVIDE -> none && !other && zeroOrOther(f, 0, signs);
            case Fpu.DIVIDE_REVERSED -> other && !none && zeroOrOther(f, 0, signs);
            case Fpu.ADD -> sumWithZero(f, a, ae, b, be);
            case Fpu.SUBTRACT -> sumWithZero(f, a, ae, b, be ^ SIGN);
            default -> sumWithZero(f, a, ae ^ SIGN, b, be);
        };
    }

    private static boolean sumWithZero(Registers f, long a, int ae, long b, int be) {
        if (a == 0) return b == 0 ? zeroOrOther(f, 0, ae & be) : zeroOrOther(f, b, be);
        if (b == 0) return zeroOrOther(f, a, ae);
        return a == b && (ae ^ be) == SIGN && zeroOrOther(f, 0, 0);
    }

    private static boolean zeroOrOther(Registers f, long s, int e) {
        f.rest = s;
        f.exponent = e;
        f.up = 0;
        return true;
    }

    // Exact results: 64 bits, and in rest all that is below them

    private static long exactProduct(Registers f, long a, int ae, long b, int be) {
        long high = Math.multiplyHigh(a, b) + a + b, low = a * b;
        int shift = (int) (~high >>> 63);
        f.rest = low << shift;
        // The sign is the lowest bit that the exponents do not reach.
        f.exponent = ae + be - BIAS + 1 - shift;
        return high << shift | (low & ~high) >>> 63;
    }

    private static long exactSum(Registers f, long a, int ae, long b, int be) {
        int distance = (ae & EXPONENT) - (be & EXPONENT), swap = 2 * distance - (int) (a - b >>> 63) >> 31;
        // The larger number comes first, and both half a bit lower, for the carry.
        long exchange = (a ^ b) & swap;
        int signs = ae ^ be;
        a ^= exchange;
        b ^= exchange;
        ae ^= signs & swap;
        distance = (distance ^ swap) - swap;
        if (distance > 63) return 0;
        // From here on 128 bits; where the signs differ, b becomes its complement.
        long differ = (long) signs << 48 >> 63, half = a << 63, bits = b << ~distance ^ differ, low = half + bits - differ;
        long carry = (half & bits | (half | bits) & ~low) >>> 63, high = (a >>> 1) + (b >>> 1 >>> distance ^ differ) + carry;
        if (high == 0) return 0;
        int shift = Long.numberOfLeadingZeros(high);
        f.rest = low << shift;
        f.exponent = ae + 1 - shift;
        return high << shift | low >>> 1 >>> ~shift;
    }

    private static long exactQuotient(Registers f, long a, int ae, long b, int be) {
        int less = Long.compareUnsigned(a, b) >>> 31;
        long low = (a & less - 1L) << 63, quotient = Words.divide(a >>> 1 - less, low, b);
        f.rest = Words.fraction(low - quotient * b, b);
        f.exponent = ae - be + BIAS - less;
        return quotient;
    }

    private static long exactRoot(Registers f, long a, int ae) {
        int exponent = (ae & EXPONENT) - BIAS, even = ~exponent & 1;
        long high = a >>> even, low = a << 63 & -(long) even;
        long root = Words.squareRoot(high, low), square = root * root;
        boolean half = Words.remainderExceeds(high, low, root), exact = low == square && high == Words.multiplyHigh(root, root);
        f.rest = half ? 0xC000000000000000L : exact ? 0 : 1;
        f.exponent = (exponent >> 1) + BIAS;
        return root;
    }

    // Rounding of what the above gave; 0 stays 0

    private static long rounded(Registers f, long s) {
        if (s == 0) return 0;
        long rest = f.rest, up = (rest & rest - 1 + (s & 1)) >>> 63, sum = s + up;
        f.inexact |= rest;
        f.up = up;
        // What the sum lost is the carry: nothing else is left then.
        f.exponent = f.exponent + (int) (~sum >>> 63) & (SIGN | EXPONENT);
        return sum | INTEGER_BIT;
    }

    /** To the precision of the control word. */
    private static long roundedShort(Registers f, long s) {
        if (s == 0) return 0;
        int drop = f.drop;
        long rest = f.rest, tail = s << -drop | (rest | -rest) >>> 63, kept = s >>> drop;
        long up = (tail & tail - 1 + (kept & 1)) >>> 63, sum = kept + up << drop;
        f.inexact |= tail;
        f.up = up;
        f.exponent = f.exponent + (int) (~sum >>> 63) & (SIGN | EXPONENT);
        return sum | INTEGER_BIT;
    }

    /**
     * The number as an integer of {@code bits} bits, rounded as the control word says, with what was rounded off and C1 left
     * for later; {@link #NO_INTEGER} if it is none, or neither 0 nor normal.
     */
    static long integer(Registers f, long s, int e, int bits) {
        int shift = BIAS + 63 - (e & (EXPONENT | Registers.EMPTY));
        if (s >= 0 || shift <= 64 - bits || shift == BIAS + 63 || !f.masked()) return zeroInteger(f, s, e);
        long tail = shift < 64 ? s << -shift : shift == 64 ? s : 1, kept = shift < 64 ? s >>> shift : 0;
        int negative = e >> 15 & 1;
        long up = switch (f.control >> 10 & 3) {
            case Registers.NEAREST -> (tail & tail - 1 + (kept & 1)) >>> 63;
            case Registers.CHOP -> 0;
            default -> ((f.control >> 10 & 3) == Registers.DOWN) == (negative != 0) && tail != 0 ? 1 : 0;
        };
        kept += up;
        if (kept >>> bits - 1 != 0) return NO_INTEGER; // The most negative one is left to others.
        f.rest = tail;
        f.roundedUp = up;
        return (kept ^ -negative) + negative;
    }

    private static long zeroInteger(Registers f, long s, int e) {
        if (!zero(s, e)) return NO_INTEGER;
        f.rest = f.roundedUp = 0;
        return 0;
    }

    /** The number as a double, rounded, with what was rounded off and C1 left for later; {@link #NO_REAL} if it is not 0 or normal both here and there. */
    static long real(Registers f, long s, int e) {
        int exponent = (e & (EXPONENT | Registers.EMPTY)) - BIAS + 1023;
        if (!f.nearestMasked || s >= 0 || exponent < 1 || exponent > 2045) return zeroReal(f, s, e);
        long tail = s << 53, kept = s >>> 11, up = (tail & tail - 1 + (kept & 1)) >>> 63;
        f.rest = tail;
        f.roundedUp = up;
        // A carry out of the fraction goes on into the exponent.
        return (long) (e & SIGN) << 48 | kept + up + ((long) (exponent - 1) << 52);
    }

    private static long zeroReal(Registers f, long s, int e) {
        if (!zero(s, e)) return NO_REAL;
        f.rest = f.roundedUp = 0;
        return (long) e << 48;
    }
}
