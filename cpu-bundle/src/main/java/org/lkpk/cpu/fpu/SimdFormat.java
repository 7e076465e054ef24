package org.lkpk.cpu.fpu;

/**
 * Single or double precision as SSE computes in it. Numbers are their bits in a long. While an operation is under way its
 * operands are sign, biased exponent and a significand with bit 63 set; a significand's bit 0 also stands for all below it.
 */
public final class SimdFormat {
    /** The order of two numbers. */
    public static final int LESS = -1, EQUAL = 0, GREATER = 1, UNORDERED = 2;

    private final Simd unit;
    private final int fraction, bias, largest, drop;
    private final long sign, infinity, quiet, indefinite;

    SimdFormat(Simd unit, int fraction, int bias) {
        this.unit = unit;
        this.fraction = fraction;
        this.bias = bias;
        largest = 2 * bias + 1;
        drop = 63 - fraction;
        sign = 2L * bias + 2 << fraction;
        infinity = (long) largest << fraction;
        quiet = 1L << fraction - 1;
        indefinite = sign | infinity | quiet;
    }

    // Classes of numbers

    private int exponent(long a) {
        return (int) (a >>> fraction) & largest;
    }

    private boolean nan(long a) {
        return (a & ~sign) > infinity;
    }

    private boolean infinite(long a) {
        return (a & ~sign) == infinity;
    }

    private boolean zero(long a) {
        return (a & ~sign) == 0;
    }

    private boolean signalling(long a) {
        return nan(a) && (a & quiet) == 0;
    }

    private boolean denormal(long a) {
        return exponent(a) == 0 && !zero(a);
    }

    /** The operand as MXCSR.DAZ has it. */
    private long operand(long a) {
        return unit.has(Simd.DAZ) && exponent(a) == 0 ? a & sign : a;
    }

    private int normalExponent(long a) {
        int e = exponent(a);
        return e != 0 ? e : drop + 1 - Long.numberOfLeadingZeros(a & ~sign);
    }

    private long significand(long a) {
        long f = a & (1L << fraction) - 1;
        return exponent(a) != 0 ? f << drop | 1L << 63 : f << Long.numberOfLeadingZeros(f);
    }

    // Exceptions found in the operands

    private long invalid() {
        unit.raised |= Fpu.IE;
        return indefinite;
    }

    /** One operand at least is a NaN: the first that is one, quieted. */
    private long nan(long a, long b) {
        if (signalling(a) || signalling(b)) unit.raised |= Fpu.IE;
        return (nan(a) ? a : b) | quiet;
    }

    private void denormals(long a, long b) {
        if (denormal(a) || denormal(b)) unit.raised |= Fpu.DE;
    }

    // The host's own arithmetic, where it does the same: on normal numbers and 0, with a result that did not come near
    // underflow or overflow

    private boolean plain(long a) {
        return fraction == 52 ? Normals.real(a) || a << 1 == 0 : Normals.single((int) a) || (int) a << 1 == 0;
    }

    /** Whether a result needs no flag but PE. */
    private boolean sound(long r) {
        return fraction == 52 ? ((int) (r >>> 52) & 0x7FF) - 2 >>> 1 < 1022 : ((int) r >>> 23 & 0xFF) - 2 >>> 1 < 126;
    }

    private static double real(long a) {
        return Double.longBitsToDouble(a);
    }

    private static float single(long a) {
        return Float.intBitsToFloat((int) a);
    }

    private static long bits(double v) {
        return Double.doubleToRawLongBits(v);
    }

    private static long bits(float v) {
        return Float.floatToRawIntBits(v) & 0xFFFFFFFFL;
    }

    // Arithmetic

    public long add(long x, long y) {
        if (unit.settled() && plain(x) && plain(y)) {
            long r = fraction == 52 ? bits(real(x) + real(y)) : bits(single(x) + single(y));
            if (sound(r) || zero(r)) return r;
        }
        return exactSum(x, y);
    }

    private long exactSum(long x, long y) {
        long a = operand(x), b = operand(y);
        if (nan(a) || nan(b)) return nan(a, b);
        if (infinite(a) && infinite(b) && a != b) return invalid();
        denormals(a, b);
        if (infinite(a)) return a;
        if (infinite(b)) return b;
        if (zero(a) && zero(b)) return a == b ? a : unit.rounding() == Fpu.DOWN ? sign : 0;
        if (zero(a)) return round(b & sign, normalExponent(b), significand(b));
        if (zero(b)) return round(a & sign, normalExponent(a), significand(a));
        return (a & ~sign) >= (b & ~sign) ? sum(a, b) : sum(b, a);
    }

    public long subtract(long a, long b) {
        return add(a, nan(b) ? b : b ^ sign);
    }

