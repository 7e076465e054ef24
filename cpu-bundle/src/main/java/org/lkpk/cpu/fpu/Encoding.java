package org.lkpk.cpu.fpu;

/**
 * Double extended-precision numbers as the registers hold them (SDM vol. 1, table 4-3): a significand with its explicit
 * integer bit, and sign (bit 15) with the biased exponent (bits 0..14).
 */
final class Encoding {
    static final int SIGN = 0x8000, EXPONENT = 0x7FFF, BIAS = 0x3FFF;
    static final long INTEGER_BIT = 0x8000000000000000L, QUIET_BIT = 0x4000000000000000L;

    private Encoding() { }

    static int exponent(int signExponent) {
        return signExponent & EXPONENT;
    }

    /** Finite, not 0 and with the integer bit that belongs there. */
    static boolean normal(long significand, int signExponent) {
        return significand < 0 && (signExponent + 1 & EXPONENT) > 1;
    }

    static boolean zero(long significand, int signExponent) {
        return (significand | signExponent & EXPONENT) == 0;
    }

    /** Denormals, and pseudo-denormals whose integer bit is set. */
    static boolean denormal(long significand, int signExponent) {
        return (signExponent & EXPONENT) == 0 && significand != 0;
    }

    static boolean infinity(long significand, int signExponent) {
        return (signExponent & EXPONENT) == EXPONENT && significand == INTEGER_BIT;
    }

    static boolean nan(long significand, int signExponent) {
        return (signExponent & EXPONENT) == EXPONENT && significand < 0 && significand != INTEGER_BIT;
    }

    static boolean signalling(long significand, int signExponent) {
        return nan(significand, signExponent) && (significand & QUIET_BIT) == 0;
    }

    /** Unnormals, pseudo-NaNs, pseudo-infinities: the 80387 and its successors take them for invalid operands. */
    static boolean unsupported(long significand, int signExponent) {
        return significand >= 0 && (signExponent & EXPONENT) != 0;
    }

    /** Exponent of a finite number that is not 0 as if it were normal: for a denormal at most 0. */
    static int normalExponent(long significand, int signExponent) {
        int exponent = signExponent & EXPONENT;
        return exponent != 0 ? exponent : 1 - Long.numberOfLeadingZeros(significand);
    }

    /** Significand that goes with {@link #normalExponent}. */
    static long normalSignificand(long significand) {
        return significand << Long.numberOfLeadingZeros(significand);
    }
}
