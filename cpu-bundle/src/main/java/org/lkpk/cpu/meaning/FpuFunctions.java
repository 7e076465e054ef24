package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** x87 constants, signs, roots and functions. */
@Changes(operands = false)
public final class FpuFunctions {
    private FpuFunctions() { }

    public static void fld1(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).constant(0);
    }

    public static void fldl2t(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).constant(1);
    }

    public static void fldl2e(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).constant(2);
    }

    public static void fldpi(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).constant(3);
    }

    public static void fldlg2(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).constant(4);
    }

    public static void fldln2(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).constant(5);
    }

    public static void fldz(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).constant(6);
    }

    public static void fchs(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).changeSign(true);
    }

    public static void fabs(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).changeSign(false);
    }

    public static void fsqrt(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).squareRoot();
    }

    public static void frndint(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).roundToInteger();
    }

    public static void fscale(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).scale();
    }

    public static void fxtract(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).extract();
    }

    public static void fprem(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).remainder(false);
    }

    public static void fprem1(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).remainder(true);
    }

    public static void fsin(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).sine(false);
    }

    public static void fcos(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).sine(true);
    }

    public static void fsincos(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).sineAndCosine();
    }

    public static void fptan(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).tangent();
    }

    public static void f2xm1(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).exponential();
    }

    public static void fpatan(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).transcendental(Fpu.ARCTANGENT);
    }

    public static void fyl2x(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).transcendental(Fpu.LOGARITHM);
    }

    public static void fyl2xp1(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).transcendental(Fpu.LOGARITHM_PLUS_1);
    }
}
