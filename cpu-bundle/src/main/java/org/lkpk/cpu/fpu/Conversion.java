package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.BIAS;
import static org.lkpk.cpu.fpu.Encoding.EXPONENT;
import static org.lkpk.cpu.fpu.Encoding.INTEGER_BIT;
import static org.lkpk.cpu.fpu.Encoding.QUIET_BIT;
import static org.lkpk.cpu.fpu.Encoding.SIGN;

/** To and from the formats of memory: single, double, integers, packed decimal. */
public final class Conversion {
    private static final long LARGEST_DECIMAL = 999_999_999_999_999_999L;

    private final Fpu fpu;
    private final Result result;
    private boolean inRange;
    /** What {@link #toDecimal} gave: bytes 0..7; sign and 18th and 17th digit. */
    public long decimal;
    public int decimalTop;

    Conversion(Fpu fpu) {
        this.fpu = fpu;
        result = fpu.result;
    }

    /** Loads a single into the result; a signalling NaN stays one, a denormal raises DE. */
    public void single(int bits) {
        widen(bits < 0 ? SIGN : 0, bits >>> 23 & 0xFF, 0xFF, (long) bits << 40, 127);
    }

    public void real(long bits) {
        widen(bits < 0 ? SIGN : 0, (int) (bits >>> 52) & 0x7FF, 0x7FF, bits << 11, 1023);
    }

    private void widen(int sign, int exponent, int largest, long fraction, int bias) {
        result.begin();
        fraction |= INTEGER_BIT;
        if (exponent == largest) result.set(fraction, sign | EXPONENT);
        else if (exponent != 0) result.set(fraction, sign | exponent - bias + BIAS);
        else {
            fraction <<= 1;
            if (fraction == 0) result.zero(sign);
            else {
                result.raised = Fpu.DE;
                int shift = Long.numberOfLeadingZeros(fraction);
                result.set(fraction << shift, sign | BIAS - bias - shift);
            }
        }
    }

    public void integer(long value) {
        result.begin();
        result.integer(value);
    }

    /** FLD of a single or double: quiets the NaN that {@link #single} or {@link #real} left. */
    public void quiet() {
        if (Encoding.nan(result.significand, result.signExponent)) result.nan(result.significand, result.signExponent);
    }

    /** The 18 digits of a packed decimal; what others than 0..9 give is undefined. */
    public void decimal(long low, int high) {
        result.begin();
        long value = (high >> 4 & 15) * 10 + (high & 15);
        for (int shift = 60; shift >= 0; shift -= 4) value = value * 10 + (low >>> shift & 15);
        result.integer(value);
        result.signExponent = result.signExponent & EXPONENT | high & SIGN;
    }

    /** The number as a single, rounded. */
    public int toSingle(long s, int e) {
        return (int) narrow(s, e, 23, 127);
    }

    public long toReal(long s, int e) {
        return narrow(s, e, 52, 1023);
    }

    private long narrow(long s, int e, int bits, int bias) {
        result.begin();
        int largest = 2 * bias + 1, drop = 63 - bits;
        long sign = (e & SIGN) != 0 ? 2L * bias + 2 << bits : 0, infinity = (long) largest << bits;
        if (Encoding.zero(s, e)) return sign;
        if (Encoding.unsupported(s, e)) {
            result.raised = Fpu.IE;
            return 2L * bias + 2 + largest << bits | 1L << bits - 1;
        }
        if ((e & EXPONENT) == EXPONENT) {
            if (s == INTEGER_BIT) return sign | infinity;
            if ((s & QUIET_BIT) == 0) result.raised = Fpu.IE;
            return sign | infinity | (s | QUIET_BIT) << 1 >>> drop + 1;
        }
        int exponent = Encoding.normalExponent(s, e) - BIAS + bias;
        s = Encoding.normalSignificand(s);
        if (exponent <= 0) return sign | narrowTiny(s, exponent, e & SIGN, drop);
        long kept = rounded(s, 0, drop, e & SIGN);
        // A carry out of the fraction goes on into the exponent.
        long magnitude = kept + ((long) (exponent - 1) << bits);
        if (magnitude < infinity && exponent < largest) return sign | magnitude;
        result.raised |= Fpu.OE | Fpu.PE;
        result.up = result.overflowsToInfinity(e & SIGN);
        return sign | (result.up ? infinity : infinity - 1);
    }

    private long narrowTiny(long s, int exponent, int sign, int drop) {
        long tail = Result.tail(s, 0, drop), kept = s >>> drop;
        boolean carries = tail != 0 && kept + 1 << drop == 0 && result.increment(sign, kept, tail);
        boolean tiny = exponent < 0 || !carries;
        int shift = 1 - exponent;
        long rest = shift < 64 ? s << 64 - shift : shift == 64 ? s : 1;
        kept = rounded(shift < 64 ? s >>> shift : 0, rest, drop, sign);
        if (tiny && ((result.raised & Fpu.PE) != 0 || (fpu.control & Fpu.UE) == 0)) result.raised |= Fpu.UE;
        return kept;
    }

    /** {@code s.rest} less {@code drop} bits, shifted down by them. */
    private long rounded(long s, long rest, int drop, int sign) {
        long tail = Result.tail(s, rest, drop), kept = s >>> drop;
        if (tail == 0) return kept;
        result.raised |= Fpu.PE;
        if (!result.increment(sign, kept, tail)) return kept;
        result.up = true;
        return kept + 1;
    }

    /** The number as an integer of {@code bits} bits, rounded; the integer indefinite if it does not fit. */
    public long toInteger(long s, int e, int bits) {
        long magnitude = magnitude(s, e);
        boolean negative = (e & SIGN) != 0;
        long limit = 1L << bits - 1;
        if (inRange && (Long.compareUnsigned(magnitude, limit) < 0 || negative && magnitude == limit))
            return negative ? -magnitude : magnitude;
        refuse();
        return -limit;
    }

    /** The number as packed decimal into {@link #decimal}, {@link #decimalTop}. */
    public void toDecimal(long s, int e) {
        long rest = magnitude(s, e);
        if (!inRange || Long.compareUnsigned(rest, LARGEST_DECIMAL) > 0) {
            refuse();
            indefiniteDecimal();
            return;
        }
        decimal = 0;
        for (int shift = 0; shift < 64; shift += 4) {
            decimal |= rest % 10 << shift;
            rest /= 10;
        }
        decimalTop = e & SIGN | (int) (rest / 10 << 4 | rest % 10);
    }

    public void indefiniteDecimal() {
        decimal = 0xC000000000000000L;
        decimalTop = 0xFFFF;
    }

    private void refuse() {
        result.raised = Fpu.IE;
        result.up = false;
    }

    /** The rounded magnitude; {@link #inRange} tells whether it fits into 64 bits. */
    private long magnitude(long s, int e) {
        result.begin();
        int exponent = e & EXPONENT;
        inRange = !Encoding.unsupported(s, e) && exponent < BIAS + 64;
        if (!inRange || s == 0) return 0;
        int shift = BIAS + 63 - exponent;
        if (shift == 0) return s;
        long rest = shift < 64 ? s << 64 - shift : shift == 64 ? s : 1, kept = shift < 64 ? s >>> shift : 0;
        if (rest == 0) return kept;
        result.raised = Fpu.PE;
        if (!result.increment(e & SIGN, kept, rest)) return kept;
        result.up = true;
        inRange = ++kept != 0;
        return kept;
    }
}
