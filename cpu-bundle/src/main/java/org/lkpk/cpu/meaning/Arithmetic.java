package org.lkpk.cpu.meaning;

import org.lkpk.cpu.state.CpuState;

/**
 * Addition, subtraction, logic and the product of two operands: {@link Plain} results with their flags, from {@link Carries}. Operands
 * come zero-extended, results need not be.
 */
@Changes(operands = false)
public final class Arithmetic {
    private Arithmetic() { }

    public static int add8(CpuState s, int a, int b) {
        int r = Plain.add8(a, b);
        s.result = (byte) r;
        s.carries = Carries.add8(a, b);
        return r;
    }

    public static int add16(CpuState s, int a, int b) {
        int r = Plain.add16(a, b);
        s.result = (short) r;
        s.carries = Carries.add16(a, b);
        return r;
    }

    public static int add32(CpuState s, int a, int b) {
        int r = Plain.add32(a, b);
        s.result = r;
        s.carries = Carries.add32(a, b);
        return r;
    }

    public static int adc8(CpuState s, int a, int b) {
        int r = Plain.adc8(s.carries, a, b);
        s.result = (byte) r;
        s.carries = Carries.adc8(s.carries, a, b);
        return r;
    }

    public static int adc16(CpuState s, int a, int b) {
        int r = Plain.adc16(s.carries, a, b);
        s.result = (short) r;
        s.carries = Carries.adc16(s.carries, a, b);
        return r;
    }

    public static int adc32(CpuState s, int a, int b) {
        int r = Plain.adc32(s.carries, a, b);
        s.result = r;
        s.carries = Carries.adc32(s.carries, a, b);
        return r;
    }

    public static int sub8(CpuState s, int a, int b) {
        int r = Plain.sub8(a, b);
        s.result = (byte) r;
        s.carries = Carries.sub8(a, b);
        return r;
    }

    public static int sub16(CpuState s, int a, int b) {
        int r = Plain.sub16(a, b);
        s.result = (short) r;
        s.carries = Carries.sub16(a, b);
        return r;
    }

    public static int sub32(CpuState s, int a, int b) {
        int r = Plain.sub32(a, b);
        s.result = r;
        s.carries = Carries.sub32(a, b);
        return r;
    }

    public static int sbb8(CpuState s, int a, int b) {
        int r = Plain.sbb8(s.carries, a, b);
        s.result = (byte) r;
        s.carries = Carries.sbb8(s.carries, a, b);
        return r;
    }

    public static int sbb16(CpuState s, int a, int b) {
        int r = Plain.sbb16(s.carries, a, b);
        s.result = (short) r;
        s.carries = Carries.sbb16(s.carries, a, b);
        return r;
    }

    public static int sbb32(CpuState s, int a, int b) {
        int r = Plain.sbb32(s.carries, a, b);
        s.result = r;
        s.carries = Carries.sbb32(s.carries, a, b);
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
        int r = Plain.and8(a, b);
        s.result = (byte) r;
        s.carries = 0;
        return r;
    }

    public static int and16(CpuState s, int a, int b) {
        int r = Plain.and16(a, b);
        s.result = (short) r;
        s.carries = 0;
        return r;
    }

    public static int and32(CpuState s, int a, int b) {
        int r = Plain.and32(a, b);
        s.result = r;
        s.carries = 0;
        return r;
    }

    public static int or8(CpuState s, int a, int b) {
        int r = Plain.or8(a, b);
        s.result = (byte) r;
        s.carries = 0;
        return r;
    }

    public static int or16(CpuState s, int a, int b) {
        int r = Plain.or16(a, b);
        s.result = (short) r;
        s.carries = 0;
        return r;
    }

    public static int or32(CpuState s, int a, int b) {
        int r = Plain.or32(a, b);
        s.result = r;
        s.carries = 0;
        return r;
    }

    public static int xor8(CpuState s, int a, int b) {
        int r = Plain.xor8(a, b);
        s.result = (byte) r;
        s.carries = 0;
        return r;
    }

    public static int xor16(CpuState s, int a, int b) {
        int r = Plain.xor16(a, b);
        s.result = (short) r;
        s.carries = 0;
        return r;
    }

    public static int xor32(CpuState s, int a, int b) {
        int r = Plain.xor32(a, b);
        s.result = r;
        s.carries = 0;
        return r;
    }

    public static void test8(CpuState s, int a, int b) {
        and8(s, a, b);
    }

    public static void test16(CpuState s, int a, int b) {
        and16(s, a, b);
    }

    public static void test32(CpuState s, int a, int b) {
        and32(s, a, b);
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
        int r = Plain.inc8(a);
        s.result = (byte) r;
        s.carries = Carries.inc8(s.carries, a);
        return r;
    }

    public static int inc16(CpuState s, int a) {
        int r = Plain.inc16(a);
        s.result = (short) r;
        s.carries = Carries.inc16(s.carries, a);
        return r;
    }

    public static int inc32(CpuState s, int a) {
        int r = Plain.inc32(a);
        s.result = r;
        s.carries = Carries.inc32(s.carries, a);
        return r;
    }

    public static int dec8(CpuState s, int a) {
        int r = Plain.dec8(a);
        s.result = (byte) r;
        s.carries = Carries.dec8(s.carries, a);
        return r;
    }

    public static int dec16(CpuState s, int a) {
        int r = Plain.dec16(a);
        s.result = (short) r;
        s.carries = Carries.dec16(s.carries, a);
        return r;
    }

    public static int dec32(CpuState s, int a) {
        int r = Plain.dec32(a);
        s.result = r;
        s.carries = Carries.dec32(s.carries, a);
        return r;
    }

    public static int imul16(CpuState s, int a, int b) {
        int r = Plain.imul16(a, b);
        s.result = (short) r;
        s.carries = Carries.imul16(a, b);
        return r;
    }

    public static int imul32(CpuState s, int a, int b) {
        int r = Plain.imul32(a, b);
        s.result = r;
        s.carries = Carries.imul32(a, b);
        return r;
    }

    public static int imul_316(CpuState s, int a, int b) {
        return imul16(s, a, b);
    }

    public static int imul_332(CpuState s, int a, int b) {
        return imul32(s, a, b);
    }
}
