package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.BIAS;
import static org.lkpk.cpu.fpu.Encoding.EXPONENT;
import static org.lkpk.cpu.fpu.Encoding.INTEGER_BIT;
import static org.lkpk.cpu.fpu.Encoding.SIGN;
import static org.lkpk.cpu.fpu.Encoding.denormal;
import static org.lkpk.cpu.fpu.Encoding.infinity;
import static org.lkpk.cpu.fpu.Encoding.nan;
import static org.lkpk.cpu.fpu.Encoding.unsupported;
import static org.lkpk.cpu.fpu.Encoding.zero;

import java.math.BigInteger;

/** F2XM1, FPATAN, FYL2X, FYL2XP1 by power series; the operands' special kinds, and the trigonometric ones' too. */
final class Transcendental {
    private static final Wide PI = new Wide(0xC90FDAA22168C234L, 0xC4C6628B80DC1CD1L, 1),
            HALF_PI = new Wide(0xC90FDAA22168C234L, 0xC4C6628B80DC1CD1L, 0),
            LN_2 = new Wide(0xB17217F7D1CF79ABL, 0xC9E3B39803F2F6AFL, -1),
            TWICE_LOG2_E = new Wide(0xB8AA3B295C17F0BBL, 0xBE87FED0691D3E88L, 1);
    private static final Wide ONE = new Wide(INTEGER_BIT, 0, 0), TWO = new Wide(INTEGER_BIT, 0, 1);
    /** Arctangents of ¼, ½, ¾ and 1, and their arguments. */
    private static final Wide[] ARCTANGENT = {
        new Wide(0xFADBAFC96406EB15L, 0x6DC79EF5F7A217E5L, -3), new Wide(0xED63382B0DDA7B45L, 0x6FE445ECBC3A8D03L, -2),
        new Wide(0xA4BC7D1934F70924L, 0x19A87F2A457DAC9EL, -1), new Wide(0xC90FDAA22168C234L, 0xC4C6628B80DC1CD1L, -1)};
    private static final Wide[] QUARTERS = {new Wide(INTEGER_BIT, 0, -2), new Wide(INTEGER_BIT, 0, -1),
        new Wide(0xC000000000000000L, 0, -1), ONE};
    private static final long ROOT_2 = 0xB504F333F9DE6484L;
    /** Below 2 to this, a function whose first term is x is x but for a sliver. */
    static final int SLIVER = -60;

    private static final long[] EXPONENTIAL = Wide.series(27, (d, n) -> d.multiply(BigInteger.valueOf(n + 1)));
    /** 1, 1/3, 1/5 …: of the arctangent, alternating, and of the logarithm. */
    private static final long[] ODD = Wide.series(24, (d, n) -> BigInteger.valueOf(2 * n + 1));

    private final Result result;
    private final Trigonometry trigonometry = new Trigonometry();
    private final Wide x = new Wide(), y = new Wide(), z = new Wide(), t = new Wide();
    /** The result that is pushed. */
    long second;
    int secondExponent;

    Transcendental(Fpu fpu) {
        result = fpu.result;
    }

    /** Delivers a value that is never exact. */
    private void round(int sign, Wide value) {
        result.round(sign, value.exponent + BIAS, value.high, value.low | 1);
    }

    private static Wide take(Wide into, long a, int ae) {
        return into.set(Encoding.normalSignificand(a), 0, Encoding.normalExponent(a, ae) - BIAS);
    }

    // One operand

    /** Whether the operand's kind gives the result or stops the operation; infinities and zeros are left. */
    private boolean settled(long a, int ae) {
        result.begin();
        if (unsupported(a, ae)) result.invalid();
        else if (nan(a, ae)) result.nan(a, ae);
        else {
            if (denormal(a, ae)) result.raised = Fpu.DE;
            return result.stopped();
        }
        return true;
    }

    private boolean trigonometric(long a, int ae) {
        if (settled(a, ae)) return false;
        if (infinity(a, ae)) result.invalid();
        else return true;
        return false;
    }

    void sine(long a, int ae) {
        if (!trigonometric(a, ae)) return;
        if (zero(a, ae)) result.set(a, ae);
        else {
            trigonometry.reduce(take(x, a, ae));
            round(trigonometry.sine(x) ^ ae & SIGN, x);
        }
    }

