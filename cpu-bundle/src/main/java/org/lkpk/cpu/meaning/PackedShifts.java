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
        byOperand(s, i, (v, count) -> right(v, 16, count));
    }

    public static void psrlw_i(CpuState s, Insn i) {
        byImmediate(s, i, (v, count) -> right(v, 16, count));
    }

    public static void psraw(CpuState s, Insn i) {
        byOperand(s, i, (v, count) -> arithmetic(v, 16, count));
    }

    public static void psraw_i(CpuState s, Insn i) {
        byImmediate(s, i, (v, count) -> arithmetic(v, 16, count));
    }

    public static void psllw(CpuState s, Insn i) {
        byOperand(s, i, (v, count) -> left(v, 16, count));
    }

    public static void psllw_i(CpuState s, Insn i) {
        byImmediate(s, i, (v, count) -> left(v, 16, count));
    }

    public static void psrld(CpuState s, Insn i) {
        byOperand(s, i, (v, count) -> right(v, 32, count));
    }

    public static void psrld_i(CpuState s, Insn i) {
        byImmediate(s, i, (v, count) -> right(v, 32, count));
    }

    public static void psrad(CpuState s, Insn i) {
        byOperand(s, i, (v, count) -> arithmetic(v, 32, count));
    }

    public static void psrad_i(CpuState s, Insn i) {
        byImmediate(s, i, (v, count) -> arithmetic(v, 32, count));
    }

    public static void pslld(CpuState s, Insn i) {
        byOperand(s, i, (v, count) -> left(v, 32, count));
    }

    public static void pslld_i(CpuState s, Insn i) {
        byImmediate(s, i, (v, count) -> left(v, 32, count));
    }

    public static void psrlq(CpuState s, Insn i) {
        byOperand(s, i, (v, count) -> right(v, 64, count));
    }

    public static void psrlq_i(CpuState s, Insn i) {
        byImmediate(s, i, (v, count) -> right(v, 64, count));
    }

    public static void psllq(CpuState s, Insn i) {
        byOperand(s, i, (v, count) -> left(v, 64, count));
    }

    public static void psllq_i(CpuState s, Insn i) {
        byImmediate(s, i, (v, count) -> left(v, 64, count));
    }

    public static void psrldq(CpuState s, Insn i) {
        Simd u = sse(s);
        int count = Math.min(i.immediate & 0xFF, 16) << 3;
        long low = u.xmm[2 * i.rm], high = u.xmm[2 * i.rm + 1];
        if (count == 0) return;
        if (count < 64) u.set(i.rm, low >>> count | high << -count, high >>> count);
        else u.set(i.rm, count < 128 ? high >>> count : 0, 0);
    }

    public static void pslldq(CpuState s, Insn i) {
        Simd u = sse(s);
        int count = Math.min(i.immediate & 0xFF, 16) << 3;
        long low = u.xmm[2 * i.rm], high = u.xmm[2 * i.rm + 1];
        if (count == 0) return;
        if (count < 64) u.set(i.rm, low << count, high << count | low >>> -count);
        else u.set(i.rm, 0, count < 128 ? low << count : 0);
    }

    private interface Shift {
        long of(long v, int count);
    }

    /** The bits that stay when each element of {@code width} bits is shifted right by {@code count}. */
    private static long kept(int width, int count) {
        long element = (width == 64 ? -1 : (1L << width) - 1) >>> count, all = 0;
        for (int n = 0; n < 64; n += width) all |= element << n;
        return all;
    }

    private static long right(long v, int width, int count) {
        return count >= width ? 0 : v >>> count & kept(width, count);
    }

    private static long left(long v, int width, int count) {
        return count >= width ? 0 : (v & kept(width, count)) << count;
    }

    /** A count beyond the element's width leaves its sign alone. */
    private static long arithmetic(long v, int width, int count) {
        int by = Math.min(count, width - 1);
        long shifted = 0;
        for (int n = 0; n < 64; n += width)
            shifted |= (v << 64 - width - n >> 64 - width + by & kept(width, 0) >>> 64 - width) << n;
        return shifted;
    }

    /** Counts are unsigned 64-bit numbers: all above 64 are alike. */
    private static int count(long v) {
        return Long.compareUnsigned(v, 64) > 0 ? 64 : (int) v;
    }

    private static void byOperand(CpuState s, Insn i, Shift shift) {
        if (mmx(i)) {
            int count = count(mmxSource(s, i));
            s.fpu.mmx(i.reg, shift.of(s.fpu.mmx(i.reg), count));
        } else {
            Simd u = sse(s);
            source128(s, i);
            shift(u, i.reg, shift, count(u.low));
        }
    }

    private static void byImmediate(CpuState s, Insn i, Shift shift) {
        int count = count(i.immediate & 0xFF);
        if (mmx(i)) s.fpu.mmx(i.rm, shift.of(mmxSource(s, i), count));
        else shift(sse(s), i.rm, shift, count);
    }

    private static void shift(Simd u, int register, Shift shift, int count) {
        u.set(register, shift.of(u.xmm[2 * register], count), shift.of(u.xmm[2 * register + 1], count));
    }
}
