package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;

/** What every MMX and SSE instruction begins and ends with: its checks and its operands. */
public final class SimdOperands {
    private SimdOperands() { }

    // Checks

    /** Before an MMX instruction. */
    static void mmx(CpuState s) {
        if ((s.cr0 & CpuState.CR0_EM) != 0) throw s.fault(Fault.UD);
        if ((s.cr0 & CpuState.CR0_TS) != 0) throw s.fault(Fault.NM);
        if (s.fpu.pending()) FpuMeanings.report(s);
    }

    /** Before an SSE instruction. */
    static Simd sse(CpuState s) {
        if ((s.cr0 & CpuState.CR0_EM) != 0 || (s.cr4 & CpuState.CR4_OSFXSR) == 0) throw s.fault(Fault.UD);
        if ((s.cr0 & CpuState.CR0_TS) != 0) throw s.fault(Fault.NM);
        return s.simd;
    }

    /** Whether {@link #sse} lets an instruction go on. */
    public static boolean ready(CpuState s) {
        return (s.cr0 & (CpuState.CR0_EM | CpuState.CR0_TS)) == 0 && (s.cr4 & CpuState.CR4_OSFXSR) != 0;
    }

    /** Before an SSE instruction that computes. */
    static Simd compute(CpuState s) {
        Simd u = sse(s);
        u.begin();
        return u;
    }

    /** Faults if what was raised is not masked; to be called before the result is delivered. */
    static void complete(CpuState s) {
        if (!s.simd.completed()) throw s.fault((s.cr4 & CpuState.CR4_OSXMMEXCPT) != 0 ? Fault.XM : Fault.UD);
    }

    /** Whether the row is that for MMX registers. */
    public static boolean mmx(Insn i) {
        for (Operand o : i.form.operands()) if (o == Operand.Pd || o == Operand.Pq || o == Operand.Qq || o == Operand.Nq) return true;
        return false;
    }

    // Sources

    /** The MMX source, and the FPU in MMX's state. */
    static long mmxSource(CpuState s, Insn i) {
        mmx(s);
        long v = i.memory() ? s.tlb.load64(i.linear(s, 8, CpuState.READ)) : s.fpu.mmx(i.rm);
        s.fpu.enterMmx();
        return v;
    }

    /** The source of 32 bits, from an XMM register or memory. */
    static long source32(CpuState s, Insn i) {
        return i.memory() ? s.tlb.load32(i.linear(s, 4, CpuState.READ)) & 0xFFFFFFFFL : s.simd.xmm[2 * i.rm] & 0xFFFFFFFFL;
    }

    static long source64(CpuState s, Insn i) {
        return i.memory() ? s.tlb.load64(i.linear(s, 8, CpuState.READ)) : s.simd.xmm[2 * i.rm];
    }

    /** The source of 128 bits into the unit's {@link Simd#low} and {@link Simd#high}; in memory it must be aligned. */
    static void source128(CpuState s, Insn i) {
        source128(s, i, true);
    }

    static void source128(CpuState s, Insn i, boolean aligned) {
        Simd u = s.simd;
        if (i.memory()) {
            int a = address128(s, i, CpuState.READ, aligned);
            if (!aligned) {
                s.tlb.aligned(a, 16);
                s.tlb.readable(a, 16);
            }
            u.low = s.tlb.load64(a);
            u.high = s.tlb.load64(a + 8);
        } else {
            u.low = u.xmm[2 * i.rm];
            u.high = u.xmm[2 * i.rm + 1];
        }
    }

    /** The linear address of 16 bytes. */
    static int address128(CpuState s, Insn i, int need, boolean aligned) {
        int offset = i.address(s);
        // This comes before the segment's limit, which may be the stack's.
        if (aligned && (s.base[i.segment] + offset & 15) != 0) throw s.fault(Fault.GP, 0);
        return s.linear(i.segment, offset, 16, need);
    }

    // Destinations

    /** Stores 128 bits into memory or register rm. */
    static void store128(CpuState s, Insn i, long low, long high, boolean aligned) {
        if (i.memory()) {
            int a = address128(s, i, CpuState.WRITE, aligned);
            if (!aligned) s.tlb.writable(a, 16, 16);
            s.tlb.store64(a, low);
            s.tlb.store64(a + 8, high);
        } else s.simd.set(i.rm, low, high);
    }
}
