package org.lkpk.cpu.meaning;

import org.lkpk.cpu.state.CpuState;

/** MUL, and IMUL with one operand. */
@Changes(registers = {CpuState.EAX, CpuState.EDX}, operands = false)
public final class Multiplication {
    private Multiplication() { }

    public static void imul_a8(CpuState s, int b) {
        int r = (byte) s.r[0] * (byte) b;
        s.r16(CpuState.EAX, r);
        product(s, (byte) r, r != (byte) r);
    }

    public static void imul_a16(CpuState s, int b) {
        int r = (short) s.r[0] * (short) b;
        s.r16(CpuState.EAX, r);
        s.r16(CpuState.EDX, r >> 16);
        product(s, (short) r, r != (short) r);
    }

    public static void imul_a32(CpuState s, int b) {
        long r = (long) s.r[CpuState.EAX] * b;
        s.r[CpuState.EAX] = (int) r;
        s.r[CpuState.EDX] = (int) (r >> 32);
        product(s, (int) r, r != (int) r);
    }

    public static void mul8(CpuState s, int b) {
        int r = (s.r[0] & 0xFF) * b;
        s.r16(CpuState.EAX, r);
        product(s, (byte) r, r > 0xFF);
    }

    public static void mul16(CpuState s, int b) {
        int r = (s.r[0] & 0xFFFF) * b;
        s.r16(CpuState.EAX, r);
        s.r16(CpuState.EDX, r >>> 16);
        product(s, (short) r, r >>> 16 != 0);
    }

    public static void mul32(CpuState s, int b) {
        long r = (s.r[CpuState.EAX] & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL);
        s.r[CpuState.EAX] = (int) r;
        s.r[CpuState.EDX] = (int) (r >>> 32);
        product(s, (int) r, r >>> 32 != 0);
    }

    /** CF and OF say whether the upper half counts; SF, ZF, PF follow the lower one, as P6 and later leave them. */
    private static void product(CpuState s, int low, boolean wide) {
        s.result = low;
        s.carries = Carries.product(wide);
    }
}