    /** The larger magnitude first; neither is 0. */
    private long sum(long a, long b) {
        int e = normalExponent(a);
        // A bit of room above; what is left below suffices for all that a smaller operand can bring.
        long s = significand(a) >>> 1, t = shifted(significand(b) >>> 1, e - normalExponent(b));
        s = ((a ^ b) & sign) == 0 ? s + t : s - t;
        if (s == 0) return unit.rounding() == Fpu.DOWN ? sign : 0;
        int shift = Long.numberOfLeadingZeros(s);
        return round(a & sign, e + 1 - shift, s << shift);
    }

    public long multiply(long x, long y) {
        if (unit.settled() && plain(x) && plain(y)) {
            long r = fraction == 52 ? bits(real(x) * real(y)) : bits(single(x) * single(y));
            if (sound(r) || zero(x) || zero(y)) return r;
        }
        return exactProduct(x, y);
    }

    private long exactProduct(long x, long y) {
        long a = operand(x), b = operand(y), negative = (a ^ b) & sign;
        if (nan(a) || nan(b)) return nan(a, b);
        if (infinite(a) && zero(b) || zero(a) && infinite(b)) return invalid();
        denormals(a, b);
        if (infinite(a) || infinite(b)) return negative | infinity;
        if (zero(a) || zero(b)) return negative;
        long s = significand(a), t = significand(b), low = s * t;
        s = Words.multiplyHigh(s, t);
        int e = normalExponent(a) + normalExponent(b) - bias + 1, shift = s < 0 ? 0 : 1;
        return round(negative, e - shift, s << shift | (shift == 0 ? 0 : low >>> 63) | (low << shift != 0 ? 1 : 0));
    }

    public long divide(long x, long y) {
        if (unit.settled() && plain(x) && plain(y) && !zero(y)) {
            long r = fraction == 52 ? bits(real(x) / real(y)) : bits(single(x) / single(y));
            if (sound(r) || zero(x)) return r;
        }
        return exactQuotient(x, y);
    }

    private long exactQuotient(long x, long y) {
        long a = operand(x), b = operand(y), negative = (a ^ b) & sign;
        if (nan(a) || nan(b)) return nan(a, b);
        if (infinite(a) && infinite(b) || zero(a) && zero(b)) return invalid();
        if (zero(b)) {
            if (!infinite(a)) unit.raised |= Fpu.ZE;
            return negative | infinity;
        }
        denormals(a, b);
        if (infinite(a)) return negative | infinity;
        if (infinite(b) || zero(a)) return negative;
        long s = significand(a), t = significand(b), low = 0;
        int e = normalExponent(a) - normalExponent(b) + bias;
        if (Long.compareUnsigned(s, t) >= 0) {
            low = s << 63;
            s >>>= 1;
        } else e--;
        long quotient = Words.divide(s, low, t);
        return round(negative, e, quotient | (low != quotient * t ? 1 : 0));
    }

    public long root(long x) {
        if (unit.settled() && plain(x) && (x & sign) == 0)
            return fraction == 52 ? bits(Math.sqrt(real(x))) : bits((float) Math.sqrt(single(x)));
        return exactRoot(x);
    }

    private long exactRoot(long x) {
        long a = operand(x);
        if (nan(a)) return nan(a, a);
        if (zero(a)) return a;
        if ((a & sign) != 0) return invalid();
        denormals(a, a);
        if (infinite(a)) return a;
        long s = significand(a);
        int e = normalExponent(a) - bias;
        boolean odd = (e & 1) != 0;
        long upper = odd ? s : s >>> 1, low = odd ? 0 : s << 63;
        long root = Words.squareRoot(upper, low);
        boolean exact = low == root * root && upper == Words.multiplyHigh(root, root);
        return round(0, (e >> 1) + bias, root | (exact ? 0 : 1));
    }

    /** MIN: the second operand if they are equal or one is a NaN, which is invalid. */
    public long least(long a, long b) {
        return order(a, b, false) == LESS ? operand(a) : operand(b);
    }

    public long greatest(long a, long b) {
        return order(a, b, false) == GREATER ? operand(a) : operand(b);
    }

    /** The order of two numbers; {@code quietly}: quiet NaNs are no invalid operands. */
    public int order(long x, long y, boolean quietly) {
        long a = operand(x), b = operand(y);
        if (nan(a) || nan(b)) {
            if (!quietly || signalling(a) || signalling(b)) unit.raised |= Fpu.IE;
            return UNORDERED;
        }
        denormals(a, b);
        if (zero(a) && zero(b)) return EQUAL;
        return Long.compare(ordered(a), ordered(b));
    }

    private long ordered(long a) {
        return (a & sign) != 0 ? -(a & ~sign) : a;
    }

    // Conversions

    /** The number as an integer of 32 bits, rounded or {@code chopped}; the integer indefinite if it does not fit. */
    public int integer(long x, boolean chopped) {
        long a = operand(x);
        int e = exponent(a) - bias;
        if (zero(a)) return 0;
        if (e > 31) {
            invalid();
            return 0x80000000;
        }
        long s = significand(a);
        int shift = 63 - e;
        boolean negative = (a & sign) != 0;
        long rest = shift < 64 ? s << 64 - shift : shift == 64 ? s : 1, kept = shift < 64 ? s >>> shift : 0;
        if (rest != 0 && !chopped && increments(negative ? sign : 0, kept, rest)) kept++;
        if (kept > 0x7FFFFFFFL + (negative ? 1 : 0)) {
            invalid();
            return 0x80000000;
        }
        if (rest != 0) unit.raised |= Fpu.PE;
        return (int) (negative ? -kept : kept);
    }

