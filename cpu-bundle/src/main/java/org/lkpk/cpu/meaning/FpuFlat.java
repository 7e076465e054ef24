package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.fpu.Quick;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.View;

/**
 * x87 instructions with an operand in flat memory, while all exceptions are masked, for translated code: it has worked out
 * the address, {@code n} is the physical number of the top, of the new one where a number is pushed, and {@code number} the
 * instruction's, for faults.
 */
public final class FpuFlat {
    private FpuFlat() { }

    public static void addReal(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.addReal(n, m.load64(linear, number));
    }

    public static void subtractReal(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.subtractReal(n, m.load64(linear, number));
    }

    public static void subtractFromReal(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.subtractFromReal(n, m.load64(linear, number));
    }

    public static void multiplyReal(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.multiplyReal(n, m.load64(linear, number));
    }

    public static void divideByReal(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.divideByReal(n, m.load64(linear, number));
    }

    public static void divideReal(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.divideReal(n, m.load64(linear, number));
    }

    public static void pushReal(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.pushReal(n, m.load64(linear, number));
    }

    public static void compareReal(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.compareReal(n, m.load64(linear, number));
    }

    public static void addSingle(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.addSingle(n, m.load32(linear, number));
    }

    public static void subtractSingle(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.subtractSingle(n, m.load32(linear, number));
    }

    public static void subtractFromSingle(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.subtractFromSingle(n, m.load32(linear, number));
    }

    public static void multiplySingle(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.multiplySingle(n, m.load32(linear, number));
    }

    public static void divideBySingle(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.divideBySingle(n, m.load32(linear, number));
    }

    public static void divideSingle(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.divideSingle(n, m.load32(linear, number));
    }

    public static void pushSingle(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.pushSingle(n, m.load32(linear, number));
    }

    public static void compareSingle(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.compareSingle(n, m.load32(linear, number));
    }

    public static void pushExtended(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.pushExtended(n, m.load64(linear, number), m.load16(linear + 8, number));
    }

    public static void pushInteger16(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.pushInteger(n, (short) m.load16(linear, number));
    }

    public static void pushInteger32(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.pushInteger(n, m.load32(linear, number));
    }

    public static void pushInteger64(CpuState s, View m, Quick f, int n, int linear, int number) {
        f.pushInteger(n, m.load64(linear, number));
    }

    public static void storeReal(CpuState s, View m, Quick f, int n, int linear, int number) {
        long normal = f.real(n);
        if (normal == Fpu.NO_REAL) FpuMoves.storeReal(s, slow(s, f, number), linear);
        else {
            m.store64(linear, normal, number);
            f.fpu().normalStored();
        }
    }

    public static void storeExtended(CpuState s, View m, Quick f, int n, int linear, int number) {
        if (f.vacant(n) || (linear & 0xFFF) > 0x1000 - 10) FpuMoves.storeExtended(s, slow(s, f, number), linear);
        else {
            m.store64(linear, f.significands()[n & 7], number);
            m.store16(linear + 8, f.words()[n & 7], number);
            f.fpu().clearC1();
        }
    }

    public static void storeSingle(CpuState s, View m, Quick f, int n, int linear, int number) {
        FpuMoves.storeSingle(s, slow(s, f, number), linear);
    }

    public static void storeInteger16(CpuState s, View m, Quick f, int n, int linear, int number) {
        long normal = f.integer(n, 16);
        if (normal == Fpu.NO_INTEGER) FpuMoves.storeInteger16(s, slow(s, f, number), linear);
        else {
            m.store16(linear, (int) normal, number);
            f.fpu().normalStored();
        }
    }

    public static void storeInteger32(CpuState s, View m, Quick f, int n, int linear, int number) {
        long normal = f.integer(n, 32);
        if (normal == Fpu.NO_INTEGER) FpuMoves.storeInteger32(s, slow(s, f, number), linear);
        else {
            m.store32(linear, (int) normal, number);
            f.fpu().normalStored();
        }
    }

    public static void storeInteger64(CpuState s, View m, Quick f, int n, int linear, int number) {
        long normal = f.integer(n, 64);
        if (normal == Fpu.NO_INTEGER) FpuMoves.storeInteger64(s, slow(s, f, number), linear);
        else {
            m.store64(linear, normal, number);
            f.fpu().normalStored();
        }
    }

    private static Fpu slow(CpuState s, Quick f, int number) {
        s.progress = number;
        return f.fpu();
    }
}
