package org.lkpk.cpu.meaning;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Reads and writes operands for instructions that do more with them than read all and write the first. */
final class Operands {
    private Operands() { }

    static int register(CpuState s, int n, int bits) {
        return bits == 32 ? s.r[n] : bits == 16 ? s.r[n] & 0xFFFF : s.r8(n);
    }

    static void register(CpuState s, int n, int bits, int value) {
        if (bits == 32) s.r[n] = value;
        else if (bits == 16) s.r16(n, value);
        else s.r8(n, value);
    }

    static int load(CpuState s, int linear, int bits) {
        return bits == 32 ? s.tlb.load32(linear) : bits == 16 ? s.tlb.load16(linear) : s.tlb.load8(linear);
    }

    /** Loads what will be written back. */
    static int modify(CpuState s, int linear, int bits) {
        return bits == 32 ? s.tlb.modify32(linear) : bits == 16 ? s.tlb.modify16(linear) : s.tlb.modify8(linear);
    }

    static void store(CpuState s, int linear, int bits, int value) {
        if (bits == 32) s.tlb.store32(linear, value);
        else if (bits == 16) s.tlb.store16(linear, value);
        else s.tlb.store8(linear, value);
    }

    /** Linear address of the memory operand for a read-modify-write. */
    static int modified(CpuState s, Insn i, int bits) {
        return i.linear(s, bits >> 3, CpuState.READ | CpuState.WRITE);
    }
}
