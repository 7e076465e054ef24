package org.lkpk.cpu.fpu;

/**
 * What SSE's arithmetic is nearly always, for translated code: Java's own on numbers that are 0 or normal, with a result that
 * is so, too, and not near overflow or underflow. Then no flag is raised but PE, and the bits are {@link SimdFormat}'s, while
 * {@link Simd#settled} says that PE is set already, or the operation rounds nothing.
 *
 * <p>Numbers are 64 bits of their registers: two singles ({@code ps}) or one double ({@code pd}); {@code ss} has one single and
 * zeros above it. Named as the instructions are. What tells where that does not hold looks at all numbers in such 64 bits at
 * once, and sets their sign bits ({@link #SINGLES}, {@link #REAL}) in its answer, of which the other bits mean nothing.
 */
public final class Lanes {
    /** The signs of two singles, and of a double. */
    public static final long SINGLES = 0x8000000080000000L, REAL = 0x8000000000000000L;
    private static final long LOW = 0xFFFFFFFFL;

    private Lanes() { }

    private static float low(long a) {
        return Float.intBitsToFloat((int) a);
    }

    private static float high(long a) {
        return Float.intBitsToFloat((int) (a >>> 32));
    }

    private static double real(long a) {
        return Double.longBitsToDouble(a);
    }

    private static long bits(float a) {
        return Float.floatToRawIntBits(a) & LOW;
    }

    private static long bits(float low, float high) {
        return bits(low) | (long) Float.floatToRawIntBits(high) << 32;
    }

    private static long bits(double a) {
        return Double.doubleToRawLongBits(a);
    }

    // Arithmetic

    public static long addps(long a, long b) {
        return bits(low(a) + low(b), high(a) + high(b));
    }

    public static long addss(long a, long b) {
        return bits(low(a) + low(b));
    }

    public static long addpd(long a, long b) {
        return bits(real(a) + real(b));
    }

    public static long subps(long a, long b) {
        return bits(low(a) - low(b), high(a) - high(b));
    }

    public static long subss(long a, long b) {
        return bits(low(a) - low(b));
    }

    public static long subpd(long a, long b) {
        return bits(real(a) - real(b));
    }

    public static long mulps(long a, long b) {
        return bits(low(a) * low(b), high(a) * high(b));
    }

    public static long mulss(long a, long b) {
        return bits(low(a) * low(b));
    }

    public static long mulpd(long a, long b) {
        return bits(real(a) * real(b));
    }

    public static long divps(long a, long b) {
        return bits(low(a) / low(b), high(a) / high(b));
    }

    public static long divss(long a, long b) {
        return bits(low(a) / low(b));
    }

    public static long divpd(long a, long b) {
        return bits(real(a) / real(b));
    }

    public static long sqrtps(long b) {
        return bits((float) Math.sqrt(low(b)), (float) Math.sqrt(high(b)));
    }

    public static long sqrtss(long b) {
        return bits((float) Math.sqrt(low(b)));
    }

    public static long sqrtpd(long b) {
        return bits(Math.sqrt(real(b)));
    }

    // Choices and comparisons, which round nothing: of what is neither odd nor a NaN

    private static long least(long a, long b) {
        return low(a) < low(b) ? a & LOW : b & LOW;
    }

    private static long greatest(long a, long b) {
        return low(a) > low(b) ? a & LOW : b & LOW;
    }

    public static long minps(long a, long b) {
        return least(a, b) | least(a >>> 32, b >>> 32) << 32;
    }

    public static long minss(long a, long b) {
        return least(a, b);
    }

    public static long minpd(long a, long b) {
        return real(a) < real(b) ? a : b;
    }

    public static long maxps(long a, long b) {
        return greatest(a, b) | greatest(a >>> 32, b >>> 32) << 32;
    }

    public static long maxss(long a, long b) {
        return greatest(a, b);
    }

    public static long maxpd(long a, long b) {
        return real(a) > real(b) ? a : b;
    }

    public static long cmpps(long a, long b, int predicate) {
        return cmpss(a, b, predicate) | cmpss(a >>> 32, b >>> 32, predicate) << 32;
    }

    public static long cmpss(long a, long b, int predicate) {
        return holds(predicate, low(a), low(b)) ? LOW : 0;
    }

    public static long cmppd(long a, long b, int predicate) {
        return holds(predicate, real(a), real(b)) ? -1 : 0;
    }

