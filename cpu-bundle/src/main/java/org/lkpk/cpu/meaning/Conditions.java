package org.lkpk.cpu.meaning;

import org.lkpk.cpu.state.CpuState;

/** The sixteen conditions of Jcc, SETcc and CMOVcc, by the letters that follow there. */
public final class Conditions {
    private Conditions() { }

    public static boolean o(CpuState s) {
        return (s.carries ^ s.carries << 1) < 0;
    }

    public static boolean no(CpuState s) {
        return (s.carries ^ s.carries << 1) >= 0;
    }

    public static boolean b(CpuState s) {
        return s.carries < 0;
    }

    public static boolean ae(CpuState s) {
        return s.carries >= 0;
    }

    public static boolean e(CpuState s) {
        return s.result == 0;
    }

    public static boolean ne(CpuState s) {
        return s.result != 0;
    }

    public static boolean be(CpuState s) {
        return s.carries < 0 || s.result == 0;
    }

    public static boolean a(CpuState s) {
        return s.carries >= 0 && s.result != 0;
    }

    public static boolean s(CpuState s) {
        return (s.result ^ s.carries << 31) < 0;
    }

    public static boolean ns(CpuState s) {
        return (s.result ^ s.carries << 31) >= 0;
    }

    public static boolean p(CpuState s) {
        return s.parity();
    }

    public static boolean np(CpuState s) {
        return !s.parity();
    }

    public static boolean l(CpuState s) {
        return (s.result ^ s.carries << 31 ^ s.carries ^ s.carries << 1) < 0;
    }

    public static boolean ge(CpuState s) {
        return (s.result ^ s.carries << 31 ^ s.carries ^ s.carries << 1) >= 0;
    }

    public static boolean le(CpuState s) {
        return s.result == 0 || l(s);
    }

    public static boolean g(CpuState s) {
        return s.result != 0 && ge(s);
    }
}
