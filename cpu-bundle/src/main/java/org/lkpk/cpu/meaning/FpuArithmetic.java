package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** x87 addition, subtraction, multiplication, division in all their forms. */
@Changes(operands = false)
public final class FpuArithmetic {
    private FpuArithmetic() { }

    public static void fadd(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.ADD, 0, 0, i.rm);
    }

    public static void fadd_to(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.ADD, i.rm, i.rm, 0);
    }

    public static void faddp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (f.operate(Fpu.ADD, i.rm, i.rm, 0)) f.pop();
    }

    public static void fadd_m32(CpuState s, Insn i) {
        FpuMeanings.operateSingle(s, i, Fpu.ADD);
    }

    public static void fadd_m64(CpuState s, Insn i) {
        FpuMeanings.operateReal(s, i, Fpu.ADD);
    }

    public static void fiadd_m16(CpuState s, Insn i) {
        FpuMeanings.integer16(s, i).operate(Fpu.ADD);
    }

    public static void fiadd_m32(CpuState s, Insn i) {
        FpuMeanings.integer32(s, i).operate(Fpu.ADD);
    }

    public static void fmul(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.MULTIPLY, 0, 0, i.rm);
    }

    public static void fmul_to(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.MULTIPLY, i.rm, i.rm, 0);
    }

    public static void fmulp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (f.operate(Fpu.MULTIPLY, i.rm, i.rm, 0)) f.pop();
    }

    public static void fmul_m32(CpuState s, Insn i) {
        FpuMeanings.operateSingle(s, i, Fpu.MULTIPLY);
    }

    public static void fmul_m64(CpuState s, Insn i) {
        FpuMeanings.operateReal(s, i, Fpu.MULTIPLY);
    }

    public static void fimul_m16(CpuState s, Insn i) {
        FpuMeanings.integer16(s, i).operate(Fpu.MULTIPLY);
    }

    public static void fimul_m32(CpuState s, Insn i) {
        FpuMeanings.integer32(s, i).operate(Fpu.MULTIPLY);
    }

    public static void fsub(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.SUBTRACT, 0, 0, i.rm);
    }

    public static void fsub_to(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.SUBTRACT, i.rm, i.rm, 0);
    }

    public static void fsubp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (f.operate(Fpu.SUBTRACT, i.rm, i.rm, 0)) f.pop();
    }

    public static void fsub_m32(CpuState s, Insn i) {
        FpuMeanings.operateSingle(s, i, Fpu.SUBTRACT);
    }

    public static void fsub_m64(CpuState s, Insn i) {
        FpuMeanings.operateReal(s, i, Fpu.SUBTRACT);
    }

    public static void fisub_m16(CpuState s, Insn i) {
        FpuMeanings.integer16(s, i).operate(Fpu.SUBTRACT);
    }

    public static void fisub_m32(CpuState s, Insn i) {
        FpuMeanings.integer32(s, i).operate(Fpu.SUBTRACT);
    }

    public static void fsubr(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.SUBTRACT_REVERSED, 0, 0, i.rm);
    }

    public static void fsubr_to(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.SUBTRACT_REVERSED, i.rm, i.rm, 0);
    }

    public static void fsubrp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (f.operate(Fpu.SUBTRACT_REVERSED, i.rm, i.rm, 0)) f.pop();
    }

    public static void fsubr_m32(CpuState s, Insn i) {
        FpuMeanings.operateSingle(s, i, Fpu.SUBTRACT_REVERSED);
    }

    public static void fsubr_m64(CpuState s, Insn i) {
        FpuMeanings.operateReal(s, i, Fpu.SUBTRACT_REVERSED);
    }

    public static void fisubr_m16(CpuState s, Insn i) {
        FpuMeanings.integer16(s, i).operate(Fpu.SUBTRACT_REVERSED);
    }

    public static void fisubr_m32(CpuState s, Insn i) {
        FpuMeanings.integer32(s, i).operate(Fpu.SUBTRACT_REVERSED);
    }

    public static void fdiv(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.DIVIDE, 0, 0, i.rm);
    }

    public static void fdiv_to(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.DIVIDE, i.rm, i.rm, 0);
    }

    public static void fdivp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (f.operate(Fpu.DIVIDE, i.rm, i.rm, 0)) f.pop();
    }

    public static void fdiv_m32(CpuState s, Insn i) {
        FpuMeanings.operateSingle(s, i, Fpu.DIVIDE);
    }

    public static void fdiv_m64(CpuState s, Insn i) {
        FpuMeanings.operateReal(s, i, Fpu.DIVIDE);
    }

    public static void fidiv_m16(CpuState s, Insn i) {
        FpuMeanings.integer16(s, i).operate(Fpu.DIVIDE);
    }

    public static void fidiv_m32(CpuState s, Insn i) {
        FpuMeanings.integer32(s, i).operate(Fpu.DIVIDE);
    }

    public static void fdivr(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.DIVIDE_REVERSED, 0, 0, i.rm);
    }

    public static void fdivr_to(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).operate(Fpu.DIVIDE_REVERSED, i.rm, i.rm, 0);
    }

    public static void fdivrp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (f.operate(Fpu.DIVIDE_REVERSED, i.rm, i.rm, 0)) f.pop();
    }

    public static void fdivr_m32(CpuState s, Insn i) {
        FpuMeanings.operateSingle(s, i, Fpu.DIVIDE_REVERSED);
    }

    public static void fdivr_m64(CpuState s, Insn i) {
        FpuMeanings.operateReal(s, i, Fpu.DIVIDE_REVERSED);
    }

    public static void fidivr_m16(CpuState s, Insn i) {
        FpuMeanings.integer16(s, i).operate(Fpu.DIVIDE_REVERSED);
    }

    public static void fidivr_m32(CpuState s, Insn i) {
        FpuMeanings.integer32(s, i).operate(Fpu.DIVIDE_REVERSED);
    }
}