    void cosine(long a, int ae) {
        if (!trigonometric(a, ae)) return;
        if (zero(a, ae)) result.set(INTEGER_BIT, BIAS);
        else {
            trigonometry.reduce(take(x, a, ae));
            round(trigonometry.cosine(x), x);
        }
    }

    void sineAndCosine(long a, int ae) {
        second = INTEGER_BIT;
        secondExponent = BIAS;
        if (!trigonometric(a, ae)) return;
        if (zero(a, ae)) {
            result.set(a, ae);
            return;
        }
        trigonometry.reduce(take(x, a, ae));
        y.set(x);
        round(trigonometry.cosine(y), y);
        second = result.significand;
        secondExponent = result.signExponent;
        result.up = false;
        round(trigonometry.sine(x) ^ ae & SIGN, x);
    }

    void tangent(long a, int ae) {
        second = INTEGER_BIT;
        secondExponent = BIAS;
        if (!trigonometric(a, ae)) return;
        if (zero(a, ae)) {
            result.set(a, ae);
            return;
        }
        trigonometry.reduce(take(x, a, ae));
        int sign = ae & SIGN;
        if (x.exponent >= SLIVER || trigonometry.quadrant != 0) {
            y.set(x);
            sign ^= trigonometry.cosine(y) ^ trigonometry.sine(x);
            x.divide(y);
        }
        round(sign, x);
    }

    /** 2^x − 1; for |x| over 1, where the manual promises nothing, x. */
    void exponential(long a, int ae) {
        if (settled(a, ae)) return;
        int exponent = ae & EXPONENT, sign = ae & SIGN;
        if (infinity(a, ae)) {
            if (sign == 0) result.infinity(0);
            else result.set(INTEGER_BIT, SIGN | BIAS);
        } else if (zero(a, ae)) result.set(a, ae);
        else if (exponent >= BIAS) {
            result.raised |= Fpu.PE;
            if (exponent != BIAS || a != INTEGER_BIT) result.set(a, ae);
            else result.set(INTEGER_BIT, sign != 0 ? SIGN | BIAS - 1 : BIAS);
        } else {
            take(x, a, ae).multiply(LN_2);
            z.set(x).polynomial(EXPONENTIAL, sign != 0);
            round(sign, x.multiply(z));
        }
    }

    // Two operands: b is ST(1), a is ST(0)

    void ofTwo(int operation, long b, int be, long a, int ae) {
        result.begin();
        if (unsupported(a, ae) || unsupported(b, be)) result.invalid();
        else if (nan(a, ae) || nan(b, be)) result.nan(b, be, a, ae);
        else if (operation == Fpu.ARCTANGENT) {
            if (!deny(a, ae, b, be)) arctangent(b, be, a, ae);
        } else if (operation == Fpu.LOGARITHM) logarithm(b, be, a, ae);
        else logarithmPlus1(b, be, a, ae);
    }

    private boolean deny(long a, int ae, long b, int be) {
        if (denormal(a, ae) || denormal(b, be)) result.raised |= Fpu.DE;
        return result.stopped();
    }

    /** The angle of the point (a, b). */
    private void arctangent(long b, int be, long a, int ae) {
        boolean left = (ae & SIGN) != 0;
        int sign = be & SIGN;
        if (infinity(a, ae) && infinity(b, be)) {
            x.set(ARCTANGENT[3]);
            round(sign, left ? x.subtract(PI) : x);
        } else if (zero(b, be) || infinity(a, ae)) {
            if (left) round(sign, x.set(PI));
            else result.zero(sign);
        } else if (zero(a, ae) || infinity(b, be)) round(sign, x.set(HALF_PI));
        else angle(take(x, a, ae), take(y, b, be), left, sign);
    }

    private void angle(Wide across, Wide up, boolean left, int sign) {
        boolean steep = across.below(up);
        t.set(steep ? across : up).divide(steep ? up : across);
        if (t.exponent >= SLIVER) arctangent(t);
        else if (!steep && !left) t.down();
        if (steep) {
            if (left) t.add(HALF_PI);
            else t.subtract(HALF_PI);
        } else if (left) t.subtract(PI);
        // Exact points on the axes are gone; the value is not exact even where its low bits vanish.
        round(sign, t);
    }

