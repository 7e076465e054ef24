package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.SIGN;

/** FPREM and FPREM1: exact partial remainders. */
final class Remainder {
    /** Exceptional operands: no quotient, so C0 and C3 stay. */
    static final int NONE = -1;

    private final Result result;

    Remainder(Fpu fpu) {
        result = fpu.result;
    }

    /**
     * Remainder of a by b.
     *
     * @return the condition codes: the quotient's low bits, C2 for a reduction that is not complete, or {@link #NONE}
     */
    int remainder(long a, int ae, long b, int be, boolean nearest) {
        result.begin();
        if (Encoding.unsupported(a, ae) || Encoding.unsupported(b, be)) result.invalid();
        else if (Encoding.nan(a, ae) || Encoding.nan(b, be)) result.nan(a, ae, b, be);
        else if (Encoding.infinity(a, ae) || Encoding.zero(b, be)) result.invalid();
        else {
            if (Encoding.denormal(a, ae) || Encoding.denormal(b, be)) result.raised = Fpu.DE;
            if (!result.stopped()) return finite(a, ae, b, be, nearest);
        }
        return NONE;
    }

    private int finite(long a, int ae, long b, int be, boolean nearest) {
        if (Encoding.zero(a, ae)) {
            result.set(a, ae);
            return 0;
        }
        int exponent = Encoding.normalExponent(a, ae);
        a = Encoding.normalSignificand(a);
        if (!Encoding.infinity(b, be))
            return reduce(ae & SIGN, a, exponent, Encoding.normalSignificand(b), Encoding.normalExponent(b, be), nearest);
        result.round(ae & SIGN, exponent, a, 0);
        return 0;
    }

    private int reduce(int sign, long a, int ae, long b, int be, boolean nearest) {
        int difference = ae - be;
        if (difference < -1 || difference < 0 && !nearest) {
            result.round(sign, ae, a, 0);
            return 0;
        }
        if (difference >= 64) {
            int by = difference & 31 | 32;
            finish(sign, ae - by, modulo(a, by, b));
            return Fpu.C2;
        }
        if (difference < 0) return nearHalf(sign, ae, a, b);
        long quotient = quotient(a, difference, b);
        long rest = (a << difference) - quotient * b;
        if (nearest && overHalf(rest, b, quotient)) {
            quotient++;
            rest = b - rest;
            sign ^= SIGN;
            if (rest == 0) sign ^= SIGN;
        }
        finish(sign, be, rest);
        return codes(quotient);
    }

    /** A dividend with an exponent one less than the divisor's: the nearest quotient is 0 or 1. */
    private int nearHalf(int sign, int ae, long a, long b) {
        if (Long.compareUnsigned(a, b) <= 0) {
            result.round(sign, ae, a, 0);
            return 0;
        }
        // 2b − a, in units of a's last bit; a is over b, so it fits.
        finish(sign ^ SIGN, ae, (b << 1) - a);
        return codes(1);
    }

    private static boolean overHalf(long rest, long b, long quotient) {
        int side = Long.compareUnsigned(rest, b - rest);
        return side > 0 || side == 0 && (quotient & 1) != 0;
    }

    private void finish(int sign, int exponent, long rest) {
        if (rest == 0) result.zero(sign);
        else {
            int shift = Long.numberOfLeadingZeros(rest);
            result.round(sign, exponent - shift, rest << shift, 0);
        }
    }

    /** Quotient of a × 2^shift, shift 0..63, by b; both have their top bits set. */
    private static long quotient(long a, int shift, long b) {
        if (shift == 0) return Long.compareUnsigned(a, b) >= 0 ? 1 : 0;
        return Words.divide(a >>> 64 - shift, a << shift, b);
    }

    private static long modulo(long a, int shift, long b) {
        return (a << shift) - quotient(a, shift, b) * b;
    }

    private static int codes(long quotient) {
        return ((quotient & 4) != 0 ? Fpu.C0 : 0) | ((quotient & 2) != 0 ? Fpu.C3 : 0) | ((quotient & 1) != 0 ? Fpu.C1 : 0);
    }
}
