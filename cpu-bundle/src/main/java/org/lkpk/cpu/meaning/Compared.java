package org.lkpk.cpu.meaning;

/**
 * The conditions after {@code cmp} or {@code sub} of two zero-extended values: what {@link Conditions} make of the flags,
 * for translated code that still has the values.
 */
public final class Compared {
    private Compared() { }

    public static boolean e8(int a, int b) {
        return a == b;
    }

    public static boolean ne8(int a, int b) {
        return a != b;
    }

    public static boolean b8(int a, int b) {
        return a < b;
    }

    public static boolean ae8(int a, int b) {
        return a >= b;
    }

    public static boolean be8(int a, int b) {
        return a <= b;
    }

    public static boolean a8(int a, int b) {
        return a > b;
    }

    public static boolean l8(int a, int b) {
        return (byte) a < (byte) b;
    }

    public static boolean ge8(int a, int b) {
        return (byte) a >= (byte) b;
    }

    public static boolean le8(int a, int b) {
        return (byte) a <= (byte) b;
    }

    public static boolean g8(int a, int b) {
        return (byte) a > (byte) b;
    }

    public static boolean s8(int a, int b) {
        return (byte) (a - b) < 0;
    }

    public static boolean ns8(int a, int b) {
        return (byte) (a - b) >= 0;
    }

    public static boolean e16(int a, int b) {
        return a == b;
    }

    public static boolean ne16(int a, int b) {
        return a != b;
    }

    public static boolean b16(int a, int b) {
        return a < b;
    }

    public static boolean ae16(int a, int b) {
        return a >= b;
    }

    public static boolean be16(int a, int b) {
        return a <= b;
    }

    public static boolean a16(int a, int b) {
        return a > b;
    }

    public static boolean l16(int a, int b) {
        return (short) a < (short) b;
    }

    public static boolean ge16(int a, int b) {
        return (short) a >= (short) b;
    }

    public static boolean le16(int a, int b) {
        return (short) a <= (short) b;
    }

    public static boolean g16(int a, int b) {
        return (short) a > (short) b;
    }

    public static boolean s16(int a, int b) {
        return (short) (a - b) < 0;
    }

    public static boolean ns16(int a, int b) {
        return (short) (a - b) >= 0;
    }

    public static boolean e32(int a, int b) {
        return a == b;
    }

    public static boolean ne32(int a, int b) {
        return a != b;
    }

    public static boolean b32(int a, int b) {
        return a + Integer.MIN_VALUE < b + Integer.MIN_VALUE;
    }

    public static boolean ae32(int a, int b) {
        return a + Integer.MIN_VALUE >= b + Integer.MIN_VALUE;
    }

    public static boolean be32(int a, int b) {
        return a + Integer.MIN_VALUE <= b + Integer.MIN_VALUE;
    }

    public static boolean a32(int a, int b) {
        return a + Integer.MIN_VALUE > b + Integer.MIN_VALUE;
    }

    public static boolean l32(int a, int b) {
        return a < b;
    }

    public static boolean ge32(int a, int b) {
        return a >= b;
    }

    public static boolean le32(int a, int b) {
        return a <= b;
    }

    public static boolean g32(int a, int b) {
        return a > b;
    }

    public static boolean s32(int a, int b) {
        return a - b < 0;
    }

    public static boolean ns32(int a, int b) {
        return a - b >= 0;
    }
}