    /** The arctangent of a number in [2^-60, 1], by way of the nearest quarter's. */
    private void arctangent(Wide q) {
        int quarter = q.exponent == 0 ? 4 : q.exponent < -3 ? 0 : (int) (q.high >>> 60 - q.exponent) + 1 >>> 1;
        if (quarter == 0) {
            z.set(q).multiply(q).polynomial(ODD, true);
            q.multiply(z);
            return;
        }
        Wide point = QUARTERS[quarter - 1];
        boolean less = q.below(point);
        y.set(q).multiply(point).add(ONE);
        x.set(q).subtract(point);
        if (!x.zero()) {
            x.divide(y);
            z.set(x).multiply(x).polynomial(ODD, true);
            x.multiply(z);
        }
        q.set(ARCTANGENT[quarter - 1]);
        if (less) q.subtract(x);
        else q.add(x);
    }

    /** b log2 a. */
    private void logarithm(long b, int be, long a, int ae) {
        int sign = be & SIGN;
        boolean one = a == INTEGER_BIT && ae == BIAS, small = (ae & EXPONENT) < BIAS;
        if (zero(a, ae)) {
            if (zero(b, be)) result.invalid();
            else {
                if (!infinity(b, be)) result.raised = Fpu.ZE;
                result.infinity(sign ^ SIGN);
            }
        } else if ((ae & SIGN) != 0 || infinity(a, ae) && zero(b, be) || infinity(b, be) && one) result.invalid();
        else if (!deny(a, ae, b, be)) {
            if (infinity(a, ae)) result.infinity(sign);
            else if (infinity(b, be)) result.infinity(small ? sign ^ SIGN : sign);
            else if (zero(b, be) || one) result.zero(small ? sign ^ SIGN : sign);
            else scaled(b, be, log2(take(x, a, ae)) ^ sign);
        }
    }

    /** b log2 (a + 1); below −1 + √½ and over √2 − 1 the manual promises nothing. */
    private void logarithmPlus1(long b, int be, long a, int ae) {
        int sign = (ae ^ be) & SIGN, exponent = ae & EXPONENT;
        if (exponent >= BIAS && (ae & SIGN) != 0 || infinity(a, ae) && zero(b, be) || infinity(b, be) && zero(a, ae))
            result.invalid();
        else if (!deny(a, ae, b, be)) {
            if (infinity(a, ae) || infinity(b, be)) result.infinity(sign);
            else if (zero(a, ae) || zero(b, be)) result.zero(sign);
            else {
                take(x, a, ae);
                if (exponent < BIAS - 1) fraction(x, (ae & SIGN) != 0);
                else {
                    if ((ae & SIGN) == 0) x.add(ONE);
                    else x.subtract(ONE);
                    log2(x);
                }
                scaled(b, be, sign);
            }
        }
    }

    /** The logarithm in x times b; the real unit takes even an exact product for inexact. */
    private void scaled(long b, int be, int sign) {
        x.multiply(take(y, b, be));
        result.round(sign, x.exponent + BIAS, x.high, x.low);
        result.raised |= (result.signExponent & EXPONENT) == 0 ? Fpu.PE | Fpu.UE : Fpu.PE;
    }

    /** The logarithm's magnitude in place of v; answers its sign. */
    private int log2(Wide v) {
        int power = v.exponent;
        v.exponent = 0;
        if (Long.compareUnsigned(v.high, ROOT_2) > 0) {
            v.exponent = -1;
            power++;
        }
        boolean less = v.below(ONE);
        v.subtract(ONE);
        if (!v.zero()) fraction(v, less);
        boolean negative = power < 0;
        if (power == 0) return less ? SIGN : 0;
        int magnitude = Math.abs(power), shift = Integer.numberOfLeadingZeros(magnitude);
        y.set((long) magnitude << 32 + shift, 0, 31 - shift);
        if (less == negative) v.add(y);
        else v.subtract(y);
        return negative ? SIGN : 0;
    }

    /** The magnitude of log2 (1 ± v) in place of v: 2 log2 e × artanh (v / (2 ± v)). */
    private void fraction(Wide v, boolean less) {
        y.set(TWO);
        if (less) y.subtract(v);
        else y.add(v);
        v.divide(y);
        z.set(v).multiply(v).polynomial(ODD, false);
        v.multiply(z).multiply(TWICE_LOG2_E);
    }
}
