package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.meaning.SimdOperands.complete;
import static org.lkpk.cpu.meaning.SimdOperands.compute;
import static org.lkpk.cpu.meaning.SimdOperands.source128;
import static org.lkpk.cpu.meaning.SimdOperands.source32;
import static org.lkpk.cpu.meaning.SimdOperands.source64;

import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.fpu.SimdFormat;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Arithmetic on single- and double-precision numbers in XMM registers: all elements ({@code p}) or the lowest ({@code s}). */
@Changes(operands = false)
public final class SimdArithmetic {
    private SimdArithmetic() { }

    public static void addps(CpuState s, Insn i) {
        singles(s, i, SimdFormat::add);
    }

    public static void addpd(CpuState s, Insn i) {
        reals(s, i, SimdFormat::add);
    }

    public static void addss(CpuState s, Insn i) {
        single(s, i, SimdFormat::add);
    }

    public static void addsd(CpuState s, Insn i) {
        real(s, i, SimdFormat::add);
    }

    public static void subps(CpuState s, Insn i) {
        singles(s, i, SimdFormat::subtract);
    }

    public static void subpd(CpuState s, Insn i) {
        reals(s, i, SimdFormat::subtract);
    }

    public static void subss(CpuState s, Insn i) {
        single(s, i, SimdFormat::subtract);
    }

    public static void subsd(CpuState s, Insn i) {
        real(s, i, SimdFormat::subtract);
    }

    public static void mulps(CpuState s, Insn i) {
        singles(s, i, SimdFormat::multiply);
    }

    public static void mulpd(CpuState s, Insn i) {
        reals(s, i, SimdFormat::multiply);
    }

    public static void mulss(CpuState s, Insn i) {
        single(s, i, SimdFormat::multiply);
    }

    public static void mulsd(CpuState s, Insn i) {
        real(s, i, SimdFormat::multiply);
    }

    public static void divps(CpuState s, Insn i) {
        singles(s, i, SimdFormat::divide);
    }

    public static void divpd(CpuState s, Insn i) {
        reals(s, i, SimdFormat::divide);
    }

    public static void divss(CpuState s, Insn i) {
        single(s, i, SimdFormat::divide);
    }

    public static void divsd(CpuState s, Insn i) {
        real(s, i, SimdFormat::divide);
    }

    public static void minps(CpuState s, Insn i) {
        singles(s, i, SimdFormat::least);
    }

    public static void minpd(CpuState s, Insn i) {
        reals(s, i, SimdFormat::least);
    }

    public static void minss(CpuState s, Insn i) {
        single(s, i, SimdFormat::least);
    }

    public static void minsd(CpuState s, Insn i) {
        real(s, i, SimdFormat::least);
    }

    public static void maxps(CpuState s, Insn i) {
        singles(s, i, SimdFormat::greatest);
    }

    public static void maxpd(CpuState s, Insn i) {
        reals(s, i, SimdFormat::greatest);
    }

    public static void maxss(CpuState s, Insn i) {
        single(s, i, SimdFormat::greatest);
    }

    public static void maxsd(CpuState s, Insn i) {
        real(s, i, SimdFormat::greatest);
    }

    public static void sqrtps(CpuState s, Insn i) {
        singles(s, i, (f, a, b) -> f.root(b));
    }

    public static void sqrtpd(CpuState s, Insn i) {
        reals(s, i, (f, a, b) -> f.root(b));
    }

    public static void sqrtss(CpuState s, Insn i) {
        single(s, i, (f, a, b) -> f.root(b));
    }

    public static void sqrtsd(CpuState s, Insn i) {
        real(s, i, (f, a, b) -> f.root(b));
    }

    // Approximations raise nothing

    public static void rcpps(CpuState s, Insn i) {
        singles(s, i, (f, a, b) -> f.reciprocal(b));
    }

    public static void rcpss(CpuState s, Insn i) {
        single(s, i, (f, a, b) -> f.reciprocal(b));
    }

    public static void rsqrtps(CpuState s, Insn i) {
        singles(s, i, (f, a, b) -> f.reciprocalRoot(b));
    }

    public static void rsqrtss(CpuState s, Insn i) {
        single(s, i, (f, a, b) -> f.reciprocalRoot(b));
    }

    // Comparisons

