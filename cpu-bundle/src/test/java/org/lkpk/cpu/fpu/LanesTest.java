package org.lkpk.cpu.fpu;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.Random;
import java.util.function.LongBinaryOperator;
import org.junit.Test;

/** Where {@link Lanes} says that nothing is wrong, its bits are those of {@link SimdFormat}, which raises nothing but PE. */
public class LanesTest {
    private static final int CASES = 300_000, PE = Fpu.PE;
    private final Simd unit = new Simd();
    private final Random random = new Random(1);

    private interface Wrong {
        long of(long a, long b, long r);
    }

    /** Anything, but mostly what lies at an edge, or is about 1. */
    private long any(int fraction, int bias) {
        long bits = random.nextLong(), ones = (1L << fraction) - 1, sign = bits & 2L * bias + 2 << fraction;
        int[] edges = {0, 1, 2, 3, 4, bias - 1, bias, bias + 1, 2 * bias - 2, 2 * bias - 1, 2 * bias, 2 * bias + 1};
        long exponent = random.nextBoolean() ? edges[random.nextInt(edges.length)] : random.nextInt(2 * bias + 2);
        long f = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> ones;
            default -> bits & ones;
        };
        return sign | exponent << fraction | f;
    }

    private long singles() {
        return any(23, 127) | any(23, 127) << 32;
    }

    private long real() {
        return any(52, 1023);
    }

    private void singles(LongBinaryOperator quick, LongBinaryOperator exact, Wrong wrong) {
        int said = 0;
        for (int n = 0; n < CASES; n++) {
            long a = singles(), b = singles(), r = quick.applyAsLong(a, b);
            long bad = (Lanes.oddSingle(a) | Lanes.oddSingle(b) | wrong.of(a, b, r)) & Lanes.SINGLES;
            for (int shift = 0; shift < 64; shift += 32) {
                if ((bad >>> shift & 0x80000000L) != 0) continue;
                check(a >>> shift & 0xFFFFFFFFL, b >>> shift & 0xFFFFFFFFL, r >>> shift & 0xFFFFFFFFL, exact);
                said++;
            }
        }
        assertTrue("something was done", said > CASES / 10);
    }

    private void reals(LongBinaryOperator quick, LongBinaryOperator exact, Wrong wrong) {
        int said = 0;
        for (int n = 0; n < CASES; n++) {
            long a = real(), b = real(), r = quick.applyAsLong(a, b);
            if ((Lanes.oddReal(a) | Lanes.oddReal(b) | wrong.of(a, b, r)) < 0) continue;
            check(a, b, r, exact);
            said++;
        }
        assertTrue("something was done", said > CASES / 10);
    }

    private void check(long a, long b, long r, LongBinaryOperator exact) {
        unit.mxcsr(Simd.MASKS | (random.nextBoolean() ? Simd.DAZ | Simd.FTZ : 0));
        unit.begin();
        String what = Long.toHexString(a) + " " + Long.toHexString(b);
        assertEquals(what, Long.toHexString(exact.applyAsLong(a, b)), Long.toHexString(r));
        assertEquals(what, 0, unit.raised & ~PE);
    }

    @Test
    public void singlesAreComputedAsExactly() {
        SimdFormat f = unit.single;
        singles(Lanes::addps, f::add, (a, b, r) -> Lanes.offSum(r));
        singles(Lanes::subps, f::subtract, (a, b, r) -> Lanes.offSum(r));
        singles(Lanes::mulps, f::multiply, Lanes::offProduct);
        singles(Lanes::divps, f::divide, (a, b, r) -> Lanes.offQuotient(a, r));
        singles((a, b) -> Lanes.sqrtps(b), (a, b) -> f.root(b), (a, b, r) -> Lanes.oddSingle(r));
        singles(Lanes::minps, f::least, (a, b, r) -> 0);
        singles(Lanes::maxps, f::greatest, (a, b, r) -> 0);
    }

    @Test
    public void realsAreComputedAsExactly() {
        SimdFormat f = unit.real;
        reals(Lanes::addpd, f::add, (a, b, r) -> Lanes.offSumReal(r));
        reals(Lanes::subpd, f::subtract, (a, b, r) -> Lanes.offSumReal(r));
        reals(Lanes::mulpd, f::multiply, Lanes::offProductReal);
        reals(Lanes::divpd, f::divide, (a, b, r) -> Lanes.offQuotientReal(a, r));
        reals((a, b) -> Lanes.sqrtpd(b), (a, b) -> f.root(b), (a, b, r) -> Lanes.oddReal(r));
        reals(Lanes::minpd, f::least, (a, b, r) -> 0);
        reals(Lanes::maxpd, f::greatest, (a, b, r) -> 0);
    }

    @Test
    public void conversionsAreExact() {
        for (int n = 0; n < CASES; n++) {
            long a = real(), b = singles() & 0xFFFFFFFFL;
            int i = random.nextInt() >> random.nextInt(32);
            if (Lanes.offNarrowed(a, Lanes.cvtsd2ss(a)) >= 0)
                check(a, 0, Lanes.cvtsd2ss(a), (x, y) -> unit.single.of(unit.real, x));
            if ((Lanes.oddSingle(b) & Lanes.SINGLES) == 0) {
                check(b, 0, Lanes.cvtss2sd(b), (x, y) -> unit.real.of(unit.single, x));
                integers(b, unit.single, Lanes.cvtss2si(b), false);
                integers(b, unit.single, Lanes.cvttss2si(b), true);
            }
            if (Lanes.oddReal(a) >= 0) {
                integers(a, unit.real, Lanes.cvtsd2si(a), false);
                integers(a, unit.real, Lanes.cvttsd2si(a), true);
            }
            check(i, 0, Lanes.cvtsi2ss(i), (x, y) -> unit.single.ofInteger((int) x));
            check(i, 0, Lanes.cvtsi2sd(i), (x, y) -> unit.real.ofInteger((int) x));
        }
    }

    private void integers(long a, SimdFormat f, double r, boolean chopped) {
        if (Lanes.fits(r)) check(a, 0, (int) r, (x, y) -> f.integer(x, chopped));
    }

    @Test
    public void comparisonsAreExact() {
        for (int n = 0; n < CASES; n++) {
            long a = real(), b = random.nextInt(4) == 0 ? a ^ random.nextLong() & Lanes.REAL : real();
            if ((Lanes.oddReal(a) | Lanes.oddReal(b)) >= 0) {
                assertEquals(flags(unit.real.order(a, b, false)), Lanes.comisd(a, b));
                for (int p = 0; p < 8; p++) assertEquals(holds(p, unit.real.order(a, b, false)) ? -1 : 0, Lanes.cmppd(a, b, p));
            }
            long c = singles(), d = singles();
            if (((Lanes.oddSingle(c) | Lanes.oddSingle(d)) & Lanes.SINGLES) != 0) continue;
            int low = unit.single.order(c & 0xFFFFFFFFL, d & 0xFFFFFFFFL, false), high = unit.single.order(c >>> 32, d >>> 32, false);
            assertEquals(flags(low), Lanes.comiss(c, d));
            for (int p = 0; p < 8; p++)
                assertEquals((holds(p, low) ? 0xFFFFFFFFL : 0) | (holds(p, high) ? -1L << 32 : 0), Lanes.cmpps(c, d, p));
        }
    }

    /** ZF and CF. */
    private static int flags(int order) {
        return order == SimdFormat.EQUAL ? 0x40 : order == SimdFormat.LESS ? 1 : 0;
    }

    private static boolean holds(int predicate, int order) {
        boolean holds = switch (predicate & 3) {
            case 0 -> order == SimdFormat.EQUAL;
            case 1 -> order == SimdFormat.LESS;
            case 2 -> order != SimdFormat.GREATER;
            default -> false;
        };
        return holds == predicate < 4;
    }
}
