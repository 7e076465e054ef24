package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.protect.Segments;
import org.lkpk.cpu.protect.SystemSegments;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;

/** Instructions that load, store and look at selectors and descriptor tables. */
public final class Segmentation {
    private Segmentation() { }

    /** MOV Sw,Ew. */
    public static void mov_segment(CpuState s, Insn i) {
        if (i.reg == CS || i.reg > GS) throw s.fault(Fault.UD);
        Segments.load(s, i.reg, word(s, i));
        if (i.reg == SS) s.attention |= STACK_SHADOW;
    }

    /** MOV Ev,Sw: memory gets 16 bits whatever the operand size. */
    public static void mov_ofSegment(CpuState s, Insn i) {
        if (i.reg > GS) throw s.fault(Fault.UD);
        answer(s, i, s.selector[i.reg]);
    }

    /** PUSH ES, CS, SS, DS, FS, GS: bits 3..5 of the opcode say which. */
    public static void push_segment(CpuState s, Insn i) {
        int selector = s.selector[i.opcode >> 3 & 7];
        if (i.operandSize == 16) s.push16(selector);
        else if (s.model.pushesWords()) pushWord(s, selector);
        else s.push32(selector);
    }

    /** Makes room for 32 bits and writes 16. */
    private static void pushWord(CpuState s, int selector) {
        int sp = s.r[ESP] - 4 & s.stackMask();
        s.tlb.store16(s.linear(SS, sp, 2, WRITE), selector);
        s.stackPointer(sp);
    }

    public static void pop_segment(CpuState s, Insn i) {
        int segment = i.opcode >> 3 & 7, bytes = i.operandSize >> 3;
        int selector = s.peek(0, bytes) & 0xFFFF;
        // The old stack's width counts, and a fault leaves the pointer alone.
        int mask = s.stackMask(), pointer = s.r[ESP] & ~mask | s.r[ESP] + bytes & mask;
        Segments.load(s, segment, selector);
        s.r[ESP] = pointer;
        if (segment == SS) s.attention |= STACK_SHADOW;
    }

    public static void les(CpuState s, Insn i) {
        loadPointer(s, i, ES);
    }

    public static void lds(CpuState s, Insn i) {
        loadPointer(s, i, DS);
    }

    public static void lss(CpuState s, Insn i) {
        loadPointer(s, i, SS);
    }

    public static void lfs(CpuState s, Insn i) {
        loadPointer(s, i, FS);
    }

    public static void lgs(CpuState s, Insn i) {
        loadPointer(s, i, GS);
    }

    private static void loadPointer(CpuState s, Insn i, int segment) {
        long pointer = FarTransfers.pointer(s, i);
        Segments.load(s, segment, (int) (pointer >>> 32));
        if (i.operandSize == 32) s.r[i.reg] = (int) pointer;
        else s.r16(i.reg, (int) pointer);
    }

    // Descriptor tables

    public static void sgdt(CpuState s, Insn i) {
        storeTable(s, i, s.gdtBase, s.gdtLimit);
    }

    public static void sidt(CpuState s, Insn i) {
        storeTable(s, i, s.idtBase, s.idtLimit);
    }

    /** All 32 bits of the base, as every processor does whatever the manual says of 16-bit operands. */
    private static void storeTable(CpuState s, Insn i, int base, int limit) {
        int a = i.linear(s, 6, WRITE);
        s.tlb.store16(a, limit); // Stays if the base faults.
        s.tlb.store32(a + 2, base);
    }

    public static void lgdt(CpuState s, Insn i) {
        s.onlyRing0();
        int a = i.linear(s, 6, READ), limit = s.tlb.load16(a);
        s.gdtBase = tableBase(s, i, a);
        s.gdtLimit = limit;
    }

    public static void lidt(CpuState s, Insn i) {
        s.onlyRing0();
        int a = i.linear(s, 6, READ), limit = s.tlb.load16(a);
        s.idtBase = tableBase(s, i, a);
        s.idtLimit = limit;
    }

    private static int tableBase(CpuState s, Insn i, int a) {
        return s.tlb.load32(a + 2) & (i.operandSize == 16 ? 0xFFFFFF : -1);
    }

    public static void sldt(CpuState s, Insn i) {
        onlyDescriptors(s);
        answer(s, i, s.selector[LDTR]);
    }

    public static void str(CpuState s, Insn i) {
        onlyDescriptors(s);
        answer(s, i, s.selector[TR]);
    }

    public static void lldt(CpuState s, Insn i) {
        onlyDescriptors(s);
        s.onlyRing0();
        SystemSegments.loadLdt(s, word(s, i), Fault.GP, Fault.NP);
    }

    public static void ltr(CpuState s, Insn i) {
        onlyDescriptors(s);
        s.onlyRing0();
        SystemSegments.loadTask(s, word(s, i));
    }

    // Looks at descriptors

    public static void lar(CpuState s, Insn i) {
        onlyDescriptors(s);
        tell(s, i, SystemSegments.rights(s, word(s, i)));
    }

    public static void lsl(CpuState s, Insn i) {
        onlyDescriptors(s);
        tell(s, i, SystemSegments.limitOf(s, word(s, i)));
    }

    private static void tell(CpuState s, Insn i, long found) {
        if (found >= 0) {
            if (i.operandSize == 32) s.r[i.reg] = (int) found;
            else s.r16(i.reg, (int) found);
        }
        zeroFlag(s, found >= 0);
    }

    public static void verr(CpuState s, Insn i) {
        onlyDescriptors(s);
        zeroFlag(s, SystemSegments.canRead(s, word(s, i)));
    }

    public static void verw(CpuState s, Insn i) {
        onlyDescriptors(s);
        zeroFlag(s, SystemSegments.canWrite(s, word(s, i)));
    }

    /** ARPL Ew,Gw: raises the requested privilege level to the register's, and writes only if there is anything to raise. */
    public static void arpl(CpuState s, Insn i) {
        onlyDescriptors(s);
        int level = s.r[i.reg] & 3;
        int selector = word(s, i);
        boolean raise = (selector & 3) < level;
        if (raise) {
            int raised = selector & ~3 | level;
            if (i.memory()) s.tlb.store16(i.linear(s, 2, WRITE), raised);
            else s.r16(i.rm, raised);
        }
        zeroFlag(s, raise);
    }

    /** Real and virtual-8086 mode do not know these instructions. */
    private static void onlyDescriptors(CpuState s) {
        if (!s.descriptors()) throw s.fault(Fault.UD);
    }

    private static void zeroFlag(CpuState s, boolean set) {
        int flags = s.eflags();
        s.arithmetic(set ? flags | ZF : flags & ~ZF);
    }

    /** The operand {@code Ew}. */
    static int word(CpuState s, Insn i) {
        return i.memory() ? s.tlb.load16(i.linear(s, 2, READ)) : s.r[i.rm] & 0xFFFF;
    }

    /** The result {@code Rv/Mw}: zero-extended to a 32-bit register. */
    static void answer(CpuState s, Insn i, int value) {
        if (i.memory()) s.tlb.store16(i.linear(s, 2, WRITE), value & 0xFFFF);
        else if (i.operandSize == 32) s.r[i.rm] = value;
        else s.r16(i.rm, value);
    }
}