    private static boolean holds(int predicate, double a, double b) {
        boolean holds = (predicate & 3) == 0 ? a == b : (predicate & 3) == 1 ? a < b : (predicate & 3) == 2 && a <= b;
        return holds ^ (predicate & 4) != 0;
    }

    /** The order of {@code a} and {@code b}, as ZF, PF and CF show it. */
    public static int comiss(long a, long b) {
        return order(low(a), low(b));
    }

    public static int comisd(long a, long b) {
        return order(real(a), real(b));
    }

    private static int order(double a, double b) {
        return Comparison.flags(a < b ? Comparison.LESS : a == b ? Comparison.EQUAL : Comparison.GREATER);
    }

    // Conversions

    public static long cvtsi2ss(int a) {
        return bits((float) a);
    }

    public static long cvtsi2sd(int a) {
        return bits((double) a);
    }

    public static long cvtss2sd(long b) {
        return bits((double) low(b));
    }

    public static long cvtsd2ss(long b) {
        return bits((float) real(b));
    }

    /** As a double, rounded to an integer; see {@link #fits}. */
    public static double cvtss2si(long b) {
        return Math.rint(low(b));
    }

    public static double cvtsd2si(long b) {
        return Math.rint(real(b));
    }

    public static double cvttss2si(long b) {
        return low(b);
    }

    public static double cvttsd2si(long b) {
        return real(b);
    }

    /** Whether a number is one of 32 bits once its fraction is dropped. */
    public static boolean fits(double a) {
        return a > -2147483649.0 && a < 2147483648.0;
    }

    // Where that does not hold, of singles

    private static long magnitudes(long a) {
        return a & ~SINGLES;
    }

    /** Not 0. */
    private static long some(long magnitudes) {
        return magnitudes + 0x7FFFFFFF7FFFFFFFL;
    }

    /** Among the largest. */
    private static long vast(long magnitudes) {
        return magnitudes + 0x0100000001000000L;
    }

    /** Not among the least. */
    private static long ample(long magnitudes) {
        return magnitudes + 0x7F0000007F000000L;
    }

    /** An operand: a denormal or a NaN. */
    public static long oddSingle(long a) {
        long m = magnitudes(a);
        return m + 0x007FFFFF007FFFFFL | some(m) & ~(m + 0x7F8000007F800000L);
    }

    /** A sum or a difference: neither 0 nor moderate. */
    public static long offSum(long r) {
        long m = magnitudes(r);
        return vast(m) | some(m) & ~ample(m);
    }

    /** A product: neither moderate nor of a 0. */
    public static long offProduct(long a, long b, long r) {
        long m = magnitudes(r);
        return vast(m) | some(magnitudes(a)) & some(magnitudes(b)) & ~ample(m);
    }

    /** A quotient of {@code a}. */
    public static long offQuotient(long a, long r) {
        long m = magnitudes(r);
        return vast(m) | some(magnitudes(a)) & ~ample(m);
    }

    // And of doubles

    private static long someReal(long magnitude) {
        return magnitude + 0x7FFFFFFFFFFFFFFFL;
    }

    private static long vastReal(long magnitude) {
        return magnitude + 0x0020000000000000L;
    }

    private static long ampleReal(long magnitude) {
        return magnitude + 0x7FE0000000000000L;
    }

    public static long oddReal(long a) {
        long m = a & ~REAL;
        return m + 0x000FFFFFFFFFFFFFL | someReal(m) & ~(m + 0x7FF0000000000000L);
    }

    public static long offSumReal(long r) {
        long m = r & ~REAL;
        return vastReal(m) | someReal(m) & ~ampleReal(m);
    }

    public static long offProductReal(long a, long b, long r) {
        long m = r & ~REAL;
        return vastReal(m) | someReal(a & ~REAL) & someReal(b & ~REAL) & ~ampleReal(m);
    }

    /** A double {@code b} as the single {@code r}; as a double's sign. */
    public static long offNarrowed(long b, long r) {
        long m = magnitudes(r);
        return oddReal(b) | vast(m) << 32 | someReal(b & ~REAL) & ~(ample(m) << 32);
    }

    public static long offQuotientReal(long a, long r) {
        long m = r & ~REAL;
        return vastReal(m) | someReal(a & ~REAL) & ~ampleReal(m);
    }
}
