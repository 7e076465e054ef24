package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.meaning.SimdOperands.mmx;
import static org.lkpk.cpu.meaning.SimdOperands.mmxSource;
import static org.lkpk.cpu.meaning.SimdOperands.source128;
import static org.lkpk.cpu.meaning.SimdOperands.source32;
import static org.lkpk.cpu.meaning.SimdOperands.source64;
import static org.lkpk.cpu.meaning.SimdOperands.sse;
import static org.lkpk.cpu.meaning.SimdOperands.store128;

import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Moves between MMX, XMM, general registers and memory. Those called non-temporal have no cache to go around. */
@Changes
public final class SimdMoves {
    private static final long SIGNS = 0x8080808080808080L;

    private SimdMoves() { }

    // 32 bits

    private static long general(CpuState s, Insn i) {
        return (i.memory() ? s.tlb.load32(i.linear(s, 4, CpuState.READ)) : s.r[i.rm]) & 0xFFFFFFFFL;
    }

    private static void general(CpuState s, Insn i, int value) {
        if (i.memory()) s.tlb.store32(i.linear(s, 4, CpuState.WRITE), value);
        else s.r[i.rm] = value;
    }

    public static void movd_toMmx(CpuState s, Insn i) {
        mmx(s);
        long v = general(s, i);
        s.fpu.enterMmx();
        s.fpu.mmx(i.reg, v);
    }

    public static void movd_ofMmx(CpuState s, Insn i) {
        mmx(s);
        general(s, i, (int) s.fpu.mmx(i.reg));
        s.fpu.enterMmx();
    }

    public static void movd_toXmm(CpuState s, Insn i) {
        sse(s).set(i.reg, general(s, i), 0);
    }

    public static void movd_ofXmm(CpuState s, Insn i) {
        general(s, i, (int) sse(s).xmm[2 * i.reg]);
    }

    public static void movnti(CpuState s, Insn i) {
        s.tlb.store32(i.linear(s, 4, CpuState.WRITE), s.r[i.reg]);
    }

    public static void movss(CpuState s, Insn i) {
        Simd u = sse(s);
        long v = source32(s, i);
        if (i.memory()) u.set(i.reg, v, 0);
        else u.xmm[2 * i.reg] = u.xmm[2 * i.reg] & ~0xFFFFFFFFL | v;
    }

    public static void movss_store(CpuState s, Insn i) {
        Simd u = sse(s);
        long v = u.xmm[2 * i.reg] & 0xFFFFFFFFL;
        if (i.memory()) s.tlb.store32(i.linear(s, 4, CpuState.WRITE), (int) v);
        else u.xmm[2 * i.rm] = u.xmm[2 * i.rm] & ~0xFFFFFFFFL | v;
    }

    // 64 bits

    public static void movq_mmx(CpuState s, Insn i) {
        s.fpu.mmx(i.reg, mmxSource(s, i));
    }

    public static void movq_mmxStore(CpuState s, Insn i) {
        mmx(s);
        long v = s.fpu.mmx(i.reg);
        if (i.memory()) s.tlb.store64(i.linear(s, 8, CpuState.WRITE), v);
        s.fpu.enterMmx();
        if (!i.memory()) s.fpu.mmx(i.rm, v);
    }

    public static void movntq(CpuState s, Insn i) {
        movq_mmxStore(s, i);
    }

    public static void movq_load(CpuState s, Insn i) {
        sse(s).set(i.reg, source64(s, i), 0);
    }

    public static void movq_store(CpuState s, Insn i) {
        Simd u = sse(s);
        long v = u.xmm[2 * i.reg];
        if (i.memory()) s.tlb.store64(i.linear(s, 8, CpuState.WRITE), v);
        else u.set(i.rm, v, 0);
    }

    public static void movsd(CpuState s, Insn i) {
        Simd u = sse(s);
        long v = source64(s, i);
        u.xmm[2 * i.reg] = v;
        if (i.memory()) u.xmm[2 * i.reg + 1] = 0;
    }

    public static void movsd_store(CpuState s, Insn i) {
        Simd u = sse(s);
        long v = u.xmm[2 * i.reg];
        if (i.memory()) s.tlb.store64(i.linear(s, 8, CpuState.WRITE), v);
        else u.xmm[2 * i.rm] = v;
    }

    /** Loads half 0 or 1. */
    private static void load(CpuState s, Insn i, int half) {
        Simd u = sse(s);
        u.xmm[2 * i.reg + half] = source64(s, i);
    }

    private static void store(CpuState s, Insn i, int half) {
        long v = sse(s).xmm[2 * i.reg + half];
        s.tlb.store64(i.linear(s, 8, CpuState.WRITE), v);
    }

    public static void movlps(CpuState s, Insn i) {
        load(s, i, 0);
    }

    public static void movlpd(CpuState s, Insn i) {
        load(s, i, 0);
    }

    public static void movhps(CpuState s, Insn i) {
        load(s, i, 1);
    }

    public static void movhpd(CpuState s, Insn i) {
        load(s, i, 1);
    }

    public static void movlps_store(CpuState s, Insn i) {
        store(s, i, 0);
    }

    public static void movlpd_store(CpuState s, Insn i) {
        store(s, i, 0);
    }

    public static void movhps_store(CpuState s, Insn i) {
        store(s, i, 1);
    }

    public static void movhpd_store(CpuState s, Insn i) {
        store(s, i, 1);
    }

    public static void movhlps(CpuState s, Insn i) {
        Simd u = sse(s);
        u.xmm[2 * i.reg] = u.xmm[2 * i.rm + 1];
    }

    public static void movlhps(CpuState s, Insn i) {
        Simd u = sse(s);
        u.xmm[2 * i.reg + 1] = u.xmm[2 * i.rm];
    }