    public static void cmpps(CpuState s, Insn i) {
        int predicate = i.immediate & 7;
        singles(s, i, (f, a, b) -> holds(f, predicate, a, b) ? 0xFFFFFFFFL : 0);
    }

    public static void cmppd(CpuState s, Insn i) {
        int predicate = i.immediate & 7;
        reals(s, i, (f, a, b) -> holds(f, predicate, a, b) ? -1 : 0);
    }

    public static void cmpss(CpuState s, Insn i) {
        int predicate = i.immediate & 7;
        single(s, i, (f, a, b) -> holds(f, predicate, a, b) ? 0xFFFFFFFFL : 0);
    }

    public static void cmpsd(CpuState s, Insn i) {
        int predicate = i.immediate & 7;
        real(s, i, (f, a, b) -> holds(f, predicate, a, b) ? -1 : 0);
    }

    public static void comiss(CpuState s, Insn i) {
        Simd u = compute(s);
        long b = source32(s, i);
        flags(s, u.single.order(u.xmm[2 * i.reg] & 0xFFFFFFFFL, b, false));
    }

    public static void comisd(CpuState s, Insn i) {
        Simd u = compute(s);
        long b = source64(s, i);
        flags(s, u.real.order(u.xmm[2 * i.reg], b, false));
    }

    public static void ucomiss(CpuState s, Insn i) {
        Simd u = compute(s);
        long b = source32(s, i);
        flags(s, u.single.order(u.xmm[2 * i.reg] & 0xFFFFFFFFL, b, true));
    }

    public static void ucomisd(CpuState s, Insn i) {
        Simd u = compute(s);
        long b = source64(s, i);
        flags(s, u.real.order(u.xmm[2 * i.reg], b, true));
    }

    private static final int QUIET = 1 << 0 | 1 << 3 | 1 << 4 | 1 << 7;

    /** The predicates: equal, less, less or equal, unordered, and the same negated. */
    private static boolean holds(SimdFormat f, int predicate, long a, long b) {
        int order = f.order(a, b, (QUIET >> predicate & 1) != 0);
        boolean holds = switch (predicate & 3) {
            case 0 -> order == SimdFormat.EQUAL;
            case 1 -> order == SimdFormat.LESS;
            case 2 -> order == SimdFormat.LESS || order == SimdFormat.EQUAL;
            default -> order == SimdFormat.UNORDERED;
        };
        return holds == (predicate < 4);
    }

    private static void flags(CpuState s, int order) {
        complete(s);
        s.arithmetic(switch (order) {
            case SimdFormat.UNORDERED -> CpuState.ZF | CpuState.PF | CpuState.CF;
            case SimdFormat.LESS -> CpuState.CF;
            case SimdFormat.EQUAL -> CpuState.ZF;
            default -> 0;
        });
    }

    // Elements

    private interface Operation {
        long of(SimdFormat format, long a, long b);
    }

    private static void singles(CpuState s, Insn i, Operation o) {
        Simd u = compute(s);
        source128(s, i);
        long low = twoSingles(u.single, u.xmm[2 * i.reg], u.low, o), high = twoSingles(u.single, u.xmm[2 * i.reg + 1], u.high, o);
        complete(s);
        u.set(i.reg, low, high);
    }

    private static long twoSingles(SimdFormat f, long a, long b, Operation o) {
        return o.of(f, a & 0xFFFFFFFFL, b & 0xFFFFFFFFL) | o.of(f, a >>> 32, b >>> 32) << 32;
    }

    private static void reals(CpuState s, Insn i, Operation o) {
        Simd u = compute(s);
        source128(s, i);
        long low = o.of(u.real, u.xmm[2 * i.reg], u.low), high = o.of(u.real, u.xmm[2 * i.reg + 1], u.high);
        complete(s);
        u.set(i.reg, low, high);
    }

    private static void single(CpuState s, Insn i, Operation o) {
        Simd u = compute(s);
        long b = source32(s, i), before = u.xmm[2 * i.reg];
        long v = o.of(u.single, before & 0xFFFFFFFFL, b);
        complete(s);
        u.xmm[2 * i.reg] = before & ~0xFFFFFFFFL | v;
    }

    private static void real(CpuState s, Insn i, Operation o) {
        Simd u = compute(s);
        long v = o.of(u.real, u.xmm[2 * i.reg], source64(s, i));
        complete(s);
        u.xmm[2 * i.reg] = v;
    }
}
