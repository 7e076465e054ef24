package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.meaning.SimdOperands.mmx;
import static org.lkpk.cpu.meaning.SimdOperands.mmxSource;
import static org.lkpk.cpu.meaning.SimdOperands.source128;
import static org.lkpk.cpu.meaning.SimdOperands.sse;

import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Shifts of packed integers, by an operand or an immediate ({@code _i}), and of whole XMM registers by bytes. */
@Changes(operands = false)
public final class PackedShifts {
    private PackedShifts() { }

    public static void psrlw(CpuState s, Insn i) {
        byOperand(s, i, Halves::psrlw);
    }

    public static void psrlw_i(CpuState s, Insn i) {
        byImmediate(s, i, Halves::psrlw);
    }

    public static void psraw(CpuState s, Insn i) {
        byOperand(s, i, Halves::psraw);
    }

    public static void psraw_i(CpuState s, Insn i) {
        byImmediate(s, i, Halves::psraw);
    }

    public static void psllw(CpuState s, Insn i) {
        byOperand(s, i, Halves::psllw);
    }

    public static void psllw_i(CpuState s, Insn i) {
        byImmediate(s, i, Halves::psllw);
    }

    public static void psrld(CpuState s, Insn i) {
        byOperand(s, i, Halves::psrld);
    }

    public static void psrld_i(CpuState s, Insn i) {
        byImmediate(s, i, Halves::psrld);
    }

    public static void psrad(CpuState s, Insn i) {
        byOperand(s, i, Halves::psrad);
    }

    public static void psrad_i(CpuState s, Insn i) {
        byImmediate(s, i, Halves::psrad);
    }

    public static void pslld(CpuState s, Insn i) {
        byOperand(s, i, Halves::pslld);
    }

    public static void pslld_i(CpuState s, Insn i) {
        byImmediate(s, i, Halves::pslld);
    }

    public static void psrlq(CpuState s, Insn i) {
        byOperand(s, i, Halves::psrlq);
    }

    public static void psrlq_i(CpuState s, Insn i) {
        byImmediate(s, i, Halves::psrlq);
    }

    public static void psllq(CpuState s, Insn i) {
        byOperand(s, i, Halves::psllq);
    }

    public static void psllq_i(CpuState s, Insn i) {
        byImmediate(s, i, Halves::psllq);
    }

    public static void psrldq(CpuState s, Insn i) {
        Simd u = sse(s);
        long low = u.xmm[2 * i.rm], high = u.xmm[2 * i.rm + 1];
        int by = Halves.byteShift(i.immediate);
        u.set(i.rm, Halves.part(low, high, by), Halves.part(low, high, 64 + by));
    }

    public static void pslldq(CpuState s, Insn i) {
        Simd u = sse(s);
        long low = u.xmm[2 * i.rm], high = u.xmm[2 * i.rm + 1];
        int by = Halves.byteShift(i.immediate);
        u.set(i.rm, Halves.part(low, high, -by), Halves.part(low, high, 64 - by));
    }

    private interface Shift {
        long of(long v, int count);
    }

    private static void byOperand(CpuState s, Insn i, Shift shift) {
        if (mmx(i)) {
            int count = Halves.count(mmxSource(s, i));
            s.fpu.mmx(i.reg, shift.of(s.fpu.mmx(i.reg), count));
        } else {
            Simd u = sse(s);
            source128(s, i);
            shift(u, i.reg, shift, Halves.count(u.low));
        }
    }

    private static void byImmediate(CpuState s, Insn i, Shift shift) {
        int count = Halves.count(i.immediate & 0xFF);
        if (mmx(i)) s.fpu.mmx(i.rm, shift.of(mmxSource(s, i), count));
        else shift(sse(s), i.rm, shift, count);
    }

    private static void shift(Simd u, int register, Shift shift, int count) {
        u.set(register, shift.of(u.xmm[2 * register], count), shift.of(u.xmm[2 * register + 1], count));
    }
}
