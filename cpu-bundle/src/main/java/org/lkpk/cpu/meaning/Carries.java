package org.lkpk.cpu.meaning;

/**
 * The carry vectors of {@link Arithmetic} and {@link Shifts}, as {@link org.lkpk.cpu.state.CpuState#carries} has them, for
 * the operands that {@link Plain} takes. That of a sum is {@code a & b | (a | b) & ~r}, that of a difference
 * {@code ~a & b | (~a | b) & r}: a one where a bit position carries out. What leaves some flags alone has the old vector as
 * its first parameter.
 */
public final class Carries {
    private static final int KEPT = 0xC0000008;

    private Carries() { }

    private static int sum(int a, int b, int r) {
        return a & b | (a | b) & ~r;
    }

    private static int difference(int a, int b, int r) {
        return ~a & b | (~a | b) & r;
    }

    /** Vectors of 8 and 16 bits moved to where those of 32 bits stand. */
    private static int byteWide(int c) {
        return c << 24 & 0xC0000000 | c & 8;
    }

    private static int wordWide(int c) {
        return c << 16 & 0xC0000000 | c & 8;
    }

    /** The new carry vector with the old CF: the two top bits are turned together, so that OF stays. */
    private static int keep(int old, int now) {
        return now ^ (old ^ now) >> 31 & 0xC0000000;
    }

    /** CF and OF say whether the upper half of a product counts. */
    static int product(boolean wide) {
        return wide ? 0x80000000 : 0;
    }

    public static int add8(int a, int b) {
        return byteWide(sum(a, b, a + b));
    }

    public static int adc8(int carries, int a, int b) {
        return byteWide(sum(a, b, a + b + (carries >>> 31)));
    }

    public static int sub8(int a, int b) {
        return byteWide(difference(a, b, a - b));
    }

    public static int sbb8(int carries, int a, int b) {
        return byteWide(difference(a, b, a - b - (carries >>> 31)));
    }

    public static int cmp8(int a, int b) {
        return sub8(a, b);
    }

    public static int and8(int a, int b) {
        return 0;
    }

    public static int or8(int a, int b) {
        return 0;
    }

    public static int xor8(int a, int b) {
        return 0;
    }

    public static int test8(int a, int b) {
        return 0;
    }

    public static int neg8(int a) {
        return sub8(0, a);
    }

    public static int inc8(int carries, int a) {
        return keep(carries, add8(a, 1));
    }

    public static int dec8(int carries, int a) {
        return keep(carries, sub8(a, 1));
    }

    public static int shl8(int a, int count) {
        return a << count << 23 & 0xC0000000;
    }

    public static int shr8(int a, int count) {
        int last = a >>> count - 1, r = last >>> 1;
        return last << 31 | (last << 30 ^ (r ^ r << 1) << 23) & 0x40000000;
    }

    public static int sar8(int a, int count) {
        return (byte) a >> count - 1 << 31 >> 1;
    }

    public static int rol8(int carries, int a, int count) {
        int r = Plain.rol8(a, count);
        return carries & 0x3FFFFFFF | r << 31 | r << 23 & 0x40000000;
    }

    public static int ror8(int carries, int a, int count) {
        int r = Plain.ror8(a, count);
        return carries & 0x3FFFFFFF | r << 24 & 0xC0000000;
    }

    public static int add16(int a, int b) {
        return wordWide(sum(a, b, a + b));
    }

    public static int adc16(int carries, int a, int b) {
        return wordWide(sum(a, b, a + b + (carries >>> 31)));
    }

    public static int sub16(int a, int b) {
        return wordWide(difference(a, b, a - b));
    }

    public static int sbb16(int carries, int a, int b) {
        return wordWide(difference(a, b, a - b - (carries >>> 31)));
    }

    public static int cmp16(int a, int b) {
        return sub16(a, b);
    }

    public static int and16(int a, int b) {
        return 0;
    }

    public static int or16(int a, int b) {
        return 0;
    }

    public static int xor16(int a, int b) {
        return 0;
    }

    public static int test16(int a, int b) {
        return 0;
    }

    public static int neg16(int a) {
        return sub16(0, a);
    }

    public static int inc16(int carries, int a) {
        return keep(carries, add16(a, 1));
    }

    public static int dec16(int carries, int a) {
        return keep(carries, sub16(a, 1));
    }

    public static int imul16(int a, int b) {
        int r = (short) a * (short) b;
        return product(r != (short) r);
    }

    public static int imul_316(int a, int b) {
        return imul16(a, b);
    }

    public static int shl16(int a, int count) {
        return a << count << 15 & 0xC0000000;
    }

    public static int shr16(int a, int count) {
        int last = a >>> count - 1, r = last >>> 1;
        return last << 31 | (last << 30 ^ (r ^ r << 1) << 15) & 0x40000000;
    }

    public static int sar16(int a, int count) {
        return (short) a >> count - 1 << 31 >> 1;
    }

    public static int rol16(int carries, int a, int count) {
        int r = Plain.rol16(a, count);
        return carries & 0x3FFFFFFF | r << 31 | r << 15 & 0x40000000;
    }

    public static int ror16(int carries, int a, int count) {
        int r = Plain.ror16(a, count);
        return carries & 0x3FFFFFFF | r << 16 & 0xC0000000;
    }

    public static int add32(int a, int b) {
        return sum(a, b, a + b) & KEPT;
    }

    public static int adc32(int carries, int a, int b) {
        return sum(a, b, a + b + (carries >>> 31)) & KEPT;
    }

    public static int sub32(int a, int b) {
        return difference(a, b, a - b) & KEPT;
    }

    public static int sbb32(int carries, int a, int b) {
        return difference(a, b, a - b - (carries >>> 31)) & KEPT;
    }

    public static int cmp32(int a, int b) {
        return sub32(a, b);
    }

    public static int and32(int a, int b) {
        return 0;
    }

    public static int or32(int a, int b) {
        return 0;
    }

    public static int xor32(int a, int b) {
        return 0;
    }

    public static int test32(int a, int b) {
        return 0;
    }

    public static int neg32(int a) {
        return sub32(0, a);
    }

    public static int inc32(int carries, int a) {
        return keep(carries, add32(a, 1));
    }

    public static int dec32(int carries, int a) {
        return keep(carries, sub32(a, 1));
    }

    public static int imul32(int a, int b) {
        long r = (long) a * b;
        return product(r != (int) r);
    }

    public static int imul_332(int a, int b) {
        return imul32(a, b);
    }

    public static int shl32(int a, int count) {
        return a << count - 1 & 0xC0000000;
    }

    public static int shr32(int a, int count) {
        int last = a >>> count - 1, r = last >>> 1;
        return last << 31 | (last << 30 ^ (r ^ r << 1) >>> 1) & 0x40000000;
    }

    public static int sar32(int a, int count) {
        return a >> count - 1 << 31 >> 1;
    }

    public static int rol32(int carries, int a, int count) {
        int r = Plain.rol32(a, count);
        return carries & 0x3FFFFFFF | r << 31 | r >>> 1 & 0x40000000;
    }

    public static int ror32(int carries, int a, int count) {
        int r = Plain.ror32(a, count);
        return carries & 0x3FFFFFFF | r & 0xC0000000;
    }

    public static int shld32(int a, int b, int count) {
        return shl32(a, count);
    }

    public static int shrd32(int a, int b, int count) {
        int last = a >>> count - 1, r = Plain.shrd32(a, b, count);
        return last << 31 | (last << 30 ^ (r ^ r << 1) >>> 1) & 0x40000000;
    }
}
