package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.protect.FastCalls;
import org.lkpk.cpu.protect.InterruptReturn;
import org.lkpk.cpu.protect.Interrupts;
import org.lkpk.cpu.protect.Transfers;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;

/** Instructions that go to another segment, level or task. */
public final class FarTransfers {
    private FarTransfers() { }

    public static void jmp_far(CpuState s, Insn i) {
        Transfers.jump(s, i.immediate2 & 0xFFFF, masked(i, i.immediate));
    }

    public static void call_far(CpuState s, Insn i) {
        Transfers.call(s, i.immediate2 & 0xFFFF, masked(i, i.immediate), i.operandSize >> 3);
    }

    public static void jmp_farMemory(CpuState s, Insn i) {
        long pointer = pointer(s, i);
        Transfers.jump(s, (int) (pointer >>> 32), (int) pointer);
    }

    public static void call_farMemory(CpuState s, Insn i) {
        long pointer = pointer(s, i);
        Transfers.call(s, (int) (pointer >>> 32), (int) pointer, i.operandSize >> 3);
    }

    private static int masked(Insn i, int offset) {
        return i.operandSize == 16 ? offset & 0xFFFF : offset;
    }

    /** The memory operand {@code Mp}: selector in the upper half, offset in the lower. */
    static long pointer(CpuState s, Insn i) {
        int bytes = i.operandSize >> 3, a = i.linear(s, bytes, READ);
        int offset = bytes == 4 ? s.tlb.load32(a) : s.tlb.load16(a);
        return (long) s.tlb.load16(i.linearBehind(s, bytes, 2, READ)) << 32 | offset & 0xFFFFFFFFL;
    }

    public static void retf(CpuState s, Insn i) {
        Transfers.ret(s, i.operandSize >> 3, 0);
    }

    public static void retf_drop(CpuState s, Insn i) {
        Transfers.ret(s, i.operandSize >> 3, i.immediate & 0xFFFF);
    }

    public static void iret(CpuState s, Insn i) {
        InterruptReturn.iret(s, i.operandSize >> 3);
    }

    public static void int_n(CpuState s, Insn i) {
        Interrupts.instruction(s, i.immediate & 0xFF);
    }

    public static void int1(CpuState s, Insn i) {
        Interrupts.debug(s);
    }

    public static void int3(CpuState s, Insn i) {
        Interrupts.software(s, Fault.BP);
    }

    public static void into(CpuState s, Insn i) {
        if (s.overflow()) Interrupts.software(s, Fault.OF);
    }

    public static void sysenter(CpuState s, Insn i) {
        FastCalls.enter(s);
    }

    public static void sysexit(CpuState s, Insn i) {
        FastCalls.exit(s);
    }

    /** The bounds may be read before the index is looked at: the fault is restartable. */
    public static void bound(CpuState s, Insn i) {
        int bytes = i.operandSize >> 3, a = i.linear(s, bytes, READ);
        int low = bytes == 4 ? s.tlb.load32(a) : (short) s.tlb.load16(a), b = i.linearBehind(s, bytes, bytes, READ);
        int high = bytes == 4 ? s.tlb.load32(b) : (short) s.tlb.load16(b);
        int index = bytes == 4 ? s.r[i.reg] : (short) s.r[i.reg];
        if (index < low || index > high) throw s.fault(Fault.BR);
    }
}
