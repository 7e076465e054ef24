package org.lkpk.cpu.protect;

import static org.lkpk.cpu.protect.Descriptors.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** Task switches by hardware (SDM vol. 3, chapter 7). */
final class Tasks {
    /** Offsets in a 32-bit and a 16-bit task state. */
    private static final int CR3_32 = 0x1C, EIP_32 = 0x20, EIP_16 = 0x0E, LDT_32 = 0x60, LDT_16 = 0x2A, TRAP_32 = 0x64;
    /** Places of the values in what {@link #read} gives: the order of the state. */
    private static final int EIP_AT = 0, EFLAGS_AT = 1, REGISTERS_AT = 2, SEGMENTS_AT = 10, LDT_AT = 16, CR3_AT = 17,
            TRAP_AT = 18;

    private Tasks() { }

    static void jump(CpuState s, int selector, long d) {
        instruction(s, selector, d, true, false, s.eflags());
    }

    static void call(CpuState s, int selector, long d) {
        instruction(s, selector, d, false, true, s.eflags());
    }

    /** IRET with NT set: back to the task that the link names. */
    static void iret(CpuState s) {
        int selector = s.tlb.systemLoad(s.base[TR], 2);
        if ((selector & 4) != 0) throw s.fault(Fault.TS, selector & INDEX);
        long d = Descriptors.read(s, selector, Fault.TS, 0);
        if ((type(d) & ~BITS32) != TSS_BUSY) throw s.fault(Fault.TS, selector & INDEX);
        if (!present(d)) throw s.fault(Fault.NP, selector & INDEX);
        instruction(s, selector, d, true, false, s.eflags() & ~NT);
    }

    private static void instruction(CpuState s, int selector, long d, boolean leave, boolean nest, int savedFlags) {
        int task = s.selector[TR];
        try {
            change(s, selector, d, leave, nest, savedFlags & ~RF, 0);
        } catch (Fault f) {
            rethrow(s, f, task);
        }
    }

    /** A fault in an instruction that was begun in {@code task}; once another has begun the fault is that one's own. */
    static void rethrow(CpuState s, Fault f, int task) {
        if (s.selector[TR] == task) throw f;
        Interrupts.fault(s, f.vector, f.error);
    }

    /** Through a task gate of the IDT; an {@code error} of -1 is none. A fault may be the old or the new task's. */
    static void interrupt(CpuState s, int selector, int ext, long error, int savedFlags) {
        change(s, selector, available(s, selector, Fault.GP, ext), false, true, savedFlags, ext);
        if (error != -1) Stack.push(s, (s.access[TR] & BITS32) != 0 ? 4 : 2, (int) error);
    }

    /** Reads and checks the descriptor of a task that is not busy. */
    static long available(CpuState s, int selector, int vector, int ext) {
        if ((selector & 4) != 0 || (selector & INDEX) == 0) throw s.fault(vector, selector & INDEX | ext);
        long d = Descriptors.read(s, selector, vector, ext);
        if ((type(d) & ~BITS32) != TSS_AVAILABLE) throw s.fault(vector, selector & INDEX | ext);
        if (!present(d)) throw s.fault(Fault.NP, selector & INDEX | ext);
        return d;
    }

    /**
     * @param leave whether the old task is busy no more
     * @param nest whether the new one links back to it
     */
    private static void change(CpuState s, int selector, long d, boolean leave, boolean nest, int savedFlags, int ext) {
        boolean wide = (type(d) & BITS32) != 0;
        if (Integer.compareUnsigned(limit(d), wide ? 0x67 : 0x2B) < 0) throw s.fault(Fault.TS, selector & INDEX | ext);
        int[] state = read(s, base(d), wide);
        save(s, savedFlags);
        if (nest) s.tlb.systemStore(base(d), 2, s.selector[TR]);
        if (leave) busy(s, s.selector[TR], false);
        busy(s, selector, true);
        Segments.set(s, TR, selector, base(d), limit(d), access(d) | BUSY);
        s.cr0 |= CR0_TS;
        ControlRegisters.leaveTask(s);
        if (nest) state[EFLAGS_AT] |= NT;
        boolean exact = s.exact;
        s.exact = true; // From here on nothing can be made again.
        try {
            load(s, state, wide);
        } finally {
            s.exact = exact;
        }
        if ((state[TRAP_AT] & 1) != 0) s.trap(DR6_BT);
    }

