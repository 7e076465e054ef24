package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;

/**
 * x87 control: words, environment, state, the stack's top, FWAIT. Of these only FNOP, FFREE and the rotations are noted in
 * FIP.
 */
@Changes(registers = CpuState.EAX, operands = false)
public final class FpuControl {
    private FpuControl() { }

    public static void fwait(CpuState s, Insn i) {
        int both = CpuState.CR0_MP | CpuState.CR0_TS;
        if ((s.cr0 & both) == both) throw s.fault(Fault.NM);
        if (s.fpu.pending()) FpuMeanings.report(s);
    }

    public static void fnop(CpuState s, Insn i) {
        FpuMeanings.begin(s, i);
    }

    /** FNENI, FNDISI and FNSETPM of the 8087 and 80287. */
    public static void fneni(CpuState s, Insn i) {
        FpuMeanings.unwaiting(s);
    }

    public static void fndisi(CpuState s, Insn i) {
        FpuMeanings.unwaiting(s);
    }

    public static void fnsetpm(CpuState s, Insn i) {
        FpuMeanings.unwaiting(s);
    }

    public static void fninit(CpuState s, Insn i) {
        FpuMeanings.unwaiting(s).initialize();
        FpuMeanings.settle(s);
    }

    public static void fnclex(CpuState s, Insn i) {
        FpuMeanings.unwaiting(s).clearExceptions();
        FpuMeanings.settle(s);
    }

    public static void fldcw(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        f.control(s.tlb.load16(i.linear(s, 2, CpuState.READ)));
        FpuMeanings.settle(s);
    }

    public static void fnstcw(CpuState s, Insn i) {
        Fpu f = FpuMeanings.unwaiting(s);
        s.tlb.store16(i.linear(s, 2, CpuState.WRITE), f.control());
    }

    public static void fnstsw_m16(CpuState s, Insn i) {
        Fpu f = FpuMeanings.unwaiting(s);
        s.tlb.store16(i.linear(s, 2, CpuState.WRITE), f.status());
    }

    public static void fnstsw_ax(CpuState s, Insn i) {
        s.r16(CpuState.EAX, FpuMeanings.unwaiting(s).status());
    }

    public static void ffree(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        f.clearC1();
        f.free(i.rm);
    }

    public static void ffreep(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        f.clearC1();
        f.free(i.rm);
        f.pop();
    }

    public static void fincstp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        f.clearC1();
        f.rotate(1);
    }

    public static void fdecstp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        f.clearC1();
        f.rotate(-1);
    }

    public static void fnstenv(CpuState s, Insn i) {
        Fpu f = FpuMeanings.unwaiting(s);
        int size = FpuEnvironment.size(i), a = i.linear(s, size, CpuState.WRITE);
        s.tlb.writable(a, size, i.operandSize >> 3);
        FpuEnvironment.store(s, i, f, a);
        f.maskAll();
        FpuMeanings.settle(s);
    }

    public static void fldenv(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        int size = FpuEnvironment.size(i), a = i.linear(s, size, CpuState.READ);
        s.tlb.aligned(a, i.operandSize >> 3);
        s.tlb.readable(a, size);
        FpuEnvironment.load(s, i, f, a);
        FpuMeanings.settle(s);
    }

    public static void fnsave(CpuState s, Insn i) {
        Fpu f = FpuMeanings.unwaiting(s);
        int size = FpuEnvironment.size(i), a = i.linear(s, size + 80, CpuState.WRITE);
        s.tlb.writable(a, size + 80, i.operandSize >> 3);
        FpuEnvironment.store(s, i, f, a);
        for (int n = 0; n < 8; n++) storeWords(s, a + size + 10 * n, f.significand(n), f.signExponent(n));
        f.initialize();
        FpuMeanings.settle(s);
    }

    public static void frstor(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        int size = FpuEnvironment.size(i), a = i.linear(s, size + 80, CpuState.READ);
        s.tlb.aligned(a, i.operandSize >> 3);
        s.tlb.readable(a, size + 80);
        FpuEnvironment.load(s, i, f, a);
        FpuMeanings.settle(s);
        for (int n = 0; n < 8; n++) {
            int from = a + size + 10 * n;
            f.replace(n, loadWords(s, from), s.tlb.load16(from + 8));
        }
    }

    // Registers in a saved state are aligned like the environment in front of them, not like numbers

    private static void storeWords(CpuState s, int a, long significand, int signExponent) {
        for (int n = 0; n < 4; n++) s.tlb.store16(a + 2 * n, (int) (significand >>> 16 * n) & 0xFFFF);
        s.tlb.store16(a + 8, signExponent);
    }

    private static long loadWords(CpuState s, int a) {
        long significand = 0;
        for (int n = 0; n < 4; n++) significand |= (long) s.tlb.load16(a + 2 * n) << 16 * n;
        return significand;
    }
}
