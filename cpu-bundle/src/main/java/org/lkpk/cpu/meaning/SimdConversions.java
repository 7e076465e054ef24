package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.meaning.SimdOperands.complete;
import static org.lkpk.cpu.meaning.SimdOperands.compute;
import static org.lkpk.cpu.meaning.SimdOperands.mmx;
import static org.lkpk.cpu.meaning.SimdOperands.mmxSource;
import static org.lkpk.cpu.meaning.SimdOperands.source128;
import static org.lkpk.cpu.meaning.SimdOperands.source32;
import static org.lkpk.cpu.meaning.SimdOperands.source64;

import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.fpu.SimdFormat;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Conversions between integers, single and double precision in MMX, XMM and general registers. */
@Changes
public final class SimdConversions {
    private SimdConversions() { }

    public static void cvtpi2ps(CpuState s, Insn i) {
        Simd u = compute(s);
        long v = pair(s, i);
        long low = u.single.ofInteger((int) v) | u.single.ofInteger((int) (v >>> 32)) << 32;
        complete(s);
        u.xmm[2 * i.reg] = low;
    }

    public static void cvtpi2pd(CpuState s, Insn i) {
        Simd u = compute(s);
        long v = pair(s, i);
        u.set(i.reg, u.real.ofInteger((int) v), u.real.ofInteger((int) (v >>> 32)));
    }

    public static void cvtsi2ss(CpuState s, Insn i) {
        Simd u = compute(s);
        long v = u.single.ofInteger(general(s, i));
        complete(s);
        u.xmm[2 * i.reg] = u.xmm[2 * i.reg] & ~0xFFFFFFFFL | v;
    }

    public static void cvtsi2sd(CpuState s, Insn i) {
        Simd u = compute(s);
        u.xmm[2 * i.reg] = u.real.ofInteger(general(s, i));
    }

    public static void cvtps2pi(CpuState s, Insn i) {
        Simd u = compute(s);
        mmx(s);
        long v = twoIntegers(u.single, source64(s, i), false);
        s.fpu.enterMmx();
        complete(s);
        s.fpu.mmx(i.reg, v);
    }

    public static void cvtpd2pi(CpuState s, Insn i) {
        Simd u = compute(s);
        mmx(s);
        source128(s, i);
        long v = integers(u.real, u.low, u.high, false);
        s.fpu.enterMmx();
        complete(s);
        s.fpu.mmx(i.reg, v);
    }

    public static void cvtss2si(CpuState s, Insn i) {
        Simd u = compute(s);
        int v = u.single.integer(source32(s, i), false);
        complete(s);
        s.r[i.reg] = v;
    }

    public static void cvtsd2si(CpuState s, Insn i) {
        Simd u = compute(s);
        int v = u.real.integer(source64(s, i), false);
        complete(s);
        s.r[i.reg] = v;
    }

    public static void cvtps2dq(CpuState s, Insn i) {
        Simd u = compute(s);
        source128(s, i);
        long low = twoIntegers(u.single, u.low, false), high = twoIntegers(u.single, u.high, false);
        complete(s);
        u.set(i.reg, low, high);
    }

    public static void cvtpd2dq(CpuState s, Insn i) {
        Simd u = compute(s);
        source128(s, i);
        long low = integers(u.real, u.low, u.high, false);
        complete(s);
        u.set(i.reg, low, 0);
    }

    public static void cvttps2pi(CpuState s, Insn i) {
        Simd u = compute(s);
        mmx(s);
        long v = twoIntegers(u.single, source64(s, i), true);
        s.fpu.enterMmx();
        complete(s);
        s.fpu.mmx(i.reg, v);
    }

    public static void cvttpd2pi(CpuState s, Insn i) {
        Simd u = compute(s);
        mmx(s);
        source128(s, i);
        long v = integers(u.real, u.low, u.high, true);
        s.fpu.enterMmx();
        complete(s);
        s.fpu.mmx(i.reg, v);
    }

    public static void cvttss2si(CpuState s, Insn i) {
        Simd u = compute(s);
        int v = u.single.integer(source32(s, i), true);
        complete(s);
        s.r[i.reg] = v;
    }

    public static void cvttsd2si(CpuState s, Insn i) {
        Simd u = compute(s);
        int v = u.real.integer(source64(s, i), true);
        complete(s);
        s.r[i.reg] = v;
    }

    public static void cvttps2dq(CpuState s, Insn i) {
        Simd u = compute(s);
        source128(s, i);
        long low = twoIntegers(u.single, u.low, true), high = twoIntegers(u.single, u.high, true);
        complete(s);
        u.set(i.reg, low, high);
    }

    public static void cvttpd2dq(CpuState s, Insn i) {
        Simd u = compute(s);
        source128(s, i);
        long low = integers(u.real, u.low, u.high, true);
        complete(s);
        u.set(i.reg, low, 0);
    }

    public static void cvtdq2ps(CpuState s, Insn i) {
        Simd u = compute(s);
        source128(s, i);
        long low = u.single.ofInteger((int) u.low) | u.single.ofInteger((int) (u.low >>> 32)) << 32;
        long high = u.single.ofInteger((int) u.high) | u.single.ofInteger((int) (u.high >>> 32)) << 32;
        complete(s);
        u.set(i.reg, low, high);
    }

    public static void cvtdq2pd(CpuState s, Insn i) {
        Simd u = compute(s);
        long v = source64(s, i);
        u.set(i.reg, u.real.ofInteger((int) v), u.real.ofInteger((int) (v >>> 32)));
    }

    public static void cvtps2pd(CpuState s, Insn i) {
        Simd u = compute(s);
        long v = source64(s, i);
        long low = u.real.of(u.single, v & 0xFFFFFFFFL), high = u.real.of(u.single, v >>> 32);
        complete(s);
        u.set(i.reg, low, high);
    }

    public static void cvtpd2ps(CpuState s, Insn i) {
        Simd u = compute(s);
        source128(s, i);
        long low = u.single.of(u.real, u.low) | u.single.of(u.real, u.high) << 32;
        complete(s);
        u.set(i.reg, low, 0);
    }

    public static void cvtss2sd(CpuState s, Insn i) {
        Simd u = compute(s);
        long v = u.real.of(u.single, source32(s, i));
        complete(s);
        u.xmm[2 * i.reg] = v;
    }

    public static void cvtsd2ss(CpuState s, Insn i) {
        Simd u = compute(s);
        long v = u.single.of(u.real, source64(s, i));
        complete(s);
        u.xmm[2 * i.reg] = u.xmm[2 * i.reg] & ~0xFFFFFFFFL | v;
    }

    /** Two integers from an MMX register, or from memory, which leaves the FPU alone. */
    private static long pair(CpuState s, Insn i) {
        return i.memory() ? s.tlb.load64(i.linear(s, 8, CpuState.READ)) : mmxSource(s, i);
    }

    private static int general(CpuState s, Insn i) {
        return i.memory() ? s.tlb.load32(i.linear(s, 4, CpuState.READ)) : s.r[i.rm];
    }

    private static long twoIntegers(SimdFormat f, long v, boolean chopped) {
        return integers(f, v & 0xFFFFFFFFL, v >>> 32, chopped);
    }

    private static long integers(SimdFormat f, long low, long high, boolean chopped) {
        return f.integer(low, chopped) & 0xFFFFFFFFL | (long) f.integer(high, chopped) << 32;
    }
}
