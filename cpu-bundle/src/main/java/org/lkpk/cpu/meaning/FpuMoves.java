package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** x87 loads, stores and exchanges. */
@Changes(operands = false)
public final class FpuMoves {
    private FpuMoves() { }

    public static void fld_m32(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        int a = i.linear(s, 4, CpuState.READ), bits = s.tlb.load32(a);
        FpuMeanings.noteMemory(s, i, f, a);
        f.loadSingle(bits);
    }

    public static void fld_m64(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        int a = i.linear(s, 8, CpuState.READ);
        long bits = s.tlb.load64(a);
        FpuMeanings.noteMemory(s, i, f, a);
        f.loadReal(bits);
    }

    public static void fild_m16(CpuState s, Insn i) {
        FpuMeanings.integer16(s, i).push();
    }

    public static void fild_m32(CpuState s, Insn i) {
        FpuMeanings.integer32(s, i).push();
    }

    public static void fild_m64(CpuState s, Insn i) {
        FpuMeanings.integer64(s, i).push();
    }

    public static void fld_m80(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        int a = i.linear(s, 10, CpuState.READ);
        long significand = s.tlb.load64(a);
        int signExponent = s.tlb.load16(a + 8);
        FpuMeanings.noteMemory(s, i, f, a);
        f.load(significand, signExponent);
    }

    public static void fbld(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        int a = i.linear(s, 10, CpuState.READ);
        f.conversion.decimal(s.tlb.load64(a), s.tlb.load16(a + 8));
        FpuMeanings.noteMemory(s, i, f, a);
        f.push();
    }

    public static void fld(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).duplicate(i.rm);
    }

    public static void fst(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copy(i.rm);
    }

    public static void fstp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.begin(s, i);
        if (f.copy(i.rm)) f.pop();
    }

    public static void fstpnce(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).copyUnchecked(i.rm);
    }

    public static void fxch(CpuState s, Insn i) {
        FpuMeanings.begin(s, i).exchange(i.rm);
    }

    public static void fst_m32(CpuState s, Insn i) {
        singleStored(s, i, FpuMeanings.waiting(s));
    }

    public static void fstp_m32(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        if (singleStored(s, i, f)) f.pop();
    }

    private static boolean singleStored(CpuState s, Insn i, Fpu f) {
        int a = i.linear(s, 4, CpuState.WRITE);
        boolean done = storeSingle(s, f, a);
        FpuMeanings.noteMemory(s, i, f, a);
        return done;
    }

    static boolean storeSingle(CpuState s, Fpu f, int a) {
        s.tlb.writable(a, 4, 4);
        int value = f.single();
        if (f.storable()) s.tlb.store32(a, value);
        return f.stored();
    }

    public static void fst_m64(CpuState s, Insn i) {
        realStored(s, i, FpuMeanings.waiting(s));
    }

    public static void fstp_m64(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        if (realStored(s, i, f)) f.pop();
    }

    private static boolean realStored(CpuState s, Insn i, Fpu f) {
        int a = i.linear(s, 8, CpuState.WRITE);
        boolean done = storeReal(s, f, a);
        FpuMeanings.noteMemory(s, i, f, a);
        return done;
    }

    static boolean storeReal(CpuState s, Fpu f, int a) {
        s.tlb.writable(a, 8, 8);
        long normal = f.normalReal();
        if (normal != Fpu.NO_REAL) {
            s.tlb.store64(a, normal);
            f.normalStored();
            return true;
        }
        long value = f.real();
        if (f.storable()) s.tlb.store64(a, value);
        return f.stored();
    }

    public static void fist_m16(CpuState s, Insn i) {
        integer16Stored(s, i, FpuMeanings.waiting(s));
    }

    public static void fistp_m16(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        if (integer16Stored(s, i, f)) f.pop();
    }

    private static boolean integer16Stored(CpuState s, Insn i, Fpu f) {
        int a = i.linear(s, 2, CpuState.WRITE);
        boolean done = storeInteger16(s, f, a);
        FpuMeanings.noteMemory(s, i, f, a);
        return done;
    }

    static boolean storeInteger16(CpuState s, Fpu f, int a) {
        s.tlb.writable(a, 2, 2);
        long normal = f.normalInteger(16);
        if (normal != Fpu.NO_INTEGER) {
            s.tlb.store16(a, (int) normal);
            f.normalStored();
            return true;
        }
        int value = (int) f.integer(16);
        if (f.storable()) s.tlb.store16(a, value);
        return f.stored();
    }

    public static void fist_m32(CpuState s, Insn i) {
        integer32Stored(s, i, FpuMeanings.waiting(s));
    }

    public static void fistp_m32(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        if (integer32Stored(s, i, f)) f.pop();
    }

    private static boolean integer32Stored(CpuState s, Insn i, Fpu f) {
        int a = i.linear(s, 4, CpuState.WRITE);
        boolean done = storeInteger32(s, f, a);
        FpuMeanings.noteMemory(s, i, f, a);
        return done;
    }

    static boolean storeInteger32(CpuState s, Fpu f, int a) {
        s.tlb.writable(a, 4, 4);
        long normal = f.normalInteger(32);
        if (normal != Fpu.NO_INTEGER) {
            s.tlb.store32(a, (int) normal);
            f.normalStored();
            return true;
        }
        int value = (int) f.integer(32);
        if (f.storable()) s.tlb.store32(a, value);
        return f.stored();
    }

    public static void fistp_m64(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        int a = i.linear(s, 8, CpuState.WRITE);
        boolean done = storeInteger64(s, f, a);
        FpuMeanings.noteMemory(s, i, f, a);
        if (done) f.pop();
    }

    static boolean storeInteger64(CpuState s, Fpu f, int a) {
        s.tlb.writable(a, 8, 8);
        long normal = f.normalInteger(64);
        if (normal != Fpu.NO_INTEGER) {
            s.tlb.store64(a, normal);
            f.normalStored();
            return true;
        }
        long value = f.integer(64);
        if (f.storable()) s.tlb.store64(a, value);
        return f.stored();
    }

    public static void fstp_m80(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        int a = i.linear(s, 10, CpuState.WRITE);
        boolean done = storeExtended(s, f, a);
        FpuMeanings.noteMemory(s, i, f, a);
        if (done) f.pop();
    }

    static boolean storeExtended(CpuState s, Fpu f, int a) {
        s.tlb.writable(a, 10, 8);
        f.extended();
        if (f.storable()) store80(s, a, f.result.significand, f.result.signExponent);
        return f.stored();
    }

    public static void fbstp(CpuState s, Insn i) {
        Fpu f = FpuMeanings.waiting(s);
        int a = i.linear(s, 10, CpuState.WRITE);
        s.tlb.writable(a, 10, 8);
        f.decimal();
        if (f.storable()) store80(s, a, f.conversion.decimal, f.conversion.decimalTop);
        FpuMeanings.noteMemory(s, i, f, a);
        if (f.stored()) f.pop();
    }

    static void store80(CpuState s, int a, long low, int high) {
        s.tlb.store64(a, low);
        s.tlb.store16(a + 8, high);
    }
}
