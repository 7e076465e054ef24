package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.BIAS;
import static org.lkpk.cpu.fpu.Encoding.EXPONENT;
import static org.lkpk.cpu.fpu.Encoding.INTEGER_BIT;
import static org.lkpk.cpu.fpu.Encoding.QUIET_BIT;
import static org.lkpk.cpu.fpu.Encoding.SIGN;

/**
 * What an operation came to, before the registers or the status word know of it: a number, the exceptions raised and
 * whether the number was rounded up in magnitude. Rounds as the control word says.
 */
public final class Result {
    /**
     * Added to the exponent of a result that underflowed with the exception unmasked, taken from one that overflowed
     * (FSCALE's may still be out of range).
     */
    private static final int WRAP = 0x6000;

    private final Registers fpu;
    public long significand;
    public int signExponent;
    /** {@link Fpu#IE} … {@link Fpu#PE}, {@link Fpu#SF}. */
    public int raised;
    /** For C1. */
    public boolean up;

    Result(Registers fpu) {
        this.fpu = fpu;
    }

    /** Begins an operation. */
    void begin() {
        raised = 0;
        up = false;
    }

    /** Whether an exception that stops the operation before it computes anything was raised and is not masked. */
    boolean stopped() {
        return (raised & ~fpu.control & (Fpu.IE | Fpu.DE | Fpu.ZE)) != 0;
    }

    void set(long significand, int signExponent) {
        this.significand = significand;
        this.signExponent = signExponent;
    }

    void zero(int sign) {
        set(0, sign);
    }

    void infinity(int sign) {
        set(INTEGER_BIT, sign | EXPONENT);
    }

    /** The real indefinite. */
    void indefinite() {
        set(INTEGER_BIT | QUIET_BIT, SIGN | EXPONENT);
    }

    void invalid() {
        raised |= Fpu.IE;
        indefinite();
    }

    /** One NaN as an operand: passed on, quieted. */
    void nan(long a, int ae) {
        if ((a & QUIET_BIT) == 0) raised |= Fpu.IE;
        set(a | QUIET_BIT, ae);
    }

    /** At least one NaN among two operands: SDM vol. 1, table 4-7. */
    void nan(long a, int ae, long b, int be) {
        boolean aNan = Encoding.nan(a, ae), bNan = Encoding.nan(b, be);
        boolean aSignals = aNan && (a & QUIET_BIT) == 0, bSignals = bNan && (b & QUIET_BIT) == 0;
        if (aSignals || bSignals) raised |= Fpu.IE;
        boolean first;
        if (!aNan || !bNan) first = aNan;
        else if (aSignals != bSignals) first = bSignals;
        else first = a != b ? Long.compareUnsigned(a, b) > 0 : (ae & SIGN) == 0;
        if (first) set(a | QUIET_BIT, ae);
        else set(b | QUIET_BIT, be);
    }

    /** Rounds to the precision that the control word gives: for addition, multiplication, division and root only. */
    void roundToPrecision(int sign, int exponent, long s, long rest) {
        round(sign, exponent, s, rest, fpu.drop);
    }

    /** Rounds to all 64 bits. */
    void round(int sign, int exponent, long s, long rest) {
        round(sign, exponent, s, rest, 0);
    }

    /**
     * Rounds {@code s.rest} × 2^(exponent − bias), integer bit of {@code s} set, less its {@code drop} low bits, and
     * deals with overflow and underflow. Of {@code rest} all bits count.
     */
    private void round(int sign, int exponent, long s, long rest, int drop) {
        if (exponent <= 0) {
            roundTiny(sign, exponent, s, rest, drop);
            return;
        }
        long tail = tail(s, rest, drop), kept = s >>> drop << drop;
        if (tail != 0) {
            raised |= Fpu.PE;
            if (increment(sign, kept >>> drop, tail)) {
                up = true;
                kept += 1L << drop;
                if (kept == 0) {
                    kept = INTEGER_BIT;
                    exponent++;
                }
            }
        }
        if (exponent >= EXPONENT) overflow(sign, exponent, kept, drop);
        else set(kept, sign | exponent);
    }

    /** Below the least normal number: tininess is judged after rounding as if the exponent had no end. */
    private void roundTiny(int sign, int exponent, long s, long rest, int drop) {
        long tail = tail(s, rest, drop), kept = s >>> drop << drop;
        boolean incremented = tail != 0 && increment(sign, kept >>> drop, tail);
        boolean tiny = exponent < 0 || !incremented || kept + (1L << drop) != 0;
        if (tiny && (fpu.control & Fpu.UE) == 0) {
            raised |= Fpu.UE;
            if (exponent + WRAP > 0) round(sign, exponent + WRAP, s, rest, drop);
            else {
                raised |= Fpu.PE;
                zero(sign);
            }
            return;
        }
        int shift = 1 - exponent;
        rest = shift < 64 ? s << 64 - shift | (rest != 0 ? 1 : 0) : shift == 64 ? s | (rest != 0 ? 1 : 0) : 1;
        s = shift < 64 ? s >>> shift : 0;
        tail = tail(s, rest, drop);
        kept = s >>> drop << drop;
        if (tail != 0) {
            raised |= tiny ? Fpu.UE | Fpu.PE : Fpu.PE;
            if (increment(sign, kept >>> drop, tail)) {
                up = true;
                kept += 1L << drop;
            }
        }
        set(kept, sign | (kept < 0 ? 1 : 0));
    }

    private void overflow(int sign, int exponent, long kept, int drop) {
        raised |= Fpu.OE;
        if ((fpu.control & Fpu.OE) == 0) {
            if (exponent - WRAP < EXPONENT) set(kept, sign | exponent - WRAP);
            else {
                raised |= Fpu.PE;
                up = true;
                infinity(sign);
            }
            return;
        }
        raised |= Fpu.PE;
        up = overflowsToInfinity(sign);
        if (up) infinity(sign);
        else set(-1L << drop, sign | EXPONENT - 1);
    }

    /** Whether rounding takes what overflows to infinity, not to the largest number. */
    boolean overflowsToInfinity(int sign) {
        int rounding = fpu.control >> 10 & 3;
        return rounding == Fpu.NEAREST || rounding == (sign != 0 ? Fpu.DOWN : Fpu.UP);
    }

    /** What rounding drops, as a fraction of the last bit kept. */
    static long tail(long s, long rest, int drop) {
        return drop == 0 ? rest : s << 64 - drop | (rest != 0 ? 1 : 0);
    }

    /** Whether rounding adds 1 to the last bit kept, the lowest of {@code kept}; {@code tail} is not 0. */
    boolean increment(int sign, long kept, long tail) {
        return switch (fpu.control >> 10 & 3) {
            case Fpu.NEAREST -> tail < 0 && (tail != INTEGER_BIT || (kept & 1) != 0);
            case Fpu.DOWN -> sign != 0;
            case Fpu.UP -> sign == 0;
            default -> false;
        };
    }

    /** An integer, exactly. */
    void integer(long value) {
        if (value == 0) {
            zero(0);
            return;
        }
        long magnitude = Math.abs(value);
        int shift = Long.numberOfLeadingZeros(magnitude);
        set(magnitude << shift, (value < 0 ? SIGN : 0) | BIAS + 63 - shift);
    }
}
