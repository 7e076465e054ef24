package org.lkpk.cpu.meaning;

import org.lkpk.cpu.state.CpuState;

/**
 * Addition, subtraction and logic. Operands come zero-extended, results need not be. The carry vector of a sum is
 * {@code a & b | (a | b) & ~r}, that of a difference {@code ~a & b | (~a | b) & r}: a one where a bit position carries out.
 */
public final class Arithmetic {
    private static final int KEPT = 0xC0000008;

    private Arithmetic() { }

    /** Carry vectors of 8 and 16 bits moved to where those of 32 bits stand. */
    private static int carries8(int c) {
        return c << 24 & 0xC0000000 | c & 8;
    }

    private static int carries16(int c) {
        return c << 16 & 0xC0000000 | c & 8;
    }

    public static int add8(CpuState s, int a, int b) {
        int r = a + b;
        s.result = (byte) r;
        s.carries = carries8(a & b | (a | b) & ~r);
        return r;
    }

    public static int add16(CpuState s, int a, int b) {
        int r = a + b;
        s.result = (short) r;
        s.carries = carries16(a & b | (a | b) & ~r);
        return r;
    }

    public static int add32(CpuState s, int a, int b) {
        int r = a + b;
        s.result = r;
        s.carries = (a & b | (a | b) & ~r) & KEPT;
        return r;
    }

    public static int adc8(CpuState s, int a, int b) {
        int r = a + b + (s.carries >>> 31);
        s.result = (byte) r;
        s.carries = carries8(a & b | (a | b) & ~r);
        return r;
    }

    public static int adc16(CpuState s, int a, int b) {
        int r = a + b + (s.carries >>> 31);
        s.result = (short) r;
        s.carries = carries16(a & b | (a | b) & ~r);
        return r;
    }

    public static int adc32(CpuState s, int a, int b) {
        int r = a + b + (s.carries >>> 31);
        s.result = r;
        s.carries = (a & b | (a | b) & ~r) & KEPT;
        return r;
    }

    public static int sub8(CpuState s, int a, int b) {
        int r = a - b;
        s.result = (byte) r;
        s.carries = carries8(~a & b | (~a | b) & r);
        return r;
    }

    public static int sub16(CpuState s, int a, int b) {
        int r = a - b;
        s.result = (short) r;
        s.carries = carries16(~a & b | (~a | b) & r);
        return r;
    }

    public static int sub32(CpuState s, int a, int b) {
        int r = a - b;
        s.result = r;
        s.carries = (~a & b | (~a | b) & r) & KEPT;
        return r;
    }

    public static int sbb8(CpuState s, int a, int b) {
        int r = a - b - (s.carries >>> 31);
        s.result = (byte) r;
        s.carries = carries8(~a & b | (~a | b) & r);
        return r;
    }

    public static int sbb16(CpuState s, int a, int b) {
        int r = a - b - (s.carries >>> 31);
        s.result = (short) r;
        s.carries = carries16(~a & b | (~a | b) & r);
        return r;
    }

    public static int sbb32(CpuState s, int a, int b) {
        int r = a - b - (s.carries >>> 31);
        s.result = r;
        s.carries = (~a & b | (~a | b) & r) & KEPT;
        return r;
    }

    public static void cmp8(CpuState s, int a, int b) {
        sub8(s, a, b);
    }

    public static void cmp16(CpuState s, int a, int b) {
        sub16(s, a, b);
    }

    public static void cmp32(CpuState s, int a, int b) {
        sub32(s, a, b);
    }

    public static int and8(CpuState s, int a, int b) {
        int r = a & b;
        s.result = (byte) r;
        s.carries = 0;
        return r;
    }

    public static int and16(CpuState s, int a, int b) {
        int r = a & b;
        s.result = (short) r;
        s.carries = 0;
        return r;
    }

    public static int and32(CpuState s, int a, int b) {
        int r = a & b;
        s.result = r;
        s.carries = 0;
        return r;
    }

    public static int or8(CpuState s, int a, int b) {
        int r = a | b;
        s.result = (byte) r;
        s.carries = 0;
        return r;
    }

    public static int or16(CpuState s, int a, int b) {
        int r = a | b;
        s.result = (short) r;
        s.carries = 0;
        return r;
    }

    public static int or32(CpuState s, int a, int b) {
        int r = a | b;
        s.result = r;
        s.carries = 0;
        return r;
    }

    public static int xor8(CpuState s, int a, int b) {
        int r = a ^ b;
        s.result = (byte) r;
        s.carries = 0;
        return r;
    }

