package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * What an 80386 does otherwise than later processors where the manuals leave it undefined, as seen on real ones: these stand
 * in for the meanings of the same names. Its records are of bytes and words; 32-bit shifts are taken to do as those.
 */
public final class Meanings386 {
    private Meanings386() { }

    // Shifts set AF; a byte that was shifted out twice or three times over leaves its last bit in CF like one shifted by 8.

    public static int shl8(CpuState s, int a, int count) {
        int c = count & 31, r = Shifts.shl8(s, a, count);
        if (c == 0) return r;
        if (c == 16 || c == 24) s.carries = a << 31;
        s.carries |= 8;
        return r;
    }

    public static int shl16(CpuState s, int a, int count) {
        int r = Shifts.shl16(s, a, count);
        adjust(s, count);
        return r;
    }

    public static int shl32(CpuState s, int a, int count) {
        int r = Shifts.shl32(s, a, count);
        adjust(s, count);
        return r;
    }

    public static int shr8(CpuState s, int a, int count) {
        int c = count & 31, r = Shifts.shr8(s, a, count);
        if (c == 0) return r;
        if (c == 16 || c == 24) s.carries = (byte) a < 0 ? 0xC0000000 : 0;
        s.carries |= 8;
        return r;
    }

    public static int shr16(CpuState s, int a, int count) {
        int r = Shifts.shr16(s, a, count);
        adjust(s, count);
        return r;
    }

    public static int shr32(CpuState s, int a, int count) {
        int r = Shifts.shr32(s, a, count);
        adjust(s, count);
        return r;
    }

    private static void adjust(CpuState s, int count) {
        if ((count & 31) != 0) s.carries |= 8;
    }

    // A rotation through all bits and the carry sets OF like any other.

    public static int rcl8(CpuState s, int a, int count) {
        if ((count & 31) % 9 != 0) return Shifts.rcl8(s, a, count);
        if ((count & 31) != 0) overflow(s, s.carry() != (byte) a < 0);
        return a;
    }

    public static int rcl16(CpuState s, int a, int count) {
        if ((count & 31) % 17 != 0) return Shifts.rcl16(s, a, count);
        if ((count & 31) != 0) overflow(s, s.carry() != (short) a < 0);
        return a;
    }

    public static int rcr8(CpuState s, int a, int count) {
        if ((count & 31) % 9 != 0) return Shifts.rcr8(s, a, count);
        if ((count & 31) != 0) overflow(s, ((a ^ a << 1) & 0x80) != 0);
        return a;
    }

    public static int rcr16(CpuState s, int a, int count) {
        if ((count & 31) % 17 != 0) return Shifts.rcr16(s, a, count);
        if ((count & 31) != 0) overflow(s, ((a ^ a << 1) & 0x8000) != 0);
        return a;
    }

    /** Sets OF alone. */
    static void overflow(CpuState s, boolean set) {
        if (s.overflow() != set) s.carries ^= 0x40000000;
    }

    // Decimal adjustments

    public static void daa(CpuState s, Insn i) {
        byte before = (byte) s.r[EAX];
        Decimal.daa(s, i);
        overflow(s, before >= 0 && (byte) s.r[EAX] < 0);
    }

    public static void das(CpuState s, Insn i) {
        byte before = (byte) s.r[EAX];
        Decimal.das(s, i);
        overflow(s, before < 0 && (byte) s.r[EAX] >= 0);
    }

    /** The flags are those of adding 6 to AL, or of AL alone. */
    public static void aaa(CpuState s, Insn i) {
        int al = s.r[EAX] & 0xFF;
        unpacked(s, al, (al & 15) > 9 || s.adjust() ? 6 : 0);
    }

    public static void aas(CpuState s, Insn i) {
        int al = s.r[EAX] & 0xFF;
        unpacked(s, al, (al & 15) > 9 || s.adjust() ? -6 : 0);
    }

    private static void unpacked(CpuState s, int al, int by) {
        boolean adjusts = by != 0;
        if (by < 0) Arithmetic.sub8(s, al, 6);
        else Arithmetic.add8(s, al, by);
        int flags = s.eflags() & (OF | SF | ZF | PF) | (adjusts ? CF | AF : 0);
        s.arithmetic(flags);
        s.r16(EAX, s.r[EAX] + (by < 0 ? -0x106 : adjusts ? 0x106 : 0) & 0xFF0F);
    }

    /** The flags are those of the addition. */
    public static void aad(CpuState s, Insn i) {
        int tens = (s.r[EAX] >> 8 & 0xFF) * (i.immediate & 0xFF) & 0xFF;
        s.r16(EAX, Arithmetic.add8(s, s.r[EAX] & 0xFF, tens) & 0xFF);
    }

    // The stack

    /** POPAD from a 16-bit stack loads ESP's upper half. */
    public static void popa(CpuState s, Insn i) {
        boolean wide = i.operandSize == 32 && (s.mode & STACK32) == 0;
        int popped = wide ? s.peek(12, 4) : 0;
        Stack.popa(s, i);
        if (wide) s.r[ESP] = popped & 0xFFFF0000 | s.r[ESP] & 0xFFFF;
    }
}
