package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.EXPONENT;
import static org.lkpk.cpu.fpu.Encoding.SIGN;

/** The order of two numbers, and FXAM's classes. */
final class Comparison {
    /** The order as condition codes. */
    static final int GREATER = 0, LESS = Fpu.C0, EQUAL = Fpu.C3, UNORDERED = Fpu.C0 | Fpu.C2 | Fpu.C3;
    private static final int ZF = 0x40, PF = 4, CF = 1;

    private final Result result;

    Comparison(Fpu fpu) {
        result = fpu.result;
    }

    /** The order of a and b; {@code extra} is {@link Fpu#DE} for a b that was denormal in memory. */
    int compare(long a, int ae, long b, int be, int extra, boolean quiet) {
        result.begin();
        if (Encoding.unsupported(a, ae) || Encoding.unsupported(b, be)) {
            result.raised = Fpu.IE;
            return UNORDERED;
        }
        if (Encoding.nan(a, ae) || Encoding.nan(b, be)) {
            if (!quiet || Encoding.signalling(a, ae) || Encoding.signalling(b, be)) result.raised = Fpu.IE;
            return UNORDERED;
        }
        result.raised = extra;
        if (Encoding.denormal(a, ae) || Encoding.denormal(b, be)) result.raised = Fpu.DE;
        return order(a, ae, b, be);
    }

    /** The order of two that are neither NaNs nor unsupported. */
    static int order(long a, int ae, long b, int be) {
        boolean aNegative = (ae & SIGN) != 0;
        if (aNegative != ((be & SIGN) != 0)) {
            if (Encoding.zero(a, ae) && Encoding.zero(b, be)) return EQUAL;
            return aNegative ? LESS : GREATER;
        }
        int order = Integer.compare(magnitude(a, ae), magnitude(b, be));
        if (order == 0) order = Long.compareUnsigned(a, b);
        return order == 0 ? EQUAL : order < 0 == aNegative ? GREATER : LESS;
    }

    /** A pseudo-denormal's exponent counts as 1. */
    private static int magnitude(long s, int e) {
        int exponent = e & EXPONENT;
        return exponent == 0 && s < 0 ? 1 : exponent;
    }

    /** ZF, PF, CF for FCOMI. */
    static int flags(int order) {
        return ((order & Fpu.C3) != 0 ? ZF : 0) | ((order & Fpu.C2) != 0 ? PF : 0) | ((order & Fpu.C0) != 0 ? CF : 0);
    }

    /** FXAM's condition codes. */
    int examine(long s, int e, boolean empty) {
        int sign = (e & SIGN) != 0 ? Fpu.C1 : 0;
        if (empty) return sign | Fpu.C3 | Fpu.C0;
        if (Encoding.unsupported(s, e)) return sign;
        if (Encoding.nan(s, e)) return sign | Fpu.C0;
        if (Encoding.infinity(s, e)) return sign | Fpu.C2 | Fpu.C0;
        if (Encoding.zero(s, e)) return sign | Fpu.C3;
        return Encoding.denormal(s, e) ? sign | Fpu.C3 | Fpu.C2 : sign | Fpu.C2;
    }
}
