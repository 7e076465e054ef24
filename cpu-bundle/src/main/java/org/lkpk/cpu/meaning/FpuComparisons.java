package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** x87 comparisons, and moves that hang on one. */
@Changes(operands = false)
public final class FpuComparisons {
    private FpuComparisons() { }

    public static void fcom(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).compare(i.rm, false);
    }

    public static void fcomp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (f.compare(i.rm, false)) f.pop();
    }

    public static void fcompp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (!f.compare(1, false)) return;
        f.pop();
        f.pop();
    }

    public static void fcomi(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        flags(s, f, f.compareFlags(i.rm, false));
    }

    public static void fcomip(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (flags(s, f, f.compareFlags(i.rm, false))) f.pop();
    }

    public static void fucom(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).compare(i.rm, true);
    }

    public static void fucomp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (f.compare(i.rm, true)) f.pop();
    }

    public static void fucompp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (!f.compare(1, true)) return;
        f.pop();
        f.pop();
    }

    public static void fucomi(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        flags(s, f, f.compareFlags(i.rm, true));
    }

    public static void fucomip(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (flags(s, f, f.compareFlags(i.rm, true))) f.pop();
    }

    /** Sets ZF, PF, CF and clears the other arithmetic flags; tells whether to go on. */
    private static boolean flags(CpuState s, Fpu f, int flags) {
        s.arithmetic(flags);
        return f.completed();
    }

    public static void fcom_m32(CpuState s, Insn i) {
        FpuMeanings.single(s, i).compareMemory();
    }

    public static void fcomp_m32(CpuState s, Insn i) {
        Fpu f = FpuMeanings.single(s, i);
        if (f.compareMemory()) f.pop();
    }

    public static void fcom_m64(CpuState s, Insn i) {
        FpuMeanings.real(s, i).compareMemory();
    }

    public static void fcomp_m64(CpuState s, Insn i) {
        Fpu f = FpuMeanings.real(s, i);
        if (f.compareMemory()) f.pop();
    }

    public static void ficom_m16(CpuState s, Insn i) {
        FpuMeanings.integer16(s, i).compareMemory();
    }

    public static void ficomp_m16(CpuState s, Insn i) {
        Fpu f = FpuMeanings.integer16(s, i);
        if (f.compareMemory()) f.pop();
    }

    public static void ficom_m32(CpuState s, Insn i) {
        FpuMeanings.integer32(s, i).compareMemory();
    }

    public static void ficomp_m32(CpuState s, Insn i) {
        Fpu f = FpuMeanings.integer32(s, i);
        if (f.compareMemory()) f.pop();
    }

    public static void ftst(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).test();
    }

    public static void fxam(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).examine();
    }

    public static void fcmovb(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copyIf(s.carry(), i.rm);
    }

    public static void fcmove(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copyIf(s.zero(), i.rm);
    }

    public static void fcmovbe(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copyIf(s.carry() || s.zero(), i.rm);
    }

    public static void fcmovu(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copyIf(s.parity(), i.rm);
    }

    public static void fcmovnb(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copyIf(!s.carry(), i.rm);
    }

    public static void fcmovne(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copyIf(!s.zero(), i.rm);
    }

    public static void fcmovnbe(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copyIf(!s.carry() && !s.zero(), i.rm);
    }

    public static void fcmovnu(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copyIf(!s.parity(), i.rm);
    }
}