    private static void busy(CpuState s, int selector, boolean busy) {
        int a = address(s, selector & INDEX);
        if (a == -1) return; // The table has been made shorter since.
        int type = s.tlb.systemLoad(a + 5, 1);
        s.tlb.systemStore(a + 5, 1, busy ? type | BUSY : type & ~BUSY);
    }

    private static int[] read(CpuState s, int tss, boolean wide) {
        int[] state = new int[19];
        int bytes = wide ? 4 : 2, a = tss + (wide ? EIP_32 : EIP_16);
        for (int i = EIP_AT; i < SEGMENTS_AT; i++, a += bytes) state[i] = s.tlb.systemLoad(a, bytes);
        int segments = wide ? 6 : 4;
        for (int i = 0; i < segments; i++, a += bytes) state[SEGMENTS_AT + i] = s.tlb.systemLoad(a, 2);
        state[LDT_AT] = s.tlb.systemLoad(tss + (wide ? LDT_32 : LDT_16), 2);
        if (wide) {
            state[CR3_AT] = s.tlb.systemLoad(tss + CR3_32, 4);
            state[TRAP_AT] = s.tlb.systemLoad(tss + TRAP_32, 2);
        }
        return state;
    }

    private static void save(CpuState s, int flags) {
        boolean wide = (s.access[TR] & BITS32) != 0;
        int bytes = wide ? 4 : 2, a = s.base[TR] + (wide ? EIP_32 : EIP_16);
        s.tlb.systemStore(a, bytes, s.eip);
        s.tlb.systemStore(a += bytes, bytes, flags);
        for (int i = EAX; i <= EDI; i++) s.tlb.systemStore(a += bytes, bytes, s.r[i]);
        int segments = wide ? 6 : 4;
        for (int i = 0; i < segments; i++) s.tlb.systemStore(a += bytes, 2, s.selector[i]);
    }

    private static void load(CpuState s, int[] state, boolean wide) {
        int flags = state[EFLAGS_AT];
        s.eip = state[EIP_AT];
        for (int i = EAX; i <= EDI; i++) s.r[i] = wide ? state[REGISTERS_AT + i] : 0xFFFF0000 | state[REGISTERS_AT + i];
        s.eflags(wide ? flags : flags & 0xFFFF);
        for (int i = 0; i < 6; i++) Segments.nullify(s, i, state[SEGMENTS_AT + i]);
        Segments.nullify(s, LDTR, state[LDT_AT]);
        s.privilege(3); // Until there is a stack: a fault before that takes the one of an inner level.
        if (wide && (s.cr0 & CR0_PG) != 0) ControlRegisters.cr3(s, state[CR3_AT]);
        SystemSegments.loadLdt(s, state[LDT_AT], Fault.TS, Fault.TS);
        if (s.virtual8086()) for (int i = 0; i < 6; i++) InterruptReturn.segmentV86(s, i, state[SEGMENTS_AT + i]);
        else loadSegments(s, state);
        Transfers.withinLimit(s, s.eip, s.limit[CS]);
    }

    private static void loadSegments(CpuState s, int[] state) {
        int selector = state[SEGMENTS_AT + CS];
        int level = selector & 3;
        if ((selector & INDEX) == 0) throw s.fault(Fault.TS, 0);
        long d = Descriptors.read(s, selector, Fault.TS, 0);
        if (!code(d) || (conforming(d) ? dpl(d) > level : dpl(d) != level)) throw s.fault(Fault.TS, selector & INDEX);
        if (!present(d)) throw s.fault(Fault.NP, selector & INDEX);
        touch(s, selector, d);
        int stack = state[SEGMENTS_AT + SS];
        Segments.set(s, SS, stack, Segments.stack(s, stack, level, Fault.TS, 0, 0));
        Segments.set(s, CS, selector, d);
        s.privilege(level);
        Segments.loadData(s, ES, state[SEGMENTS_AT + ES], s.cpl, Fault.TS);
        for (int i = DS; i <= GS; i++) Segments.loadData(s, i, state[SEGMENTS_AT + i], s.cpl, Fault.TS);
    }
}
