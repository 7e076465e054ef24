package org.lkpk.cpu.protect;

import static org.lkpk.cpu.protect.Descriptors.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/**
 * Delivery of interrupts and exceptions (SDM vol. 3, chapter 6; of virtual-8086 mode, chapter 20). The instruction
 * pointer that is pushed is the one in {@code eip}: the faulting instruction's, or the next one's.
 */
public final class Interrupts {
    /** In an error code: the event was not caused by the program; the index is the IDT's. */
    static final int EXT = 1, IDT = 2;
    private static final int DR7_GD = 0x2000;
    /** In place of an error code: none is pushed. */
    private static final long NO_ERROR = -1L;
    /** #AC on the stack of its own handler would follow itself for ever. */
    private static final int ROUNDS = 8;

    private Interrupts() { }

    /** INT n: virtual-8086 mode has its own rules for it. */
    public static void instruction(CpuState s, int vector) {
        s.stepping = false;
        if (s.virtual8086()) {
            if ((s.cr4 & CR4_VME) != 0 && !redirected(s, vector)) {
                toProgram(s, vector);
                return;
            }
            if (s.iopl() != 3) throw s.fault(Fault.GP, 0);
        }
        software(s, vector);
    }

    /** INT3, INTO and INT n once allowed. */
    public static void software(CpuState s, int vector) {
        raise(s, vector, true, 0);
    }

    /** INT1, once ICEBP: a trap without a look at the gate's privilege level and with nothing of its own in DR6. */
    public static void debug(CpuState s) {
        raise(s, Fault.DB, false, EXT);
        s.debugged(0);
        s.dr[7] &= ~DR7_GD;
    }

    private static void raise(CpuState s, int vector, boolean software, int ext) {
        s.stepping = false;
        if (!s.protectedMode()) {
            throughVectors(s, vector);
            return;
        }
        int task = s.selector[TR];
        try {
            throughIdt(s, vector, software, ext, NO_ERROR, 0);
        } catch (Fault f) {
            Tasks.rethrow(s, f, task);
        }
    }

    /** An external interrupt or, with vector 2, an NMI. */
    public static void hardware(CpuState s, int vector) {
        boolean exact = s.exact;
        s.exact = true;
        s.halted = false;
        try {
            if (s.protectedMode()) throughIdt(s, vector, false, EXT, NO_ERROR, resuming(s));
            else throughVectors(s, vector);
        } catch (Fault f) {
            fault(s, f.vector, f.error);
        }
        s.exact = exact;
        if (vector == Fault.NMI) s.nmiBlocked = true;
    }

    /** A fault or the trap after a single step; double and triple faults come of it where they must. */
    public static void fault(CpuState s, int vector, int error) {
        s.stepping = false;
        boolean exact = s.exact;
        s.exact = true; // Between two instructions the count is.
        s.halted = false;
        int now = vector, code = error;
        for (int round = 0; now >= 0; round++) {
            s.vectors[Math.min(round, 2)] = now;
            try {
                deliver(s, now, code);
                now = -1;
            } catch (Fault f) {
                boolean twice = doubles(now, f.vector);
                code = twice ? 0 : f.error;
                if (now == Fault.DF || round == ROUNDS) {
                    s.vectors[2] = f.vector;
                    s.shutdown = true;
                    s.attention |= STOPPED;
                    now = -1;
                } else now = twice ? Fault.DF : f.vector;
            }
        }
        s.exact = exact;
    }

    /** RF as the next instruction would find it: without breakpoints nothing has cleared it. */
    private static int resuming(CpuState s) {
        return (s.dr[7] & DR7_ENABLED) != 0 ? s.system & RF : 0;
    }

    private static void deliver(CpuState s, int vector, int error) {
        if (s.protectedMode()) {
            long code = Fault.pushesError(vector) ? error & 0xFFFFFFFFL : NO_ERROR;
            // A trap behind IRET finds RF as that has set it.
            throughIdt(s, vector, false, EXT, code, vector == Fault.DB ? s.system & RF : RF);
        } else throughVectors(s, vector);
        if (vector == Fault.DB) s.dr[7] &= ~DR7_GD;
    }

    /** SDM vol. 3, table 6-5: whether a fault while one is delivered makes a double fault. */
    private static boolean doubles(int first, int second) {
        if (first == Fault.PF) return second == Fault.PF || contributory(second);
        return contributory(first) && contributory(second);
    }

    private static boolean contributory(int vector) {
        return vector == Fault.DE || vector >= Fault.TS && vector <= Fault.GP;
    }

    // Real mode

    private static void throughVectors(CpuState s, int vector) {
        if (Integer.compareUnsigned(4 * vector + 3, s.idtLimit) > 0) throw s.fault(Fault.GP, 0);
        int offset = s.tlb.systemLoad(s.idtBase + 4 * vector, 2), selector = s.tlb.systemLoad(s.idtBase + 4 * vector + 2, 2);
        pushReal(s, s.eflags());
        Segments.paragraphCode(s, selector);
        s.eip = offset;
        s.system &= ~(IF | TF | RF | AC);
        s.attend();
    }

    private static void pushReal(CpuState s, int flags) {
        Stack.below(s, 2, 2, flags & 0xFFFF);
        Stack.below(s, 4, 2, s.selector[CS]);
        Stack.below(s, 6, 2, s.eip & 0xFFFF);
        s.drop(-6);
    }

    // Virtual-8086 mode with extensions

