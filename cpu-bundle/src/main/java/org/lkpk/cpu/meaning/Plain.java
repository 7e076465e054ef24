package org.lkpk.cpu.meaning;

/**
 * The results of {@link Arithmetic} and {@link Shifts} alone. Operands come zero-extended, results need not be; counts of
 * shifts are constants other than 0 modulo 32. What needs CF has the old carry vector as its first parameter.
 */
public final class Plain {
    private Plain() { }

    public static int add8(int a, int b) {
        return a + b;
    }

    public static int adc8(int carries, int a, int b) {
        return a + b + (carries >>> 31);
    }

    public static int sub8(int a, int b) {
        return a - b;
    }

    public static int sbb8(int carries, int a, int b) {
        return a - b - (carries >>> 31);
    }

    public static int cmp8(int a, int b) {
        return a - b;
    }

    public static int and8(int a, int b) {
        return a & b;
    }

    public static int test8(int a, int b) {
        return a & b;
    }

    public static int or8(int a, int b) {
        return a | b;
    }

    public static int xor8(int a, int b) {
        return a ^ b;
    }

    public static int neg8(int a) {
        return -a;
    }

    public static int inc8(int a) {
        return a + 1;
    }

    public static int dec8(int a) {
        return a - 1;
    }

    public static int shl8(int a, int count) {
        return a << count;
    }

    public static int shr8(int a, int count) {
        return a >>> count;
    }

    public static int sar8(int a, int count) {
        return (byte) a >> count;
    }

    public static int rol8(int a, int count) {
        return a << (count & 7) | a >>> 8 - (count & 7);
    }

    public static int ror8(int a, int count) {
        return a >>> (count & 7) | a << 8 - (count & 7);
    }

    public static int add16(int a, int b) {
        return a + b;
    }

    public static int adc16(int carries, int a, int b) {
        return a + b + (carries >>> 31);
    }

    public static int sub16(int a, int b) {
        return a - b;
    }

    public static int sbb16(int carries, int a, int b) {
        return a - b - (carries >>> 31);
    }

    public static int cmp16(int a, int b) {
        return a - b;
    }

    public static int and16(int a, int b) {
        return a & b;
    }

    public static int test16(int a, int b) {
        return a & b;
    }

    public static int or16(int a, int b) {
        return a | b;
    }

    public static int xor16(int a, int b) {
        return a ^ b;
    }

    public static int neg16(int a) {
        return -a;
    }

    public static int inc16(int a) {
        return a + 1;
    }

    public static int dec16(int a) {
        return a - 1;
    }

    public static int imul16(int a, int b) {
        return a * b;
    }

    public static int imul_316(int a, int b) {
        return a * b;
    }

    public static int shl16(int a, int count) {
        return a << count;
    }

    public static int shr16(int a, int count) {
        return a >>> count;
    }

    public static int sar16(int a, int count) {
        return (short) a >> count;
    }

    public static int rol16(int a, int count) {
        return a << (count & 15) | a >>> 16 - (count & 15);
    }

    public static int ror16(int a, int count) {
        return a >>> (count & 15) | a << 16 - (count & 15);
    }

    public static int add32(int a, int b) {
        return a + b;
    }

    public static int adc32(int carries, int a, int b) {
        return a + b + (carries >>> 31);
    }

    public static int sub32(int a, int b) {
        return a - b;
    }

    public static int sbb32(int carries, int a, int b) {
        return a - b - (carries >>> 31);
    }

    public static int cmp32(int a, int b) {
        return a - b;
    }

    public static int and32(int a, int b) {
        return a & b;
    }

    public static int test32(int a, int b) {
        return a & b;
    }

    public static int or32(int a, int b) {
        return a | b;
    }

    public static int xor32(int a, int b) {
        return a ^ b;
    }

    public static int neg32(int a) {
        return -a;
    }

    public static int inc32(int a) {
        return a + 1;
    }

    public static int dec32(int a) {
        return a - 1;
    }

    public static int imul32(int a, int b) {
        return a * b;
    }

    public static int imul_332(int a, int b) {
        return a * b;
    }

    public static int shl32(int a, int count) {
        return a << count;
    }

    public static int shr32(int a, int count) {
        return a >>> count;
    }

    public static int sar32(int a, int count) {
        return a >> count;
    }

    public static int rol32(int a, int count) {
        return Integer.rotateLeft(a, count);
    }

    public static int ror32(int a, int count) {
        return Integer.rotateRight(a, count);
    }

    public static int shld32(int a, int b, int count) {
        return a << count | b >>> -count;
    }

    public static int shrd32(int a, int b, int count) {
        return a >>> count | b << -count;
    }
}
