package org.lkpk.cpu.meaning;

/** The results of {@link Arithmetic} and {@link Shifts} alone, for translated code whose flags nobody sees. */
public final class Plain {
    private Plain() { }

    public static int add8(int a, int b) {
        return a + b;
    }

    public static int sub8(int a, int b) {
        return a - b;
    }

    public static int and8(int a, int b) {
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

    public static int add16(int a, int b) {
        return a + b;
    }

    public static int sub16(int a, int b) {
        return a - b;
    }

    public static int and16(int a, int b) {
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

    public static int shl16(int a, int count) {
        return a << count;
    }

    public static int shr16(int a, int count) {
        return a >>> count;
    }

    public static int sar16(int a, int count) {
        return (short) a >> count;
    }

    public static int add32(int a, int b) {
        return a + b;
    }

    public static int sub32(int a, int b) {
        return a - b;
    }

    public static int and32(int a, int b) {
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

    public static int shl32(int a, int count) {
        return a << count;
    }

    public static int shr32(int a, int count) {
        return a >>> count;
    }

    public static int sar32(int a, int count) {
        return a >> count;
    }

    public static int imul16(int a, int b) {
        return a * b;
    }

    public static int imul_316(int a, int b) {
        return a * b;
    }

    public static int imul32(int a, int b) {
        return a * b;
    }

    public static int imul_332(int a, int b) {
        return a * b;
    }

    public static void cmp8(int a, int b) { }

    public static void test8(int a, int b) { }

    public static void cmp16(int a, int b) { }

    public static void test16(int a, int b) { }

    public static void cmp32(int a, int b) { }

    public static void test32(int a, int b) { }
}
