package org.lkpk.cpu.fpu;

import java.math.BigInteger;

/**
 * A positive number with a significand of 128 bits, (high:low) × 2^(exponent − 127), integer bit set; 0 has none. What the
 * transcendental functions compute with: each operation is right to a few units in the last place, so that some 120 bits
 * of a function's value are, and its rounding to 64 is off once in 2^50 cases at most.
 */
final class Wide {
    long high, low;
    int exponent;

    Wide() { }

    Wide(long high, long low, int exponent) {
        set(high, low, exponent);
    }

    Wide set(long high, long low, int exponent) {
        this.high = high;
        this.low = low;
        this.exponent = exponent;
        return this;
    }

    Wide set(Wide other) {
        return set(other.high, other.low, other.exponent);
    }

    /** Shifts the integer bit into place. */
    void normalize() {
        if (high == 0) {
            high = low;
            low = 0;
            exponent -= 64;
        }
        int shift = Long.numberOfLeadingZeros(high);
        if (shift == 0 || shift == 64) return;
        high = high << shift | low >>> 64 - shift;
        low <<= shift;
        exponent -= shift;
    }

    boolean zero() {
        return high == 0;
    }

    /** The next lower number. */
    void down() {
        if (low-- == 0) high--;
        normalize();
    }

    /** Whether this is less than the other. */
    boolean below(Wide other) {
        if (zero() || other.zero()) return !other.zero();
        if (exponent != other.exponent) return exponent < other.exponent;
        return less(high, low, other.high, other.low);
    }

    private static boolean less(long high, long low, long otherHigh, long otherLow) {
        return high != otherHigh ? Long.compareUnsigned(high, otherHigh) < 0 : Long.compareUnsigned(low, otherLow) < 0;
    }

    Wide multiply(Wide other) {
        exponent += other.exponent + 1;
        product(high, low, other.high, other.low);
        normalize();
        return this;
    }

    /** The upper half of a product of two 128-bit numbers into high:low. */
    private void product(long ah, long al, long bh, long bl) {
        long lower = ah * bh, upper = Words.multiplyHigh(ah, bh);
        long sum = lower + Words.multiplyHigh(ah, bl);
        if (Long.compareUnsigned(sum, lower) < 0) upper++;
        low = sum + Words.multiplyHigh(al, bh);
        high = Long.compareUnsigned(low, sum) < 0 ? upper + 1 : upper;
    }

    Wide divide(Wide divisor) {
        long restHigh = high, restLow = low;
        boolean carry = false;
        exponent -= divisor.exponent;
        high = low = 0;
        for (int n = 0; n < 128; n++) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            if (carry || !less(restHigh, restLow, divisor.high, divisor.low)) {
                restHigh -= divisor.high + (Long.compareUnsigned(restLow, divisor.low) < 0 ? 1 : 0);
                restLow -= divisor.low;
                low |= 1;
            }
            carry = restHigh < 0;
            restHigh = restHigh << 1 | restLow >>> 63;
            restLow <<= 1;
        }
        normalize();
        return this;
    }

    Wide add(Wide other) {
        if (below(other)) return sum(other.high, other.low, other.exponent, high, low, exponent);
        return sum(high, low, exponent, other.high, other.low, other.exponent);
    }

    private Wide sum(long ah, long al, int ae, long bh, long bl, int be) {
        shift(bh, bl, bh == 0 ? 128 : ae - be);
        long sumLow = al + low;
        long carry = Long.compareUnsigned(sumLow, al) < 0 ? 1 : 0, sumHigh = ah + high + carry;
        boolean over = carry != 0 ? Long.compareUnsigned(sumHigh, ah) <= 0 : Long.compareUnsigned(sumHigh, ah) < 0;
        if (!over) return set(sumHigh, sumLow, ae);
        return set(sumHigh >>> 1 | Encoding.INTEGER_BIT, sumLow >>> 1 | sumHigh << 63, ae + 1);
    }

    /** The difference's magnitude; the caller knows its sign by {@link #below}. */
    Wide subtract(Wide other) {
        if (below(other)) return difference(other.high, other.low, other.exponent, high, low, exponent);
        return difference(high, low, exponent, other.high, other.low, other.exponent);
    }

    private Wide difference(long ah, long al, int ae, long bh, long bl, int be) {
        shift(bh, bl, bh == 0 ? 128 : ae - be);
        set(ah - high - (Long.compareUnsigned(al, low) < 0 ? 1 : 0), al - low, ae);
        normalize();
        return this;
    }

    /** Shifts right into high:low. */
    private void shift(long h, long l, int by) {
        if (by == 0) set(h, l, 0);
        else if (by < 64) set(h >>> by, h << 64 - by | l >>> by, 0);
        else set(0, by < 128 ? h >>> by - 64 : 0, 0);
    }

    /**
     * This, less than 1, into the power series c0 ± c1 z + c2 z² ± …; the sum must be in [½, 2).
     *
     * @param coefficients pairs of words, in units of 2^-127, see {@link #series}
     */
    Wide polynomial(long[] coefficients, boolean alternating) {
        shift(high, low, zero() ? 128 : -1 - exponent);
        long zHigh = high, zLow = low, sumHigh = 0, sumLow = 0;
        for (int n = coefficients.length - 2; n >= 0; n -= 2) {
            long cHigh = coefficients[n], cLow = coefficients[n + 1];
            product(sumHigh, sumLow, zHigh, zLow);
            if (alternating) {
                // What a tiny z takes away must not get lost.
                if (++low == 0) high++;
                sumHigh = cHigh - high - (Long.compareUnsigned(cLow, low) < 0 ? 1 : 0);
                sumLow = cLow - low;
            } else {
                sumLow = cLow + low;
                sumHigh = cHigh + high + (Long.compareUnsigned(sumLow, cLow) < 0 ? 1 : 0);
            }
        }
        set(sumHigh, sumLow, 0);
        normalize();
        return this;
    }

    /** Coefficients 1/d0, 1/d1, …, each divisor made of the last one and its number. */
    static long[] series(int terms, Divisor divisor) {
        long[] c = new long[2 * terms];
        BigInteger d = BigInteger.ONE;
        for (int n = 0; n < terms; n++) {
            d = divisor.next(d, n);
            BigInteger one = BigInteger.ONE.shiftLeft(127).divide(d);
            c[2 * n] = one.shiftRight(64).longValue();
            c[2 * n + 1] = one.longValue();
        }
        return c;
    }

    /** How the divisors of a series follow each other. */
    interface Divisor {
        BigInteger next(BigInteger last, int n);
    }
}