    /** Whether the task state has the monitor, not the program, handle this interrupt. */
    private static boolean redirected(CpuState s, int vector) {
        if (Integer.compareUnsigned(0x67, s.limit[TR]) > 0) throw s.fault(Fault.GP, 0);
        int at = s.tlb.systemLoad(s.base[TR] + 0x66, 2) - 32 + (vector >> 3);
        if (Integer.compareUnsigned(at, s.limit[TR]) > 0) throw s.fault(Fault.GP, 0);
        return (s.tlb.systemLoad(s.base[TR] + at, 1) >> (vector & 7) & 1) != 0;
    }

    /** To the 8086 program's own handler, as real mode does; with IOPL below 3 on the virtual interrupt flag. */
    private static void toProgram(CpuState s, int vector) {
        int offset = s.tlb.load16(4 * vector), selector = s.tlb.load16(4 * vector + 2), flags = s.eflags();
        boolean virtual = s.iopl() != 3;
        if (virtual) flags = flags & ~IF | IOPL | ((flags & VIF) != 0 ? IF : 0);
        pushReal(s, flags);
        Segments.paragraphCode(s, selector);
        s.eip = offset;
        s.system &= ~((virtual ? VIF : IF) | TF | RF);
        s.attend();
    }

    // Protected mode

    private static void throughIdt(CpuState s, int vector, boolean software, int ext, long error, int resume) {
        int inTable = 8 * vector | IDT | ext;
        if (Integer.compareUnsigned(8 * vector + 7, s.idtLimit) > 0) throw s.fault(Fault.GP, inTable);
        int a = s.idtBase + 8 * vector;
        long gate = s.tlb.systemLoad(a, 4) & 0xFFFFFFFFL | (long) s.tlb.systemLoad(a + 4, 4) << 32;
        int type = type(gate);
        boolean task = type == TASK_GATE, handler = (type & ~(BITS32 | 1)) == INTERRUPT_GATE;
        if (!task && !handler || software && dpl(gate) < s.cpl) throw s.fault(Fault.GP, inTable);
        if (!present(gate)) throw s.fault(Fault.NP, inTable);
        int flags = s.eflags() & ~RF | resume;
        if (task) Tasks.interrupt(s, gateSelector(gate), ext, error, flags);
        else toHandler(s, gate, ext, error, flags);
    }

    private static void toHandler(CpuState s, long gate, int ext, long error, int flags) {
        int selector = gateSelector(gate);
        if ((selector & INDEX) == 0) throw s.fault(Fault.GP, ext);
        long d = read(s, selector, Fault.GP, ext);
        if (!code(d) || dpl(d) > s.cpl) throw s.fault(Fault.GP, selector & INDEX | ext);
        if (!present(d)) throw s.fault(Fault.NP, selector & INDEX | ext);
        boolean inner = !conforming(d) && dpl(d) < s.cpl;
        if ((flags & VM) != 0 && (!inner || dpl(d) != 0)) throw s.fault(Fault.GP, selector & INDEX | ext);
        if (Integer.compareUnsigned(gateOffset(gate), limit(d)) > 0) throw s.fault(Fault.GP, ext);
        touch(s, selector, d);
        int bytes = (type(gate) & BITS32) != 0 ? 4 : 2, level = inner ? dpl(d) : s.cpl;
        if (inner) pushInner(s, level, bytes, ext, flags, error);
        else pushSame(s, bytes, flags, error);

        s.system &= ~(TF | NT | VM | RF | ((type(gate) & 1) == 0 ? IF : 0));
        s.attend();
        if ((flags & VM) != 0) {
            s.segmentChanged(SS);
            for (int segment = DS; segment <= GS; segment++) Segments.nullify(s, segment, 0);
            Segments.nullify(s, ES, 0);
        }
        Transfers.setCode(s, selector & INDEX | level, d, gateOffset(gate));
    }

    private static void pushSame(CpuState s, int bytes, int flags, long error) {
        Stack.below(s, bytes, bytes, flags);
        Stack.below(s, 2 * bytes, bytes, s.selector[CS]);
        Stack.below(s, 3 * bytes, bytes, s.eip);
        if (error != NO_ERROR) Stack.below(s, 4 * bytes, bytes, (int) error);
        s.drop((error != NO_ERROR ? -4 : -3) * bytes);
    }

    /** Switches to the stack of {@code level} and pushes the frame there; nothing has changed if that faults. */
    private static void pushInner(CpuState s, int level, int bytes, int ext, int flags, long error) {
        int selector = Stack.innerSelector(s, level, ext), pointer = Stack.innerPointer(s, level, ext);
        long stack = Segments.stack(s, selector, level, Fault.TS, ext, ext);
        int outer = s.cpl, esp = s.r[ESP], ss = s.selector[SS], base = s.base[SS], limit = s.limit[SS], access = s.access[SS];
        try {
            s.privilege(level);
            Segments.set(s, SS, selector, stack);
            s.stackPointer(pointer);
            if ((flags & VM) != 0) pushData(s, bytes);
            Stack.push(s, bytes, ss);
            Stack.push(s, bytes, esp);
            Stack.push(s, bytes, flags);
            Stack.push(s, bytes, s.selector[CS]);
            Stack.push(s, bytes, s.eip);
            if (error != NO_ERROR) Stack.push(s, bytes, (int) error);
        } catch (Fault f) {
            s.r[ESP] = esp;
            s.privilege(outer);
            Segments.set(s, SS, ss, base, limit, access);
            if (f.vector == Fault.SS) f.error = selector & INDEX | ext;
            throw f;
        }
    }

    private static void pushData(CpuState s, int bytes) {
        Stack.push(s, bytes, s.selector[GS]);
        Stack.push(s, bytes, s.selector[FS]);
        Stack.push(s, bytes, s.selector[DS]);
        Stack.push(s, bytes, s.selector[ES]);
    }
}
