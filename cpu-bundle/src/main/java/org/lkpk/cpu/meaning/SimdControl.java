package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;

/**
 * EMMS, MXCSR, FXSAVE and FXRSTOR, which leave XMM registers alone without CR4.OSFXSR; fences, prefetches and CLFLUSH,
 * which have no effect where memory is in order and there is no cache.
 */
@Changes(operands = false)
public final class SimdControl {
    private SimdControl() { }

    /** Size and parts of what FXSAVE stores (SDM vol. 1, table 10-2). */
    private static final int IMAGE = 512, MXCSR = 24, REGISTERS = 32, XMM = 160;

    public static void emms(CpuState s, Insn i) {
        SimdOperands.mmx(s);
        s.fpu.leaveMmx();
    }

    public static void ldmxcsr(CpuState s, Insn i) {
        Simd u = SimdOperands.sse(s);
        int v = s.tlb.load32(i.linear(s, 4, CpuState.READ));
        if ((v & ~s.model.mxcsr()) != 0) throw s.fault(Fault.GP, 0);
        u.mxcsr(v);
    }

    public static void stmxcsr(CpuState s, Insn i) {
        Simd u = SimdOperands.sse(s);
        s.tlb.store32(i.linear(s, 4, CpuState.WRITE), u.mxcsr());
    }

    public static void lfence(CpuState s, Insn i) { }

    public static void mfence(CpuState s, Insn i) { }

    public static void sfence(CpuState s, Insn i) { }

    public static void prefetchnta(CpuState s, Insn i) { }

    public static void prefetcht0(CpuState s, Insn i) { }

    public static void prefetcht1(CpuState s, Insn i) { }

    public static void prefetcht2(CpuState s, Insn i) { }

    /** Faults as a load of a byte would. */
    public static void clflush(CpuState s, Insn i) {
        s.tlb.readable(i.linear(s, 1, CpuState.READ), 1);
    }

    public static void fxsave(CpuState s, Insn i) {
        Fpu f = FpuMeanings.unwaiting(s);
        int a = area(s, i, CpuState.WRITE);
        s.tlb.writable(a, IMAGE);
        s.tlb.store16(a, f.control());
        s.tlb.store16(a + 2, f.status());
        s.tlb.store16(a + 4, present(f));
        s.tlb.store16(a + 6, f.opcode);
        s.tlb.store32(a + 8, f.instructionOffset);
        s.tlb.store32(a + 12, f.instructionSelector);
        s.tlb.store32(a + 16, f.dataOffset);
        s.tlb.store32(a + 20, f.dataSelector);
        for (int n = 0; n < 8; n++) {
            s.tlb.store64(a + REGISTERS + 16 * n, f.significand(n));
            s.tlb.store64(a + REGISTERS + 16 * n + 8, f.signExponent(n));
        }
        s.tlb.store32(a + MXCSR + 4, s.model.mxcsr());
        if ((s.cr4 & CpuState.CR4_OSFXSR) == 0) return;
        s.tlb.store32(a + MXCSR, s.simd.mxcsr());
        for (int n = 0; n < 16; n++) s.tlb.store64(a + XMM + 8 * n, s.simd.xmm[n]);
    }

    public static void fxrstor(CpuState s, Insn i) {
        Fpu f = FpuMeanings.unwaiting(s);
        int a = area(s, i, CpuState.READ);
        s.tlb.readable(a, IMAGE);
        boolean simd = (s.cr4 & CpuState.CR4_OSFXSR) != 0;
        int mxcsr = s.tlb.load32(a + MXCSR);
        if (simd && (mxcsr & ~s.model.mxcsr()) != 0) throw s.fault(Fault.GP, 0);
        f.control(s.tlb.load16(a));
        f.status(s.tlb.load16(a + 2));
        f.tags(tags(s.tlb.load8(a + 4)));
        f.opcode = s.tlb.load16(a + 6) & 0x7FF;
        f.instructionOffset = s.tlb.load32(a + 8);
        f.instructionSelector = s.tlb.load16(a + 12);
        f.dataOffset = s.tlb.load32(a + 16);
        f.dataSelector = s.tlb.load16(a + 20);
        for (int n = 0; n < 8; n++)
            f.replace(n, s.tlb.load64(a + REGISTERS + 16 * n), s.tlb.load16(a + REGISTERS + 16 * n + 8));
        FpuMeanings.settle(s);
        if (!simd) return;
        s.simd.mxcsr(mxcsr);
        for (int n = 0; n < 16; n++) s.simd.xmm[n] = s.tlb.load64(a + XMM + 8 * n);
    }

    private static int area(CpuState s, Insn i, int need) {
        int a = i.linear(s, IMAGE, need);
        if ((a & 15) != 0) throw s.fault(Fault.GP, 0);
        return a;
    }

    /** A bit for each physical register that is not empty. */
    private static int present(Fpu f) {
        int present = 0;
        for (int n = 0; n < 8; n++) if ((f.tags() >> 2 * n & 3) != 3) present |= 1 << n;
        return present;
    }

    /** A tag word of which only "empty" is right, which is all that counts. */
    private static int tags(int present) {
        int tags = 0;
        for (int n = 0; n < 8; n++) if ((present >> n & 1) == 0) tags |= 3 << 2 * n;
        return tags;
    }
}