    public static int xor16(CpuState s, int a, int b) {
        int r = a ^ b;
        s.result = (short) r;
        s.carries = 0;
        return r;
    }

    public static int xor32(CpuState s, int a, int b) {
        int r = a ^ b;
        s.result = r;
        s.carries = 0;
        return r;
    }

    public static void test8(CpuState s, int a, int b) {
        s.result = (byte) (a & b);
        s.carries = 0;
    }

    public static void test16(CpuState s, int a, int b) {
        s.result = (short) (a & b);
        s.carries = 0;
    }

    public static void test32(CpuState s, int a, int b) {
        s.result = a & b;
        s.carries = 0;
    }

    public static int not(CpuState s, int a) {
        return ~a;
    }

    public static int neg8(CpuState s, int a) {
        return sub8(s, 0, a);
    }

    public static int neg16(CpuState s, int a) {
        return sub16(s, 0, a);
    }

    public static int neg32(CpuState s, int a) {
        return sub32(s, 0, a);
    }

    public static int inc8(CpuState s, int a) {
        int carry = s.carries;
        int r = add8(s, a, 1);
        s.carries = keep(carry, s.carries);
        return r;
    }

    public static int inc16(CpuState s, int a) {
        int carry = s.carries;
        int r = add16(s, a, 1);
        s.carries = keep(carry, s.carries);
        return r;
    }

    public static int inc32(CpuState s, int a) {
        int carry = s.carries;
        int r = add32(s, a, 1);
        s.carries = keep(carry, s.carries);
        return r;
    }

    public static int dec8(CpuState s, int a) {
        int carry = s.carries;
        int r = sub8(s, a, 1);
        s.carries = keep(carry, s.carries);
        return r;
    }

    public static int dec16(CpuState s, int a) {
        int carry = s.carries;
        int r = sub16(s, a, 1);
        s.carries = keep(carry, s.carries);
        return r;
    }

    public static int dec32(CpuState s, int a) {
        int carry = s.carries;
        int r = sub32(s, a, 1);
        s.carries = keep(carry, s.carries);
        return r;
    }

    /** The new carry vector with the old CF: the two top bits are turned together, so that OF stays. */
    private static int keep(int old, int now) {
        return now ^ (old ^ now) >> 31 & 0xC0000000;
    }

    public static int imul16(CpuState s, int a, int b) {
        int r = (short) a * (short) b;
        product(s, (short) r, r != (short) r);
        return r;
    }

    public static int imul32(CpuState s, int a, int b) {
        long r = (long) a * b;
        product(s, (int) r, r != (int) r);
        return (int) r;
    }

    public static int imul_316(CpuState s, int a, int b) {
        return imul16(s, a, b);
    }

    public static int imul_332(CpuState s, int a, int b) {
        return imul32(s, a, b);
    }

    public static void imul_a8(CpuState s, int b) {
        int r = (byte) s.r[0] * (byte) b;
        s.r16(CpuState.EAX, r);
        product(s, (byte) r, r != (byte) r);
    }

    public static void imul_a16(CpuState s, int b) {
        int r = (short) s.r[0] * (short) b;
        s.r16(CpuState.EAX, r);
        s.r16(CpuState.EDX, r >> 16);
        product(s, (short) r, r != (short) r);
    }

    public static void imul_a32(CpuState s, int b) {
        long r = (long) s.r[CpuState.EAX] * b;
        s.r[CpuState.EAX] = (int) r;
        s.r[CpuState.EDX] = (int) (r >> 32);
        product(s, (int) r, r != (int) r);
    }

    public static void mul8(CpuState s, int b) {
        int r = (s.r[0] & 0xFF) * b;
        s.r16(CpuState.EAX, r);
        product(s, (byte) r, r > 0xFF);
    }

    public static void mul16(CpuState s, int b) {
        int r = (s.r[0] & 0xFFFF) * b;
        s.r16(CpuState.EAX, r);
        s.r16(CpuState.EDX, r >>> 16);
        product(s, (short) r, r >>> 16 != 0);
    }

    public static void mul32(CpuState s, int b) {
        long r = (s.r[CpuState.EAX] & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL);
        s.r[CpuState.EAX] = (int) r;
        s.r[CpuState.EDX] = (int) (r >>> 32);
        product(s, (int) r, r >>> 32 != 0);
    }

    /** CF and OF say whether the upper half counts; SF, ZF, PF follow the lower one, as P6 and later leave them. */
    private static void product(CpuState s, int low, boolean wide) {
        s.result = low;
        s.carries = wide ? 0x80000000 : 0;
    }
}
