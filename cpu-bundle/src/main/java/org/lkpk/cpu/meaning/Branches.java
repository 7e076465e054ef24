package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.CS;
import static org.lkpk.cpu.state.CpuState.ECX;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;

/** Branches within the code segment. EIP already stands at the next instruction. */
public final class Branches {
    private Branches() { }

    /** Goes to an offset in the code segment; #GP(0) if it is beyond its limit. */
    private static void go(CpuState s, int eip) {
        if (Integer.compareUnsigned(eip, s.limit[CS]) > 0) throw s.fault(Fault.GP, 0);
        s.eip = eip;
    }

    private static int offset(Insn i, int eip) {
        return i.operandSize == 16 ? eip & 0xFFFF : eip;
    }

    /** A relative branch that is taken, of Jcc too. */
    public static void jmp(CpuState s, Insn i) {
        go(s, offset(i, s.eip + i.immediate));
    }

    public static void jmp_e(CpuState s, Insn i) {
        go(s, target(s, i));
    }

    public static void call(CpuState s, Insn i) {
        calling(s, i, offset(i, s.eip + i.immediate));
    }

    public static void call_e(CpuState s, Insn i) {
        calling(s, i, target(s, i));
    }

    private static void calling(CpuState s, Insn i, int target) {
        int back = s.eip;
        go(s, target);
        if (i.operandSize == 32) s.push32(back);
        else s.push16(back);
    }

    private static int target(CpuState s, Insn i) {
        int bits = i.operandSize;
        return i.memory() ? Operands.load(s, i.linear(s, bits >> 3, CpuState.READ), bits) : Operands.register(s, i.rm, bits);
    }

    public static void ret(CpuState s, Insn i) {
        int bytes = i.operandSize >> 3;
        go(s, s.peek(0, bytes));
        s.drop(bytes);
    }

    public static void ret_i(CpuState s, Insn i) {
        ret(s, i);
        s.drop(i.immediate & 0xFFFF);
    }

    public static void loop(CpuState s, Insn i) {
        looping(s, i, true);
    }

    public static void loope(CpuState s, Insn i) {
        looping(s, i, s.zero());
    }

    public static void loopne(CpuState s, Insn i) {
        looping(s, i, !s.zero());
    }

    private static void looping(CpuState s, Insn i, boolean wanted) {
        int count = Operands.register(s, ECX, i.addressSize) - 1;
        if (i.addressSize == 16) count &= 0xFFFF;
        if (wanted && count != 0) jmp(s, i);
        Operands.register(s, ECX, i.addressSize, count);
    }

    public static void jcxz(CpuState s, Insn i) {
        if (Operands.register(s, ECX, i.addressSize) == 0) jmp(s, i);
    }

    public static void ud(CpuState s, Insn i) {
        throw s.fault(Fault.UD);
    }

    /** What an instruction of more than 15 bytes does. */
    public static void tooLong(CpuState s, Insn i) {
        throw s.fault(Fault.GP, 0);
    }
}
