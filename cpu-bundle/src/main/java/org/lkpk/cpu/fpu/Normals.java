package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.BIAS;
import static org.lkpk.cpu.fpu.Encoding.EXPONENT;
import static org.lkpk.cpu.fpu.Encoding.SIGN;

/**
 * What nearly all arithmetic is: two normal numbers whose result is one too, rounded to nearest, no exception unmasked.
 * Answers false, with nothing changed, where it is something else, and {@link Arithmetic} does it then. Bits of numbers
 * are as good as random, so nothing here branches on them.
 */
final class Normals {
    private final Registers fpu;

    Normals(Registers fpu) {
        this.fpu = fpu;
    }

    // Normal numbers in the formats of memory

    static boolean single(int bits) {
        return ((bits >>> 23) + 1 & 0xFE) != 0;
    }

    static boolean real(long bits) {
        return ((int) (bits >>> 52) + 1 & 0x7FE) != 0;
    }

    static long significand(int bits) {
        return (long) bits << 40 | Encoding.INTEGER_BIT;
    }

    static long significand(long bits) {
        return bits << 11 | Encoding.INTEGER_BIT;
    }

    static int signExponent(int bits) {
        return bits >>> 16 & SIGN | (bits >>> 23 & 0xFF) + BIAS - 127;
    }

    static int signExponent(long bits) {
        return (int) (bits >>> 48) & SIGN | ((int) (bits >>> 52) & 0x7FF) + BIAS - 1023;
    }

    // Arithmetic

    /**
     * ST(to) = a operation b. One method on purpose: with more than 325 bytecodes HotSpot compiles it once and calls it,
     * where it would compile smaller ones again into each block of the guest's code that uses them.
     */
    boolean operate(int operation, int to, long a, int ae, long b, int be) {
        if (!fpu.nearestMasked || (a & b) >= 0 || (ae + 1 & EXPONENT) <= 1 || (be + 1 & EXPONENT) <= 1) return false;
        // What comes out, before it is rounded: s.rest.
        int sign = (ae ^ be) & SIGN, exponent;
        long s, rest;
        if (operation == Fpu.MULTIPLY) {
            long high = Math.multiplyHigh(a, b) + a + b, low = a * b;
            int shift = (int) (~high >>> 63);
            s = high << shift | low >>> 63 & shift;
            rest = low << shift;
            exponent = (ae & EXPONENT) + (be & EXPONENT) - BIAS + 1 - shift;
        } else if (operation < Fpu.DIVIDE) {
            if (operation == Fpu.SUBTRACT) be ^= SIGN;
            else if (operation == Fpu.SUBTRACT_REVERSED) ae ^= SIGN;
            int distance = (ae & EXPONENT) - (be & EXPONENT), swap = distance >> 31;
            // The number with the larger exponent comes first.
            long exchange = (a ^ b) & swap;
            a ^= exchange;
            b ^= exchange;
            int signs = (ae ^ be) & SIGN;
            ae ^= (ae ^ be) & swap;
            distance = (distance ^ swap) - swap;
            if (distance > 63) return false;
            long low = b << 1 << 63 - distance;
            b >>>= distance;
            sign = ae & SIGN;
            exponent = ae & EXPONENT;
            if (signs == 0) {
                long sum = a + b, carry = (a & b | (a | b) & ~sum) >>> 63;
                s = sum >>> carry | carry << 63;
                rest = low >>> carry | low & carry | (sum & carry) << 63;
                exponent += (int) carry;
            } else {
                long difference = a - b - ((low | -low) >>> 63);
                if (b < 0 && Long.compareUnsigned(a, b) < 0) {
                    difference = -difference;
                    sign ^= SIGN;
                }
                if (difference == 0) return false;
                int shift = Long.numberOfLeadingZeros(difference);
                low = -low;
                s = difference << shift | low >>> 1 >>> 63 - shift;
                rest = low << shift;
                exponent -= shift;
            }
        } else {
            long dividend = operation == Fpu.DIVIDE ? a : b, divisor = operation == Fpu.DIVIDE ? b : a;
            int less = Long.compareUnsigned(dividend, divisor) >>> 31;
            long low = (dividend & less - 1L) << 63;
            s = Words.divide(dividend >>> 1 - less, low, divisor);
            rest = Words.fraction(low - s * divisor, divisor);
            exponent = (ae & EXPONENT) - (be & EXPONENT);
            exponent = (operation == Fpu.DIVIDE ? exponent : -exponent) + BIAS - less;
        }
        return settle(to, sign, exponent, s, rest);
    }

    boolean squareRoot(long a, int ae) {
        if (!fpu.nearestMasked || a >= 0 || (ae & SIGN) != 0 || (ae + 1 & EXPONENT) <= 1) return false;
        int exponent = (ae & EXPONENT) - BIAS, even = ~exponent & 1;
        long high = a >>> even, low = a << 63 & -(long) even;
        long root = Words.squareRoot(high, low), square = root * root;
        boolean half = Words.remainderExceeds(high, low, root), exact = low == square && high == Words.multiplyHigh(root, root);
        return settle(0, 0, (exponent >> 1) + BIAS, root, half ? 0xC000000000000000L : exact ? 0 : 1);
    }

    /** Rounds {@code s.rest} × 2^(exponent − bias), as {@link Result} does, and delivers it. */
    private boolean settle(int to, int sign, int exponent, long s, long rest) {
        int drop = fpu.drop;
        long tail = drop == 0 ? rest : s << -drop | (rest | -rest) >>> 63, kept = s >>> drop;
        long odd = tail << 1 | kept & 1, up = tail >>> 63 & (odd | -odd) >>> 63;
        long rounded = kept + up << drop;
        if (rounded >= 0 || exponent <= 0 || exponent >= EXPONENT) return false;
        fpu.status = fpu.status & ~Registers.C1 | (int) ((tail | -tail) >>> 63 << 5 | up << 9);
        fpu.replace(to, rounded, sign | exponent);
        return true;
    }

    /** The number as a double, rounded; 0 if it is not one that is normal both here and there. */
    long real(long s, int e) {
        int exponent = (e & EXPONENT) - BIAS + 1023;
        if (!fpu.nearestMasked || s >= 0 || exponent < 1 || exponent > 2045) return 0;
        long tail = s << 53, kept = s >>> 11, odd = tail << 1 | kept & 1, up = tail >>> 63 & (odd | -odd) >>> 63;
        fpu.status = fpu.status & ~Registers.C1 | (int) ((tail | -tail) >>> 63 << 5 | up << 9);
        // A carry out of the fraction goes on into the exponent.
        return (long) (e & SIGN) << 48 | kept + up + ((long) (exponent - 1) << 52);
    }
}
