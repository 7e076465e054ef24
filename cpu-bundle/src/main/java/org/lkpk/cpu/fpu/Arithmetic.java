package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.BIAS;
import static org.lkpk.cpu.fpu.Encoding.EXPONENT;
import static org.lkpk.cpu.fpu.Encoding.INTEGER_BIT;
import static org.lkpk.cpu.fpu.Encoding.SIGN;
import static org.lkpk.cpu.fpu.Encoding.denormal;
import static org.lkpk.cpu.fpu.Encoding.infinity;
import static org.lkpk.cpu.fpu.Encoding.nan;
import static org.lkpk.cpu.fpu.Encoding.normal;
import static org.lkpk.cpu.fpu.Encoding.normalExponent;
import static org.lkpk.cpu.fpu.Encoding.normalSignificand;
import static org.lkpk.cpu.fpu.Encoding.unsupported;
import static org.lkpk.cpu.fpu.Encoding.zero;

/** Addition, subtraction, multiplication, division and square root, each rounded once from the exact value. */
final class Arithmetic {
    private final Fpu fpu;
    private final Result result;

    Arithmetic(Fpu fpu) {
        this.fpu = fpu;
        result = fpu.result;
    }

    /** {@code operation} is the reg field of D8; {@code extra} is {@link Fpu#DE} for an operand that was denormal in memory. */
    void operate(int operation, long a, int ae, long b, int be, int extra) {
        result.begin();
        if (!normal(a, ae) || !normal(b, be) || extra != 0) {
            if (settled(operation, a, ae, b, be, extra)) return;
            if (!zero(a, ae)) {
                int e = normalExponent(a, ae);
                a = normalSignificand(a);
                operate(operation, a, e, ae & SIGN, b, be);
                return;
            }
            operate(operation, 0, 0, ae & SIGN, b, be);
            return;
        }
        compute(operation, a, ae & EXPONENT, ae & SIGN, b, be & EXPONENT, be & SIGN);
    }

    private void operate(int operation, long a, int ae, int sign, long b, int be) {
        if (b == 0) compute(operation, a, ae, sign, 0, 0, be & SIGN);
        else compute(operation, a, ae, sign, normalSignificand(b), normalExponent(b, be), be & SIGN);
    }

    private void compute(int operation, long a, int ae, int aSign, long b, int be, int bSign) {
        switch (operation) {
            case Fpu.ADD -> add(a, ae, aSign, b, be, bSign);
            case Fpu.MULTIPLY -> multiply(a, ae, b, be, aSign ^ bSign);
            case Fpu.SUBTRACT -> add(a, ae, aSign, b, be, bSign ^ SIGN);
            case Fpu.SUBTRACT_REVERSED -> add(b, be, bSign, a, ae, aSign ^ SIGN);
            case Fpu.DIVIDE -> divide(a, ae, b, be, aSign ^ bSign);
            default -> divide(b, be, a, ae, aSign ^ bSign);
        }
    }

    /** Whether the operands' kinds alone give the result, or stop the operation. */
    private boolean settled(int operation, long a, int ae, long b, int be, int extra) {
        if (unsupported(a, ae) || unsupported(b, be)) {
            result.invalid();
            return true;
        }
        if (nan(a, ae) || nan(b, be)) {
            result.nan(a, ae, b, be);
            return true;
        }
        boolean reversed = operation == Fpu.DIVIDE_REVERSED;
        if (reversed || operation == Fpu.DIVIDE) {
            if (reversed ? zero(a, ae) : zero(b, be)) return byZero(reversed ? b : a, reversed ? be : ae, (ae ^ be) & SIGN);
        } else if (operation == Fpu.MULTIPLY && (infinity(a, ae) && zero(b, be) || zero(a, ae) && infinity(b, be))) {
            result.invalid();
            return true;
        }
        if (infinity(a, ae) && infinity(b, be) && infinitiesInvalid(operation, ae, be)) {
            result.invalid();
            return true;
        }
        result.raised |= extra;
        if (denormal(a, ae) || denormal(b, be)) result.raised |= Fpu.DE;
        if (result.stopped()) return true;
        return infinite(operation, a, ae, b, be);
    }

    private boolean infinitiesInvalid(int operation, int ae, int be) {
        boolean differ = ((ae ^ be) & SIGN) != 0;
        return switch (operation) {
            case Fpu.ADD -> differ;
            case Fpu.SUBTRACT, Fpu.SUBTRACT_REVERSED -> !differ;
            case Fpu.MULTIPLY -> false;
            default -> true;
        };
    }

    private boolean byZero(long a, int ae, int sign) {
        if (zero(a, ae)) result.invalid();
        else {
            if (!infinity(a, ae)) result.raised |= Fpu.ZE;
            result.infinity(sign);
        }
        return true;
    }

