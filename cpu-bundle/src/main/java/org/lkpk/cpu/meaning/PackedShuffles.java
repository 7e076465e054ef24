package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.meaning.SimdOperands.mmx;
import static org.lkpk.cpu.meaning.SimdOperands.mmxSource;
import static org.lkpk.cpu.meaning.SimdOperands.source128;
import static org.lkpk.cpu.meaning.SimdOperands.sse;

import java.util.function.LongBinaryOperator;
import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Interleaving, narrowing and reordering of the elements of MMX and XMM registers. */
@Changes(operands = false)
public final class PackedShuffles {
    private PackedShuffles() { }

    public static void punpcklbw(CpuState s, Insn i) {
        low(s, i, 8);
    }

    public static void punpckhbw(CpuState s, Insn i) {
        high(s, i, 8);
    }

    public static void punpcklwd(CpuState s, Insn i) {
        low(s, i, 16);
    }

    public static void punpckhwd(CpuState s, Insn i) {
        high(s, i, 16);
    }

    public static void punpckldq(CpuState s, Insn i) {
        if (mmx(i)) low(s, i, 32);
        else doublewords(s, i);
    }

    public static void punpckhdq(CpuState s, Insn i) {
        if (mmx(i)) high(s, i, 32);
        else doublewords(s, i);
    }

    public static void punpcklqdq(CpuState s, Insn i) {
        doublewords(s, i);
    }

    public static void punpckhqdq(CpuState s, Insn i) {
        doublewords(s, i);
    }

    public static void unpcklps(CpuState s, Insn i) {
        doublewords(s, i);
    }

    public static void unpckhps(CpuState s, Insn i) {
        doublewords(s, i);
    }

    public static void unpcklpd(CpuState s, Insn i) {
        doublewords(s, i);
    }

    public static void unpckhpd(CpuState s, Insn i) {
        doublewords(s, i);
    }

    public static void pshufd(CpuState s, Insn i) {
        doublewords(s, i);
    }

    public static void shufps(CpuState s, Insn i) {
        doublewords(s, i);
    }

    public static void shufpd(CpuState s, Insn i) {
        doublewords(s, i);
    }

    public static void packsswb(CpuState s, Insn i) {
        pack(s, i, Halves::packsswb);
    }

    public static void packssdw(CpuState s, Insn i) {
        pack(s, i, Halves::packssdw);
    }

    public static void packuswb(CpuState s, Insn i) {
        pack(s, i, Halves::packuswb);
    }

    public static void pshufw(CpuState s, Insn i) {
        long v = mmxSource(s, i);
        s.fpu.mmx(i.reg, Halves.words(v, i.immediate));
    }

    public static void pshuflw(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        u.set(i.reg, Halves.words(u.low, i.immediate), u.high);
    }

    public static void pshufhw(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        u.set(i.reg, u.low, Halves.words(u.high, i.immediate));
    }

    private static void low(CpuState s, Insn i, int width) {
        if (mmx(i)) {
            mmx(s);
            long b = i.memory() ? s.tlb.load32(i.linear(s, 4, CpuState.READ)) : s.fpu.mmx(i.rm);
            s.fpu.enterMmx();
            s.fpu.mmx(i.reg, Halves.interleaved(s.fpu.mmx(i.reg), b, width));
        } else {
            Simd u = sse(s);
            source128(s, i);
            long a = u.xmm[2 * i.reg];
            u.set(i.reg, Halves.interleaved(a, u.low, width), Halves.interleaved(a >>> 32, u.low >>> 32, width));
        }
    }

    private static void high(CpuState s, Insn i, int width) {
        if (mmx(i)) {
            long b = mmxSource(s, i);
            s.fpu.mmx(i.reg, Halves.interleaved(s.fpu.mmx(i.reg) >>> 32, b >>> 32, width));
        } else {
            Simd u = sse(s);
            source128(s, i);
            long a = u.xmm[2 * i.reg + 1];
            u.set(i.reg, Halves.interleaved(a, u.high, width), Halves.interleaved(a >>> 32, u.high >>> 32, width));
        }
    }

    private static void pack(CpuState s, Insn i, LongBinaryOperator pack) {
        if (mmx(i)) {
            long b = mmxSource(s, i);
            s.fpu.mmx(i.reg, pack.applyAsLong(s.fpu.mmx(i.reg), b));
        } else {
            Simd u = sse(s);
            source128(s, i);
            u.set(i.reg, pack.applyAsLong(u.xmm[2 * i.reg], u.xmm[2 * i.reg + 1]), pack.applyAsLong(u.low, u.high));
        }
    }

    /** What only moves doublewords: see {@link Halves#order}. */
    private static void doublewords(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        long low = u.xmm[2 * i.reg], high = u.xmm[2 * i.reg + 1];
        int order = Halves.order(i);
        u.set(i.reg, pair(order, low, high, u.low, u.high), pair(order >> 8, low, high, u.low, u.high));
    }

    private static long pair(int order, long a, long b, long c, long d) {
        return element(order & 7, a, b, c, d) & 0xFFFFFFFFL | element(order >> 4 & 7, a, b, c, d) << 32;
    }

    private static long element(int n, long a, long b, long c, long d) {
        return (n < 4 ? n < 2 ? a : b : n < 6 ? c : d) >>> ((n & 1) << 5);
    }
}
