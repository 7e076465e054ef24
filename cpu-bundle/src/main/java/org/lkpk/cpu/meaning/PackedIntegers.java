package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.meaning.SimdOperands.mmx;
import static org.lkpk.cpu.meaning.SimdOperands.mmxSource;
import static org.lkpk.cpu.meaning.SimdOperands.source128;
import static org.lkpk.cpu.meaning.SimdOperands.sse;

import java.util.function.LongBinaryOperator;
import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Arithmetic and logic on packed integers in MMX and XMM registers, and the logic on packed numbers. */
@Changes(operands = false)
public final class PackedIntegers {
    private PackedIntegers() { }

    // Sums

    public static void paddb(CpuState s, Insn i) {
        both(s, i, Halves::paddb);
    }

    public static void psubb(CpuState s, Insn i) {
        both(s, i, Halves::psubb);
    }

    public static void paddw(CpuState s, Insn i) {
        both(s, i, Halves::paddw);
    }

    public static void psubw(CpuState s, Insn i) {
        both(s, i, Halves::psubw);
    }

    public static void paddd(CpuState s, Insn i) {
        both(s, i, Halves::paddd);
    }

    public static void psubd(CpuState s, Insn i) {
        both(s, i, Halves::psubd);
    }

    public static void paddq(CpuState s, Insn i) {
        both(s, i, Halves::paddq);
    }

    public static void psubq(CpuState s, Insn i) {
        both(s, i, Halves::psubq);
    }

    public static void paddsb(CpuState s, Insn i) {
        both(s, i, Halves::paddsb);
    }

    public static void paddsw(CpuState s, Insn i) {
        both(s, i, Halves::paddsw);
    }

    public static void paddusb(CpuState s, Insn i) {
        both(s, i, Halves::paddusb);
    }

    public static void paddusw(CpuState s, Insn i) {
        both(s, i, Halves::paddusw);
    }

    public static void psubsb(CpuState s, Insn i) {
        both(s, i, Halves::psubsb);
    }

    public static void psubsw(CpuState s, Insn i) {
        both(s, i, Halves::psubsw);
    }

    public static void psubusb(CpuState s, Insn i) {
        both(s, i, Halves::psubusb);
    }

    public static void psubusw(CpuState s, Insn i) {
        both(s, i, Halves::psubusw);
    }

    // Comparisons, least and greatest, averages

    public static void pcmpeqb(CpuState s, Insn i) {
        both(s, i, Halves::pcmpeqb);
    }

    public static void pcmpeqw(CpuState s, Insn i) {
        both(s, i, Halves::pcmpeqw);
    }

    public static void pcmpeqd(CpuState s, Insn i) {
        both(s, i, Halves::pcmpeqd);
    }

    public static void pcmpgtb(CpuState s, Insn i) {
        both(s, i, Halves::pcmpgtb);
    }

    public static void pcmpgtw(CpuState s, Insn i) {
        both(s, i, Halves::pcmpgtw);
    }

    public static void pcmpgtd(CpuState s, Insn i) {
        both(s, i, Halves::pcmpgtd);
    }

    public static void pminub(CpuState s, Insn i) {
        both(s, i, Halves::pminub);
    }

    public static void pmaxub(CpuState s, Insn i) {
        both(s, i, Halves::pmaxub);
    }

    public static void pminsw(CpuState s, Insn i) {
        both(s, i, Halves::pminsw);
    }

    public static void pmaxsw(CpuState s, Insn i) {
        both(s, i, Halves::pmaxsw);
    }

    public static void pavgb(CpuState s, Insn i) {
        both(s, i, Halves::pavgb);
    }

    public static void pavgw(CpuState s, Insn i) {
        both(s, i, Halves::pavgw);
    }

    public static void psadbw(CpuState s, Insn i) {
        both(s, i, Halves::psadbw);
    }

    // Products

    public static void pmullw(CpuState s, Insn i) {
        both(s, i, Halves::pmullw);
    }

    public static void pmulhw(CpuState s, Insn i) {
        both(s, i, Halves::pmulhw);
    }

    public static void pmulhuw(CpuState s, Insn i) {
        both(s, i, Halves::pmulhuw);
    }

    public static void pmuludq(CpuState s, Insn i) {
        both(s, i, Halves::pmuludq);
    }

    public static void pmaddwd(CpuState s, Insn i) {
        both(s, i, Halves::pmaddwd);
    }

    // Logic

    public static void pand(CpuState s, Insn i) {
        both(s, i, Halves::pand);
    }

    public static void pandn(CpuState s, Insn i) {
        both(s, i, Halves::pandn);
    }

    public static void por(CpuState s, Insn i) {
        both(s, i, Halves::por);
    }

    public static void pxor(CpuState s, Insn i) {
        both(s, i, Halves::pxor);
    }

    public static void andps(CpuState s, Insn i) {
        xmm(s, i, Halves::pand);
    }

    public static void andpd(CpuState s, Insn i) {
        xmm(s, i, Halves::pand);
    }

    public static void andnps(CpuState s, Insn i) {
        xmm(s, i, Halves::pandn);
    }

    public static void andnpd(CpuState s, Insn i) {
        xmm(s, i, Halves::pandn);
    }

    public static void orps(CpuState s, Insn i) {
        xmm(s, i, Halves::por);
    }

    public static void orpd(CpuState s, Insn i) {
        xmm(s, i, Halves::por);
    }

    public static void xorps(CpuState s, Insn i) {
        xmm(s, i, Halves::pxor);
    }

    public static void xorpd(CpuState s, Insn i) {
        xmm(s, i, Halves::pxor);
    }

    // Registers

    /** Combines destination and source by halves of 64 bits, of MMX or XMM registers. */
    private static void both(CpuState s, Insn i, LongBinaryOperator operation) {
        if (mmx(i)) {
            long b = mmxSource(s, i);
            s.fpu.mmx(i.reg, operation.applyAsLong(s.fpu.mmx(i.reg), b));
        } else xmm(s, i, operation);
    }

    private static void xmm(CpuState s, Insn i, LongBinaryOperator operation) {
        Simd u = sse(s);
        source128(s, i);
        int to = 2 * i.reg;
        u.xmm[to] = operation.applyAsLong(u.xmm[to], u.low);
        u.xmm[to + 1] = operation.applyAsLong(u.xmm[to + 1], u.high);
    }
}
