package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.SIGN;

import java.math.BigInteger;

/** Sine and cosine, after reduction by the x87's own π, which has 66 bits (SDM vol. 1, 8.3.8). */
final class Trigonometry {
    /** π/2 in units of 2^-67. */
    private static final long HIGH = 0xC, LOW = 0x90FDAA22168C234CL;
    private static final long[] SINE = Wide.series(15, (d, n) -> n == 0 ? d : times(d, 2 * n * (2 * n + 1)));
    private static final long[] COSINE = Wide.series(16, (d, n) -> n == 0 ? d : times(d, 2 * n * (2 * n - 1)));

    private final Wide z = new Wide();
    int quadrant;
    private boolean negative;

    private static BigInteger times(BigInteger d, int by) {
        return d.multiply(BigInteger.valueOf(by));
    }

    /** Reduces x, less than 2^63 and with 64 significant bits, to at most π/4; the rest is in {@link #quadrant} and a sign. */
    void reduce(Wide x) {
        quadrant = 0;
        negative = false;
        if (x.exponent < -1) return;
        long high = x.high >>> 61, low = x.high << 3;
        for (int n = x.exponent; n >= 0; n--) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            quadrant <<= 1;
            if (high > HIGH || high == HIGH && Long.compareUnsigned(low, LOW) >= 0) {
                high -= HIGH + (Long.compareUnsigned(low, LOW) < 0 ? 1 : 0);
                low -= LOW;
                quadrant++;
            }
        }
        long otherHigh = HIGH - high - (Long.compareUnsigned(LOW, low) < 0 ? 1 : 0), otherLow = LOW - low;
        if (otherHigh < high || otherHigh == high && Long.compareUnsigned(otherLow, low) < 0) {
            high = otherHigh;
            low = otherLow;
            negative = true;
            quadrant++;
        }
        quadrant &= 3;
        x.set(high, low, 60);
        x.normalize();
    }

    /** The sine's magnitude in place of the reduced x; answers its sign for a positive operand. */
    int sine(Wide x) {
        if ((quadrant & 1) == 0) ofSmall(x);
        else ofComplement(x);
        return (quadrant & 2) != 0 != ((quadrant & 1) == 0 && negative) ? SIGN : 0;
    }

    int cosine(Wide x) {
        if ((quadrant & 1) == 0) ofComplement(x);
        else ofSmall(x);
        return (quadrant + 1 & 2) != 0 != ((quadrant & 1) != 0 && negative) ? SIGN : 0;
    }

    private void ofSmall(Wide x) {
        if (x.exponent < Transcendental.SLIVER) {
            x.down();
            return;
        }
        z.set(x).multiply(x).polynomial(SINE, true);
        x.multiply(z);
    }

    private void ofComplement(Wide x) {
        x.multiply(x).polynomial(COSINE, true);
    }
}
