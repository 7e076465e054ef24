package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.BIAS;
import static org.lkpk.cpu.fpu.Encoding.EXPONENT;
import static org.lkpk.cpu.fpu.Encoding.SIGN;

/** FRNDINT, FSCALE and FXTRACT: what works on the exponent. */
final class Scaling {
    private final Result result;
    /** FXTRACT's significand. */
    long second;
    int secondExponent;

    Scaling(Fpu fpu) {
        result = fpu.result;
    }

    void roundToInteger(long a, int ae) {
        result.begin();
        if (Encoding.unsupported(a, ae)) result.invalid();
        else if (Encoding.nan(a, ae)) result.nan(a, ae);
        else if (Encoding.zero(a, ae) || (ae & EXPONENT) >= BIAS + 63) result.set(a, ae);
        else {
            if (Encoding.denormal(a, ae)) result.raised = Fpu.DE;
            if (!result.stopped()) cut(a, ae);
        }
    }

    private void cut(long a, int ae) {
        int shift = BIAS + 63 - (ae & EXPONENT), sign = ae & SIGN;
        long rest = shift < 64 ? a << 64 - shift : shift == 64 ? a : 1, kept = shift < 64 ? a >>> shift : 0;
        if (rest != 0) {
            result.raised |= Fpu.PE;
            if (result.increment(sign, kept, rest)) {
                result.up = true;
                kept++;
            }
        }
        if (kept == 0) result.zero(sign);
        else {
            int zeros = Long.numberOfLeadingZeros(kept);
            result.set(kept << zeros, sign | BIAS + 63 - zeros);
        }
    }

    void scale(long a, int ae, long b, int be) {
        result.begin();
        if (Encoding.unsupported(a, ae) || Encoding.unsupported(b, be)) result.invalid();
        else if (Encoding.nan(a, ae) || Encoding.nan(b, be)) result.nan(a, ae, b, be);
        else if (Encoding.infinity(b, be)) scaleByInfinity(a, ae, be);
        else {
            if (Encoding.denormal(a, ae) || Encoding.denormal(b, be)) result.raised = Fpu.DE;
            if (result.stopped()) return;
            if (Encoding.zero(a, ae) || Encoding.infinity(a, ae)) result.set(a, ae);
            else
                result.round(ae & SIGN, Encoding.normalExponent(a, ae) + truncated(b, be), Encoding.normalSignificand(a), 0);
        }
    }

    private void scaleByInfinity(long a, int ae, int be) {
        boolean down = (be & SIGN) != 0;
        if (down ? Encoding.infinity(a, ae) : Encoding.zero(a, ae)) {
            result.invalid();
            return;
        }
        if (Encoding.denormal(a, ae)) result.raised = Fpu.DE;
        if (down) result.zero(ae & SIGN);
        else result.infinity(ae & SIGN);
    }

    /** Rounded towards 0, and kept to what over- or underflows anyway. */
    private static int truncated(long b, int be) {
        int exponent = (be & EXPONENT) - BIAS;
        if (exponent < 0) return 0;
        int magnitude = exponent > 16 ? 0x1FFFF : (int) (b >>> 63 - exponent);
        return (be & SIGN) != 0 ? -magnitude : magnitude;
    }

    void extract(long a, int ae) {
        result.begin();
        second = a;
        secondExponent = ae;
        if (Encoding.unsupported(a, ae)) result.invalid();
        else if (Encoding.nan(a, ae)) result.nan(a, ae);
        else if (Encoding.infinity(a, ae)) result.infinity(0);
        else if (Encoding.zero(a, ae)) {
            result.raised = Fpu.ZE;
            result.infinity(SIGN);
        } else {
            if (Encoding.denormal(a, ae)) result.raised = Fpu.DE;
            result.integer(Encoding.normalExponent(a, ae) - BIAS);
            second = Encoding.normalSignificand(a);
            secondExponent = ae & SIGN | BIAS;
        }
    }
}
