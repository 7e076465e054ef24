package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.meaning.SimdOperands.mmx;
import static org.lkpk.cpu.meaning.SimdOperands.mmxSource;
import static org.lkpk.cpu.meaning.SimdOperands.source128;
import static org.lkpk.cpu.meaning.SimdOperands.sse;

import java.util.function.LongUnaryOperator;
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
        low(s, i, 32);
    }

    public static void punpckhdq(CpuState s, Insn i) {
        high(s, i, 32);
    }

    public static void punpcklqdq(CpuState s, Insn i) {
        halves(s, i, false);
    }

    public static void punpckhqdq(CpuState s, Insn i) {
        halves(s, i, true);
    }

    public static void unpcklps(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        long a = u.xmm[2 * i.reg];
        u.set(i.reg, interleaved(a, u.low, 32), interleaved(a >>> 32, u.low >>> 32, 32));
    }

    public static void unpckhps(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        long a = u.xmm[2 * i.reg + 1];
        u.set(i.reg, interleaved(a, u.high, 32), interleaved(a >>> 32, u.high >>> 32, 32));
    }

    public static void unpcklpd(CpuState s, Insn i) {
        halves(s, i, false);
    }

    public static void unpckhpd(CpuState s, Insn i) {
        halves(s, i, true);
    }

    public static void packsswb(CpuState s, Insn i) {
        pack(s, i, 16, v -> signed(v, 8));
    }

    public static void packssdw(CpuState s, Insn i) {
        pack(s, i, 32, v -> signed(v, 16));
    }

    public static void packuswb(CpuState s, Insn i) {
        pack(s, i, 16, v -> unsigned(v));
    }

    public static void pshufw(CpuState s, Insn i) {
        long v = mmxSource(s, i);
        s.fpu.mmx(i.reg, words(v, i.immediate));
    }

    public static void pshuflw(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        u.set(i.reg, words(u.low, i.immediate), u.high);
    }

    public static void pshufhw(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        u.set(i.reg, u.low, words(u.high, i.immediate));
    }

    public static void pshufd(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        long low = u.low, high = u.high;
        int order = i.immediate;
        u.set(i.reg, pair(low, high, order), pair(low, high, order >> 4));
    }

    public static void shufps(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        int order = i.immediate;
        u.set(i.reg, pair(u.xmm[2 * i.reg], u.xmm[2 * i.reg + 1], order), pair(u.low, u.high, order >> 4));
    }

    public static void shufpd(CpuState s, Insn i) {
        Simd u = sse(s);
        source128(s, i);
        long first = u.xmm[2 * i.reg + (i.immediate & 1)];
        u.set(i.reg, first, (i.immediate & 2) != 0 ? u.high : u.low);
    }

    /** The low halves' elements of {@code width} bits by turns, that of {@code a} first. */
    private static long interleaved(long a, long b, int width) {
        long mask = (1L << width) - 1, v = 0;
        for (int n = 0; n < 32; n += width) v |= (a >>> n & mask) << 2 * n | (b >>> n & mask) << 2 * n + width;
        return v;
    }

    private static void low(CpuState s, Insn i, int width) {
        if (mmx(i)) {
            mmx(s);
            long b = i.memory() ? s.tlb.load32(i.linear(s, 4, CpuState.READ)) : s.fpu.mmx(i.rm);
            s.fpu.enterMmx();
            s.fpu.mmx(i.reg, interleaved(s.fpu.mmx(i.reg), b, width));
        } else {
            Simd u = sse(s);
            source128(s, i);
            long a = u.xmm[2 * i.reg];
            u.set(i.reg, interleaved(a, u.low, width), interleaved(a >>> 32, u.low >>> 32, width));
        }
    }

    private static void high(CpuState s, Insn i, int width) {
        if (mmx(i)) {
            long b = mmxSource(s, i);
            s.fpu.mmx(i.reg, interleaved(s.fpu.mmx(i.reg) >>> 32, b >>> 32, width));
        } else {
            Simd u = sse(s);
            source128(s, i);
            long a = u.xmm[2 * i.reg + 1];
            u.set(i.reg, interleaved(a, u.high, width), interleaved(a >>> 32, u.high >>> 32, width));
        }
    }

    private static void halves(CpuState s, Insn i, boolean high) {
        Simd u = sse(s);
        source128(s, i);
        u.set(i.reg, u.xmm[2 * i.reg + (high ? 1 : 0)], high ? u.high : u.low);
    }

    private static long signed(long v, int bits) {
        long greatest = (1L << bits - 1) - 1;
        return Math.max(~greatest, Math.min(greatest, v)) & 2 * greatest + 1;
    }

    private static long unsigned(long v) {
        return Math.max(0, Math.min(0xFF, v));
    }

    /** The signed elements of {@code width} bits, each made half as wide, in 32 bits. */
    private static long packed(long v, int width, LongUnaryOperator narrow) {
        long packed = 0;
        for (int n = 0; n < 64; n += width) packed |= narrow.applyAsLong(v << 64 - width - n >> 64 - width) << n / 2;
        return packed;
    }

    private static void pack(CpuState s, Insn i, int width, LongUnaryOperator narrow) {
        if (mmx(i)) {
            long b = mmxSource(s, i);
            s.fpu.mmx(i.reg, packed(s.fpu.mmx(i.reg), width, narrow) | packed(b, width, narrow) << 32);
        } else {
            Simd u = sse(s);
            source128(s, i);
            long low = packed(u.xmm[2 * i.reg], width, narrow) | packed(u.xmm[2 * i.reg + 1], width, narrow) << 32;
            u.set(i.reg, low, packed(u.low, width, narrow) | packed(u.high, width, narrow) << 32);
        }
    }

    /** Four words in the order that an immediate gives, two bits for each. */
    private static long words(long v, int order) {
        long shuffled = 0;
        for (int n = 0; n < 4; n++) shuffled |= (v >>> ((order >> 2 * n & 3) << 4) & 0xFFFF) << 16 * n;
        return shuffled;
    }

    private static long pair(long low, long high, int order) {
        return element(low, high, order & 3) | element(low, high, order >> 2 & 3) << 32;
    }

    private static long element(long low, long high, int n) {
        return (n < 2 ? low : high) >>> ((n & 1) << 5) & 0xFFFFFFFFL;
    }
}