    public static void movq2dq(CpuState s, Insn i) {
        sse(s);
        mmx(s);
        s.fpu.enterMmx();
        s.simd.set(i.reg, s.fpu.mmx(i.rm), 0);
    }

    public static void movdq2q(CpuState s, Insn i) {
        sse(s);
        mmx(s);
        s.fpu.enterMmx();
        s.fpu.mmx(i.reg, s.simd.xmm[2 * i.rm]);
    }

    // 128 bits

    private static void load(CpuState s, Insn i, boolean aligned) {
        Simd u = sse(s);
        source128(s, i, aligned);
        u.set(i.reg, u.low, u.high);
    }

    private static void store(CpuState s, Insn i, boolean aligned) {
        Simd u = sse(s);
        store128(s, i, u.xmm[2 * i.reg], u.xmm[2 * i.reg + 1], aligned);
    }

    public static void movaps(CpuState s, Insn i) {
        load(s, i, true);
    }

    public static void movaps_store(CpuState s, Insn i) {
        store(s, i, true);
    }

    public static void movapd(CpuState s, Insn i) {
        load(s, i, true);
    }

    public static void movapd_store(CpuState s, Insn i) {
        store(s, i, true);
    }

    public static void movdqa(CpuState s, Insn i) {
        load(s, i, true);
    }

    public static void movdqa_store(CpuState s, Insn i) {
        store(s, i, true);
    }

    public static void movups(CpuState s, Insn i) {
        load(s, i, false);
    }

    public static void movups_store(CpuState s, Insn i) {
        store(s, i, false);
    }

    public static void movupd(CpuState s, Insn i) {
        load(s, i, false);
    }

    public static void movupd_store(CpuState s, Insn i) {
        store(s, i, false);
    }

    public static void movdqu(CpuState s, Insn i) {
        load(s, i, false);
    }

    public static void movdqu_store(CpuState s, Insn i) {
        store(s, i, false);
    }

    public static void movntps(CpuState s, Insn i) {
        store(s, i, true);
    }

    public static void movntpd(CpuState s, Insn i) {
        store(s, i, true);
    }

    public static void movntdq(CpuState s, Insn i) {
        store(s, i, true);
    }

    // Masks and single words

    public static void movmskps(CpuState s, Insn i) {
        Simd u = sse(s);
        s.r[i.reg] = Halves.singleSigns(u.xmm[2 * i.rm]) | Halves.singleSigns(u.xmm[2 * i.rm + 1]) << 2;
    }

    public static void movmskpd(CpuState s, Insn i) {
        Simd u = sse(s);
        s.r[i.reg] = (int) (u.xmm[2 * i.rm] >>> 63 | u.xmm[2 * i.rm + 1] >>> 63 << 1);
    }

    public static void pmovmskb(CpuState s, Insn i) {
        if (mmx(i)) s.r[i.reg] = Halves.signs(mmxSource(s, i));
        else {
            Simd u = sse(s);
            s.r[i.reg] = Halves.signs(u.xmm[2 * i.rm]) | Halves.signs(u.xmm[2 * i.rm + 1]) << 8;
        }
    }

    public static void maskmovq(CpuState s, Insn i) {
        mmx(s);
        masked(s, i, s.fpu.mmx(i.reg), 0, s.fpu.mmx(i.rm), 0, 8);
        s.fpu.enterMmx();
    }

    public static void maskmovdqu(CpuState s, Insn i) {
        Simd u = sse(s);
        masked(s, i, u.xmm[2 * i.reg], u.xmm[2 * i.reg + 1], u.xmm[2 * i.rm], u.xmm[2 * i.rm + 1], 16);
    }

    /** Stores to [EDI] the bytes whose mask is negative; without any nothing is touched. */
    private static void masked(CpuState s, Insn i, long low, long high, long mask, long maskHigh, int size) {
        int to = i.addressSize == 16 ? s.r[CpuState.EDI] & 0xFFFF : s.r[CpuState.EDI];
        if (((mask | maskHigh) & SIGNS) == 0) return;
        int a = s.linear(i.segment, to, size, CpuState.WRITE);
        for (int n = 0; n < size; n++)
            if ((n < 8 ? mask : maskHigh) << 56 - 8 * (n & 7) < 0) s.tlb.writable(a + n, 1);
        for (int n = 0; n < size; n++)
            if ((n < 8 ? mask : maskHigh) << 56 - 8 * (n & 7) < 0) s.tlb.store8(a + n, (int) ((n < 8 ? low : high) >>> 8 * (n & 7)));
    }

    public static void pinsrw(CpuState s, Insn i) {
        boolean mmx = mmx(i);
        if (mmx) mmx(s);
        else sse(s);
        long word = i.memory() ? s.tlb.load16(i.linear(s, 2, CpuState.READ)) : s.r[i.rm] & 0xFFFF;
        int shift = (i.immediate & 3) << 4, half = mmx ? 0 : i.immediate >> 2 & 1;
        long before = mmx ? s.fpu.mmx(i.reg) : s.simd.xmm[2 * i.reg + half];
        long v = before & ~(0xFFFFL << shift) | word << shift;
        if (mmx) {
            s.fpu.enterMmx();
            s.fpu.mmx(i.reg, v);
        } else s.simd.xmm[2 * i.reg + half] = v;
    }

    public static void pextrw(CpuState s, Insn i) {
        long v = mmx(i) ? mmxSource(s, i) : sse(s).xmm[2 * i.rm + (i.immediate >> 2 & 1)];
        s.r[i.reg] = (int) (v >>> ((i.immediate & 3) << 4)) & 0xFFFF;
    }
}