    public long ofInteger(int value) {
        if (value == 0) return 0;
        long magnitude = Math.abs((long) value);
        int shift = Long.numberOfLeadingZeros(magnitude);
        return round(value < 0 ? sign : 0, bias + 63 - shift, magnitude << shift);
    }

    /** A number of the format {@code from} in this one. */
    public long of(SimdFormat from, long x) {
        long a = from.operand(x), negative = (a & from.sign) != 0 ? sign : 0;
        if (from.nan(a)) {
            if (from.signalling(a)) unit.raised |= Fpu.IE;
            return negative | infinity | quiet | (a & (1L << from.fraction) - 1) << from.drop >>> drop;
        }
        if (from.infinite(a)) return negative | infinity;
        if (from.zero(a)) return negative;
        from.denormals(a, a);
        return round(negative, from.normalExponent(a) - from.bias + bias, from.significand(a));
    }

    // Rounding

    /** {@code s} moved right, bit 0 kept set if anything falls out. */
    private static long shifted(long s, int by) {
        if (by == 0) return s;
        return by < 64 ? s >>> by | (s << -by != 0 ? 1 : 0) : s != 0 ? 1 : 0;
    }

    /** Whether rounding adds 1 to {@code kept}; {@code rest} is what it drops, as a fraction of 1, and not 0. */
    private boolean increments(long negative, long kept, long rest) {
        return switch (unit.rounding()) {
            case Fpu.NEAREST -> rest < 0 && (rest != 1L << 63 || (kept & 1) != 0);
            case Fpu.DOWN -> negative != 0;
            case Fpu.UP -> negative == 0;
            default -> false;
        };
    }

    private long round(long negative, int e, long s) {
        if (e <= 0) return roundTiny(negative, e, s);
        long rest = s << 64 - drop, kept = s >>> drop;
        if (rest != 0 && increments(negative, kept, rest) && ++kept >>> fraction + 1 != 0) e++;
        if (e >= largest) return overflow(negative, rest);
        if (rest != 0) unit.raised |= Fpu.PE;
        return negative | (long) e << fraction | kept & (1L << fraction) - 1;
    }

    private long overflow(long negative, long rest) {
        unit.raised |= Fpu.OE | (rest != 0 || unit.masked(Fpu.OE) ? Fpu.PE : 0);
        int rounding = unit.rounding();
        boolean away = rounding == Fpu.NEAREST || rounding == (negative != 0 ? Fpu.DOWN : Fpu.UP);
        return negative | (away ? infinity : infinity - 1);
    }

    /** Below the least normal number: tininess is judged after rounding as if the exponent had no end. */
    private long roundTiny(long negative, int e, long s) {
        long rest = s << 64 - drop, kept = s >>> drop;
        boolean carries = rest != 0 && kept + 1 >>> fraction + 1 != 0 && increments(negative, kept, rest);
        boolean tiny = e < 0 || !carries;
        if (tiny && !unit.masked(Fpu.UE)) {
            unit.raised |= Fpu.UE | (rest != 0 ? Fpu.PE : 0);
            return negative;
        }
        if (tiny && unit.has(Simd.FTZ)) {
            unit.raised |= Fpu.UE | Fpu.PE;
            return negative;
        }
        s = shifted(s, 1 - e);
        rest = s << 64 - drop;
        kept = s >>> drop;
        if (rest != 0) {
            unit.raised |= tiny ? Fpu.UE | Fpu.PE : Fpu.PE;
            if (increments(negative, kept, rest)) kept++;
        }
        return negative | kept;
    }

    // Approximations

    /** RCP: within 1.5 × 2^-12 of the reciprocal; denormals count as 0, and nothing is raised. */
    public long reciprocal(long a) {
        if (nan(a)) return a | quiet;
        if (exponent(a) == 0) return a & sign | infinity;
        if (exponent(a) >= largest - 2) return a & sign; // From 2^126 on the reciprocal is too small.
        return flushed(1 / Float.intBitsToFloat((int) a));
    }

    /** RSQRT, likewise. */
    public long reciprocalRoot(long a) {
        if (nan(a)) return a | quiet;
        if (exponent(a) == 0) return a & sign | infinity;
        if ((a & sign) != 0) return indefinite;
        return infinite(a) ? 0 : flushed((float) (1 / Math.sqrt(Float.intBitsToFloat((int) a))));
    }

    private long flushed(float f) {
        long a = Float.floatToRawIntBits(f) & 0xFFFFFFFFL;
        return exponent(a) == 0 ? a & sign : a;
    }
}
