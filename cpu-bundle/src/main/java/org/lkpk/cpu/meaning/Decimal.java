package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.AF;
import static org.lkpk.cpu.state.CpuState.CF;
import static org.lkpk.cpu.state.CpuState.EAX;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;

/** Decimal adjustments. OF, where undefined, is cleared. */
public final class Decimal {
    private Decimal() { }

    public static void daa(CpuState s, Insn i) {
        adjustPacked(s, 1);
    }

    public static void das(CpuState s, Insn i) {
        adjustPacked(s, -1);
    }

    private static void adjustPacked(CpuState s, int sign) {
        int al = s.r[EAX] & 0xFF, r = al;
        boolean carry = s.carry(), adjust = s.adjust() || (al & 15) > 9, high = carry || al > 0x99;
        if (adjust) {
            r += sign * 6;
            carry |= sign < 0 && al < 6;
        }
        if (high) r += sign * 0x60;
        finish(s, r & 0xFF, high || carry && sign < 0, adjust);
        s.r8(0, r);
    }

    public static void aaa(CpuState s, Insn i) {
        adjustUnpacked(s, 1);
    }

    public static void aas(CpuState s, Insn i) {
        adjustUnpacked(s, -1);
    }

    private static void adjustUnpacked(CpuState s, int sign) {
        int ax = s.r[EAX] & 0xFFFF;
        boolean adjust = s.adjust() || (ax & 15) > 9;
        if (adjust) ax += sign * 0x106;
        finish(s, ax & 0xFF, adjust, adjust);
        s.r16(EAX, ax & 0xFF0F);
    }

    public static void aam(CpuState s, Insn i) {
        int base = i.immediate & 0xFF, al = s.r[EAX] & 0xFF;
        if (base == 0) throw s.fault(Fault.DE);
        s.r16(EAX, al / base << 8 | al % base);
        finish(s, al % base, false, false);
    }

    public static void aad(CpuState s, Insn i) {
        int r = (s.r[EAX] & 0xFF) + (s.r[EAX] >> 8 & 0xFF) * (i.immediate & 0xFF) & 0xFF;
        s.r16(EAX, r);
        finish(s, r, false, false);
    }

    private static void finish(CpuState s, int r, boolean carry, boolean adjust) {
        s.arithmetic((carry ? CF : 0) | (adjust ? AF : 0));
        int c = s.carries & ~0xFF01;
        s.result = (byte) r;
        s.carries = carry ? c | 0xC0000000 : c;
    }
}
