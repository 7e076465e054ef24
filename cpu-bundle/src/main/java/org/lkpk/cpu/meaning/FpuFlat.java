package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.fpu.Quick;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.View;

/**
 * x87 instructions with an operand in flat memory, while all exceptions are masked, for translated code: it has worked out
 * the address, and {@code n} is the physical number of the top; of the new one where a number is pushed.
 */
public final class FpuFlat {
    private FpuFlat() { }

    public static void addReal(CpuState s, View m, Quick f, int n, int linear) {
        f.addReal(n, m.load64(linear));
    }

    public static void subtractReal(CpuState s, View m, Quick f, int n, int linear) {
        f.subtractReal(n, m.load64(linear));
    }

    public static void subtractFromReal(CpuState s, View m, Quick f, int n, int linear) {
        f.subtractFromReal(n, m.load64(linear));
    }

    public static void multiplyReal(CpuState s, View m, Quick f, int n, int linear) {
        f.multiplyReal(n, m.load64(linear));
    }

    public static void divideByReal(CpuState s, View m, Quick f, int n, int linear) {
        f.divideByReal(n, m.load64(linear));
    }

    public static void divideReal(CpuState s, View m, Quick f, int n, int linear) {
        f.divideReal(n, m.load64(linear));
    }

    public static void pushReal(CpuState s, View m, Quick f, int n, int linear) {
        f.pushReal(n, m.load64(linear));
    }

    public static void compareReal(CpuState s, View m, Quick f, int n, int linear) {
        f.compareReal(n, m.load64(linear));
    }

    public static void addSingle(CpuState s, View m, Quick f, int n, int linear) {
        f.addSingle(n, m.load32(linear));
    }

    public static void subtractSingle(CpuState s, View m, Quick f, int n, int linear) {
        f.subtractSingle(n, m.load32(linear));
    }

    public static void subtractFromSingle(CpuState s, View m, Quick f, int n, int linear) {
        f.subtractFromSingle(n, m.load32(linear));
    }

    public static void multiplySingle(CpuState s, View m, Quick f, int n, int linear) {
        f.multiplySingle(n, m.load32(linear));
    }

    public static void divideBySingle(CpuState s, View m, Quick f, int n, int linear) {
        f.divideBySingle(n, m.load32(linear));
    }

    public static void divideSingle(CpuState s, View m, Quick f, int n, int linear) {
        f.divideSingle(n, m.load32(linear));
    }

    public static void pushSingle(CpuState s, View m, Quick f, int n, int linear) {
        f.pushSingle(n, m.load32(linear));
    }

    public static void compareSingle(CpuState s, View m, Quick f, int n, int linear) {
        f.compareSingle(n, m.load32(linear));
    }

    public static void pushExtended(CpuState s, View m, Quick f, int n, int linear) {
        f.pushExtended(n, m.load64(linear), m.load16(linear + 8));
    }

    public static void pushInteger16(CpuState s, View m, Quick f, int n, int linear) {
        f.pushInteger(n, (short) m.load16(linear));
    }

    public static void pushInteger32(CpuState s, View m, Quick f, int n, int linear) {
        f.pushInteger(n, m.load32(linear));
    }

    public static void pushInteger64(CpuState s, View m, Quick f, int n, int linear) {
        f.pushInteger(n, m.load64(linear));
    }

    public static void storeReal(CpuState s, View m, Quick f, int n, int linear) {
        long normal = f.real(n);
        if (normal == Fpu.NO_REAL) FpuMoves.storeReal(s, f.fpu(), linear);
        else {
            m.store64(linear, normal);
            f.fpu().normalStored();
        }
    }

    public static void storeExtended(CpuState s, View m, Quick f, int n, int linear) {
        if (f.vacant(n) || (linear & 0xFFF) > 0x1000 - 10) FpuMoves.storeExtended(s, f.fpu(), linear);
        else {
            m.store64(linear, f.significands()[n & 7]);
            m.store16(linear + 8, f.words()[n & 7]);
            f.fpu().clearC1();
        }
    }

    public static void storeSingle(CpuState s, View m, Quick f, int n, int linear) {
        FpuMoves.storeSingle(s, f.fpu(), linear);
    }

    public static void storeInteger16(CpuState s, View m, Quick f, int n, int linear) {
        FpuMoves.storeInteger16(s, f.fpu(), linear);
    }

    public static void storeInteger32(CpuState s, View m, Quick f, int n, int linear) {
        FpuMoves.storeInteger32(s, f.fpu(), linear);
    }

    public static void storeInteger64(CpuState s, View m, Quick f, int n, int linear) {
        FpuMoves.storeInteger64(s, f.fpu(), linear);
    }
}
