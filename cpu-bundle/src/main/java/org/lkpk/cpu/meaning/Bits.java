package org.lkpk.cpu.meaning;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Bit tests and scans. */
@Changes
public final class Bits {
    private static final int TEST = 0, SET = 1, RESET = 2, COMPLEMENT = 3;

    private Bits() { }

    public static void bt(CpuState s, Insn i) {
        operate(s, i, i.immediate, TEST);
    }

    public static void bts(CpuState s, Insn i) {
        operate(s, i, i.immediate, SET);
    }

    public static void btr(CpuState s, Insn i) {
        operate(s, i, i.immediate, RESET);
    }

    public static void btc(CpuState s, Insn i) {
        operate(s, i, i.immediate, COMPLEMENT);
    }

    public static void bt_r(CpuState s, Insn i) {
        string(s, i, TEST);
    }

    public static void bts_r(CpuState s, Insn i) {
        string(s, i, SET);
    }

    public static void btr_r(CpuState s, Insn i) {
        string(s, i, RESET);
    }

    public static void btc_r(CpuState s, Insn i) {
        string(s, i, COMPLEMENT);
    }

    /** A bit offset in a register reaches beyond the memory operand: the word that holds the bit is accessed. */
    private static void string(CpuState s, Insn i, int what) {
        int bits = i.operandSize, bit = Operands.register(s, i.reg, bits);
        if (!i.memory()) {
            operate(s, i, bit, what);
            return;
        }
        int signed = bits == 16 ? (short) bit : bit;
        int offset = i.address(s) + (bits == 16 ? signed >> 4 << 1 : signed >> 5 << 2);
        if (i.addressSize == 16) offset &= 0xFFFF;
        memory(s, s.linear(i.segment, offset, bits >> 3, need(what)), bits, bit, what);
    }

    private static void operate(CpuState s, Insn i, int bit, int what) {
        int bits = i.operandSize;
        if (i.memory()) {
            memory(s, i.linear(s, bits >> 3, need(what)), bits, bit, what);
            return;
        }
        int mask = 1 << (bit & bits - 1), old = s.r[i.rm];
        Operands.register(s, i.rm, bits, changed(old, mask, what));
        tested(s, old, bit & bits - 1, bits);
    }

    private static void memory(CpuState s, int at, int bits, int bit, int what) {
        int mask = 1 << (bit & bits - 1);
        int old = what == TEST ? Operands.load(s, at, bits) : Operands.modify(s, at, bits);
        if (what != TEST) Operands.store(s, at, bits, changed(old, mask, what));
        tested(s, old, bit & bits - 1, bits);
    }

    /** CF is the bit. The 80386 rotates it there through the carry and leaves OF as RCR does; later ones leave OF alone. */
    private static void tested(CpuState s, int value, int bit, int bits) {
        s.carry((value >>> bit & 1) != 0);
        if (!s.model.rotatesToTest()) return;
        int top = bit == 0 ? 0 : value >>> bit - 1, next = bit == 0 ? value >>> bits - 1 : bit == 1 ? 0 : value >>> bit - 2;
        Meanings386.overflow(s, ((top ^ next) & 1) != 0);
    }

    private static int need(int what) {
        return what == TEST ? CpuState.READ : CpuState.READ | CpuState.WRITE;
    }

    private static int changed(int old, int mask, int what) {
        return what == SET ? old | mask : what == RESET ? old & ~mask : what == COMPLEMENT ? old ^ mask : old;
    }

    public static void bsf(CpuState s, Insn i) {
        scan(s, i, false);
    }

    public static void bsr(CpuState s, Insn i) {
        scan(s, i, true);
    }

    /** With a source of 0 the destination stays; ZF apart, the flags are undefined: they are those of a test of the source. */
    private static void scan(CpuState s, Insn i, boolean reverse) {
        int bits = i.operandSize;
        int v = i.memory() ? Operands.load(s, i.linear(s, bits >> 3, CpuState.READ), bits) : Operands.register(s, i.rm, bits);
        if (v != 0) Operands.register(s, i.reg, bits, reverse ? 31 - Integer.numberOfLeadingZeros(v) : Integer.numberOfTrailingZeros(v));
        if (bits == 32) Arithmetic.test32(s, v, v);
        else Arithmetic.test16(s, v, v);
    }
}
