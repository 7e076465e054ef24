package org.lkpk.cpu.meaning;

import org.lkpk.cpu.state.CpuState;

/**
 * Shifts and rotates. Counts are taken modulo 32; a count of 0 changes nothing, the flags included. Flags that the SDM
 * leaves undefined are as P6 and later leave them: OF as if for the last single step, AF cleared by shifts.
 */
@Changes(operands = false)
public final class Shifts {
    private Shifts() { }

    /** Flags of a shift: {@code r} sign-extended, CF and OF. */
    private static void flags(CpuState s, int r, boolean carry, boolean overflow) {
        s.result = r;
        s.carries = (carry ? 0x80000000 : 0) | (carry != overflow ? 0x40000000 : 0);
    }

    /** CF and OF of a rotate; the other flags stay. */
    private static void rotated(CpuState s, boolean carry, boolean overflow) {
        s.carries = s.carries & 0x3FFFFFFF | (carry ? 0x80000000 : 0) | (carry != overflow ? 0x40000000 : 0);
    }

    public static int shl8(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.shl8(a, c);
        s.result = (byte) r;
        s.carries = Carries.shl8(a, c);
        return r;
    }

    public static int shr8(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.shr8(a, c);
        s.result = (byte) r;
        s.carries = Carries.shr8(a, c);
        return r;
    }

    public static int sar8(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.sar8(a, c);
        s.result = (byte) r;
        s.carries = Carries.sar8(a, c);
        return r;
    }

    public static int rol8(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        s.carries = Carries.rol8(s.carries, a, c);
        return Plain.rol8(a, c);
    }

    public static int ror8(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        s.carries = Carries.ror8(s.carries, a, c);
        return Plain.ror8(a, c);
    }

    public static int rcl8(CpuState s, int a, int count) {
        int c = (count & 31) % 9;
        if (c == 0) return a;
        long wide = (a & 0xFFL) | (long) (s.carries >>> 31) << 8;
        wide = wide << c | wide >>> 9 - c;
        int r = (int) wide & 0xFF;
        boolean carry = (wide >> 8 & 1) != 0;
        rotated(s, carry, (r >>> 7 & 1) != 0 != carry);
        return r;
    }

    public static int rcr8(CpuState s, int a, int count) {
        int c = (count & 31) % 9;
        if (c == 0) return a;
        long wide = (a & 0xFFL) | (long) (s.carries >>> 31) << 8;
        wide = wide >>> c | wide << 9 - c;
        int r = (int) wide & 0xFF;
        rotated(s, (wide >> 8 & 1) != 0, ((r ^ r << 1) >>> 7 & 1) != 0);
        return r;
    }

    public static int shl16(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.shl16(a, c);
        s.result = (short) r;
        s.carries = Carries.shl16(a, c);
        return r;
    }

    public static int shr16(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.shr16(a, c);
        s.result = (short) r;
        s.carries = Carries.shr16(a, c);
        return r;
    }

    public static int sar16(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.sar16(a, c);
        s.result = (short) r;
        s.carries = Carries.sar16(a, c);
        return r;
    }

    public static int rol16(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        s.carries = Carries.rol16(s.carries, a, c);
        return Plain.rol16(a, c);
    }

    public static int ror16(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        s.carries = Carries.ror16(s.carries, a, c);
        return Plain.ror16(a, c);
    }

    public static int rcl16(CpuState s, int a, int count) {
        int c = (count & 31) % 17;
        if (c == 0) return a;
        long wide = (a & 0xFFFFL) | (long) (s.carries >>> 31) << 16;
        wide = wide << c | wide >>> 17 - c;
        int r = (int) wide & 0xFFFF;
        boolean carry = (wide >> 16 & 1) != 0;
        rotated(s, carry, (r >>> 15 & 1) != 0 != carry);
        return r;
    }

    public static int rcr16(CpuState s, int a, int count) {
        int c = (count & 31) % 17;
        if (c == 0) return a;
        long wide = (a & 0xFFFFL) | (long) (s.carries >>> 31) << 16;
        wide = wide >>> c | wide << 17 - c;
        int r = (int) wide & 0xFFFF;
        rotated(s, (wide >> 16 & 1) != 0, ((r ^ r << 1) >>> 15 & 1) != 0);
        return r;
    }

    public static int shl32(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.shl32(a, c);
        s.result = r;
        s.carries = Carries.shl32(a, c);
        return r;
    }

    public static int shr32(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.shr32(a, c);
        s.result = r;
        s.carries = Carries.shr32(a, c);
        return r;
    }

    public static int sar32(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.sar32(a, c);
        s.result = r;
        s.carries = Carries.sar32(a, c);
        return r;
    }

    public static int rol32(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        s.carries = Carries.rol32(s.carries, a, c);
        return Plain.rol32(a, c);
    }

    public static int ror32(CpuState s, int a, int count) {
        int c = count & 31;
        if (c == 0) return a;
        s.carries = Carries.ror32(s.carries, a, c);
        return Plain.ror32(a, c);
    }

    public static int rcl32(CpuState s, int a, int count) {
        int c = (count & 31) % 33;
        if (c == 0) return a;
        long wide = (a & 0xFFFFFFFFL) | (long) (s.carries >>> 31) << 32;
        wide = wide << c | wide >>> 33 - c;
        int r = (int) wide;
        boolean carry = (wide >> 32 & 1) != 0;
        rotated(s, carry, (r >>> 31 & 1) != 0 != carry);
        return r;
    }

    public static int rcr32(CpuState s, int a, int count) {
        int c = (count & 31) % 33;
        if (c == 0) return a;
        long wide = (a & 0xFFFFFFFFL) | (long) (s.carries >>> 31) << 32;
        wide = wide >>> c | wide << 33 - c;
        int r = (int) wide;
        rotated(s, (wide >> 32 & 1) != 0, ((r ^ r << 1) >>> 31 & 1) != 0);
        return r;
    }

    public static int shld32(CpuState s, int a, int b, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.shld32(a, b, c);
        s.result = r;
        s.carries = Carries.shld32(a, b, c);
        return r;
    }

    public static int shrd32(CpuState s, int a, int b, int count) {
        int c = count & 31;
        if (c == 0) return a;
        int r = Plain.shrd32(a, b, c);
        s.result = r;
        s.carries = Carries.shrd32(a, b, c);
        return r;
    }

    /** With counts above 16 the bits after the second operand's are the first one's again, as on P6 and later. */
    public static int shld16(CpuState s, int a, int b, int count) {
        int c = count & 31;
        if (c == 0) return a;
        long wide = ((long) a << 32 | (long) b << 16 | a) << c;
        int r = (int) (wide >>> 32) & 0xFFFF;
        boolean carry = (wide >>> 48 & 1) != 0;
        flags(s, (short) r, carry, (short) r < 0 != carry);
        return r;
    }

    public static int shrd16(CpuState s, int a, int b, int count) {
        int c = count & 31;
        if (c == 0) return a;
        long wide = (long) a << 32 | (long) b << 16 | a;
        int r = (int) (wide >>> c) & 0xFFFF;
        flags(s, (short) r, (wide >>> c - 1 & 1) != 0, ((r ^ r << 1) & 0x8000) != 0);
        return r;
    }
}