    /** An infinity among the operands, invalid pairs already gone. */
    private boolean infinite(int operation, long a, int ae, long b, int be) {
        boolean first = infinity(a, ae);
        if (!first && !infinity(b, be)) return false;
        int sign = (ae ^ be) & SIGN;
        switch (operation) {
            case Fpu.ADD -> result.infinity(first ? ae & SIGN : be & SIGN);
            case Fpu.SUBTRACT -> result.infinity(first ? ae & SIGN : be & SIGN ^ SIGN);
            case Fpu.SUBTRACT_REVERSED -> result.infinity(first ? ae & SIGN ^ SIGN : be & SIGN);
            case Fpu.MULTIPLY -> result.infinity(sign);
            default -> {
                if (first == (operation == Fpu.DIVIDE)) result.infinity(sign);
                else result.zero(sign);
            }
        }
        return true;
    }

    private void add(long a, int ae, int aSign, long b, int be, int bSign) {
        if (a == 0 || b == 0) {
            addZero(a, ae, aSign, b, be, bSign);
            return;
        }
        if (ae < be || ae == be && Long.compareUnsigned(a, b) < 0) {
            long t = a;
            a = b;
            b = t;
            int e = ae;
            ae = be;
            be = e;
            e = aSign;
            aSign = bSign;
            bSign = e;
        }
        int shift = ae - be;
        long low;
        if (shift == 0) low = 0;
        else if (shift < 64) {
            low = b << 64 - shift;
            b >>>= shift;
        } else {
            low = shift == 64 ? b : shift < 128 ? b >>> shift | (b << -shift != 0 ? 1 : 0) : 1;
            b = 0;
        }
        if (aSign == bSign) addMagnitudes(aSign, ae, a, b, low);
        else subtractMagnitudes(aSign, ae, a, b, low);
    }

    private void addMagnitudes(int sign, int exponent, long a, long b, long low) {
        long sum = a + b;
        if (Long.compareUnsigned(sum, a) < 0) {
            low = low >>> 1 | low & 1 | sum << 63;
            sum = sum >>> 1 | INTEGER_BIT;
            exponent++;
        }
        result.roundToPrecision(sign, exponent, sum, low);
    }

    private void subtractMagnitudes(int sign, int exponent, long a, long b, long low) {
        long difference = a - b - (low != 0 ? 1 : 0);
        low = -low;
        if ((difference | low) == 0) {
            result.zero(sumOfOpposites());
            return;
        }
        if (difference == 0) {
            difference = low;
            low = 0;
            exponent -= 64;
        }
        int shift = Long.numberOfLeadingZeros(difference);
        if (shift != 0) {
            difference = difference << shift | low >>> 64 - shift;
            low <<= shift;
        }
        result.roundToPrecision(sign, exponent - shift, difference, low);
    }

    private void addZero(long a, int ae, int aSign, long b, int be, int bSign) {
        if (a != 0) result.roundToPrecision(aSign, ae, a, 0);
        else if (b != 0) result.roundToPrecision(bSign, be, b, 0);
        else result.zero(aSign == bSign ? aSign : sumOfOpposites());
    }

    private int sumOfOpposites() {
        return (fpu.control >> 10 & 3) == Fpu.DOWN ? SIGN : 0;
    }

    private void multiply(long a, int ae, long b, int be, int sign) {
        if (a == 0 || b == 0) {
            result.zero(sign);
            return;
        }
        long high = Words.multiplyHigh(a, b), low = a * b;
        int exponent = ae + be - BIAS + 1;
        if (high >= 0) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            exponent--;
        }
        result.roundToPrecision(sign, exponent, high, low);
    }

    private void divide(long a, int ae, long b, int be, int sign) {
        if (a == 0) {
            result.zero(sign);
            return;
        }
        int exponent = ae - be + BIAS;
        long low = 0;
        if (Long.compareUnsigned(a, b) >= 0) {
            low = a << 63;
            a >>>= 1;
        } else exponent--;
        long quotient = Words.divide(a, low, b);
        long remainder = low - quotient * b;
        result.roundToPrecision(sign, exponent, quotient, Words.fraction(remainder, b));
    }

    void squareRoot(long a, int ae) {
        result.begin();
        if (unsupported(a, ae)) result.invalid();
        else if (nan(a, ae)) result.nan(a, ae);
        else if (zero(a, ae)) result.set(a, ae);
        else if ((ae & SIGN) != 0) result.invalid();
        else if (infinity(a, ae)) result.set(a, ae);
        else {
            if (denormal(a, ae)) result.raised |= Fpu.DE;
            if (!result.stopped()) root(normalSignificand(a), normalExponent(a, ae) - BIAS);
        }
    }

    private void root(long a, int exponent) {
        boolean odd = (exponent & 1) != 0;
        long high = odd ? a : a >>> 1, low = odd ? 0 : a << 63;
        long root = Words.squareRoot(high, low);
        long rest = low - root * root;
        boolean remains = rest != 0 || high != Words.multiplyHigh(root, root);
        // The remainder is over the root exactly when the root's next bit is 1; never half.
        boolean half = Words.remainderExceeds(high, low, root);
        result.roundToPrecision(0, (exponent >> 1) + BIAS, root, half ? 0xC000000000000000L : remains ? 1 : 0);
    }
}
