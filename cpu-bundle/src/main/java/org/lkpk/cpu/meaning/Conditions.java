package org.lkpk.cpu.meaning;

import org.lkpk.cpu.state.CpuState;

/** The sixteen conditions of Jcc, SETcc and CMOVcc, by the letters that follow there, of {@link CpuState}'s two words of flags. */
public final class Conditions {
    private Conditions() { }

    public static boolean o(int result, int carries) {
        return (carries ^ carries << 1) < 0;
    }

    public static boolean no(int result, int carries) {
        return (carries ^ carries << 1) >= 0;
    }

    public static boolean b(int result, int carries) {
        return carries < 0;
    }

    public static boolean ae(int result, int carries) {
        return carries >= 0;
    }

    public static boolean e(int result, int carries) {
        return result == 0;
    }

    public static boolean ne(int result, int carries) {
        return result != 0;
    }

    public static boolean be(int result, int carries) {
        return carries < 0 || result == 0;
    }

    public static boolean a(int result, int carries) {
        return carries >= 0 && result != 0;
    }

    public static boolean s(int result, int carries) {
        return (result ^ carries << 31) < 0;
    }

    public static boolean ns(int result, int carries) {
        return (result ^ carries << 31) >= 0;
    }

    public static boolean p(int result, int carries) {
        return CpuState.parity(result, carries);
    }

    public static boolean np(int result, int carries) {
        return !CpuState.parity(result, carries);
    }

    public static boolean l(int result, int carries) {
        return (result ^ carries << 31 ^ carries ^ carries << 1) < 0;
    }

    public static boolean ge(int result, int carries) {
        return (result ^ carries << 31 ^ carries ^ carries << 1) >= 0;
    }

    public static boolean le(int result, int carries) {
        return result == 0 || l(result, carries);
    }

    public static boolean g(int result, int carries) {
        return result != 0 && ge(result, carries);
    }
}
