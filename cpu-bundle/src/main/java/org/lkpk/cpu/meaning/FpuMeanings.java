package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;

/** What every x87 instruction begins with. */
public final class FpuMeanings {
    private FpuMeanings() { }

    // What translated code asks and notes for several instructions at once

    /** ST(0)'s physical number, where nothing comes before the instructions at hand: #NM, or an unmasked exception. */
    public static int top(CpuState s) {
        if ((s.cr0 & (CpuState.CR0_EM | CpuState.CR0_TS)) != 0 || !s.fpu.masked()) throw s.fault(Fault.REPLAY);
        return s.fpu.top();
    }

    public static void noteCode(CpuState s) {
        s.fpu.instructionSelector = s.selector[CpuState.CS];
    }

    public static void noteData(CpuState s, int segment) {
        s.fpu.dataSelector = s.selector[segment];
    }

    // Beginnings

    /** For instructions that do not wait: #NM if there is no FPU or it holds another task's numbers. */
    static Fpu unwaiting(CpuState s) {
        if ((s.cr0 & (CpuState.CR0_EM | CpuState.CR0_TS)) != 0) throw s.fault(Fault.NM);
        return s.fpu;
    }

    /** For those that wait: an unmasked exception of an earlier instruction comes first. */
    static Fpu waiting(CpuState s) {
        Fpu f = unwaiting(s);
        if (f.pending()) report(s);
        return f;
    }

    /**
     * #MF; without CR0.NE, FERR#, at the first instruction that waits, as from P6 on. Unless IGNNE# lets it go on, the
     * processor waits there for an interrupt.
     */
    static void report(CpuState s) {
        if ((s.cr0 & CpuState.CR0_NE) != 0) throw s.fault(Fault.MF);
        if (s.ferr && s.board.ignne()) return;
        if (!s.exact) throw s.fault(Fault.REPLAY);
        s.ferr = true;
        s.board.ferr(true);
        throw s.fault(Fault.WAIT);
    }

    /** After an instruction that can clear exceptions or mask them: FERR# goes with the last. */
    static void settle(CpuState s) {
        if (!s.ferr || s.fpu.pending()) return;
        s.ferr = false;
        s.board.ferr(false);
    }

    /** A waiting instruction that works on registers. */
    static Fpu begin(CpuState s, Insn i) {
        Fpu f = waiting(s);
        note(s, i, f);
        return f;
    }

    /** Notes where the instruction is; to be called when it can no longer fault. */
    static void note(CpuState s, Insn i, Fpu f) {
        f.instructionOffset = s.eip + i.offset;
        f.instructionSelector = s.selector[CpuState.CS];
        f.opcode = i.escape();
    }

    /** The same for one with an operand in memory, at linear address {@code a}. */
    static void noteMemory(CpuState s, Insn i, Fpu f, int a) {
        note(s, i, f);
        f.dataOffset = a - s.base[i.segment];
        f.dataSelector = s.selector[i.segment];
    }

    // Operands in memory, as a number in the FPU's result

    static Fpu single(CpuState s, Insn i) {
        Fpu f = waiting(s);
        int a = i.linear(s, 4, CpuState.READ);
        f.conversion.single(s.tlb.load32(a));
        noteMemory(s, i, f, a);
        return f;
    }

    static Fpu real(CpuState s, Insn i) {
        Fpu f = waiting(s);
        int a = i.linear(s, 8, CpuState.READ);
        f.conversion.real(s.tlb.load64(a));
        noteMemory(s, i, f, a);
        return f;
    }

    static Fpu integer16(CpuState s, Insn i) {
        Fpu f = waiting(s);
        int a = i.linear(s, 2, CpuState.READ);
        f.conversion.integer((short) s.tlb.load16(a));
        noteMemory(s, i, f, a);
        return f;
    }

    static Fpu integer32(CpuState s, Insn i) {
        Fpu f = waiting(s);
        int a = i.linear(s, 4, CpuState.READ);
        f.conversion.integer(s.tlb.load32(a));
        noteMemory(s, i, f, a);
        return f;
    }

    static Fpu integer64(CpuState s, Insn i) {
        Fpu f = waiting(s);
        int a = i.linear(s, 8, CpuState.READ);
        f.conversion.integer(s.tlb.load64(a));
        noteMemory(s, i, f, a);
        return f;
    }

    // Arithmetic with an operand in memory

    static void operateSingle(CpuState s, Insn i, int operation) {
        Fpu f = waiting(s);
        int a = i.linear(s, 4, CpuState.READ), bits = s.tlb.load32(a);
        noteMemory(s, i, f, a);
        f.operateSingle(operation, bits);
    }

    static void operateReal(CpuState s, Insn i, int operation) {
        Fpu f = waiting(s);
        int a = i.linear(s, 8, CpuState.READ);
        long bits = s.tlb.load64(a);
        noteMemory(s, i, f, a);
        f.operateReal(operation, bits);
    }
}
