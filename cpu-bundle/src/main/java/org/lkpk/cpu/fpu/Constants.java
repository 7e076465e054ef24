package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.BIAS;
import static org.lkpk.cpu.fpu.Encoding.INTEGER_BIT;

/** The FPU's constant ROM. */
final class Constants {
    /** 1, log2 10, log2 e, π, log10 2, ln 2, 0: the bits that come first, and whether the next bit is set. */
    private static final long[] SIGNIFICAND = {INTEGER_BIT, 0xD49A784BCD1B8AFEL, 0xB8AA3B295C17F0BBL, 0xC90FDAA22168C234L,
        0x9A209A84FBCFF798L, 0xB17217F7D1CF79ABL, 0};
    private static final boolean[] NEXT = {false, false, true, true, true, true, false};
    private static final int[] EXPONENT = {BIAS, BIAS + 1, BIAS, BIAS + 1, BIAS - 2, BIAS - 1, 0};

    private Constants() { }

    /** Puts constant {@code n} into the result, rounded; no exception is raised. */
    static void put(Result result, int n, int rounding) {
        boolean exact = n == 0 || n == 6;
        boolean up = rounding == Fpu.NEAREST ? NEXT[n] : rounding == Fpu.UP && !exact;
        result.set(SIGNIFICAND[n] + (up ? 1 : 0), EXPONENT[n]);
    }
}
