package org.lkpk.cpu.protect;

import static org.lkpk.cpu.protect.Descriptors.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** The local descriptor table and the task register (SDM vol. 3, 2.4), and what selectors tell without a load. */
public final class SystemSegments {
    /** Types of which LAR and LSL tell: bit n for system type n. */
    private static final int LAR_TYPES = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 9 | 1 << 11 | 1 << 12;
    private static final int LSL_TYPES = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 9 | 1 << 11;

    private SystemSegments() { }

    /** LLDT, with the vectors of a wrong and of an absent table. */
    public static void loadLdt(CpuState s, int selector, int wrong, int absent) {
        if ((selector & INDEX) == 0) {
            Segments.nullify(s, LDTR, selector);
            return;
        }
        if ((selector & 4) != 0) throw s.fault(wrong, selector & INDEX);
        long d = read(s, selector, wrong, 0);
        if (type(d) != LDT) throw s.fault(wrong, selector & INDEX);
        if (!present(d)) throw s.fault(absent, selector & INDEX);
        Segments.set(s, LDTR, selector, base(d), limit(d), access(d));
    }

    /** LTR. */
    public static void loadTask(CpuState s, int selector) {
        if ((selector & INDEX) == 0) throw s.fault(Fault.GP, 0);
        long d = Tasks.available(s, selector, Fault.GP, 0);
        s.tlb.systemStore(address(s, selector) + 5, 1, access(d) & 0xFF | BUSY);
        Segments.set(s, TR, selector, base(d), limit(d), access(d) | BUSY);
    }

    /** LAR: the second word of the descriptor but for its base, as processors give it; -1 if it may not be seen. */
    public static long rights(CpuState s, int selector) {
        long d = visible(s, selector, LAR_TYPES);
        return d == 0 ? -1 : d >>> 32 & 0xFFFF00;
    }

    /** LSL: the limit in bytes; -1 if it may not be seen. */
    public static long limitOf(CpuState s, int selector) {
        long d = visible(s, selector, LSL_TYPES);
        return d == 0 ? -1 : limit(d) & 0xFFFFFFFFL;
    }

    /** The descriptor, if the privilege level allows a look at it; else 0. */
    private static long visible(CpuState s, int selector, int types) {
        long d = look(s, selector);
        if (type(d) < SEGMENT && (types >> type(d) & 1) == 0) return 0;
        return allowed(s, selector, d) ? d : 0;
    }

    private static boolean allowed(CpuState s, int selector, long d) {
        return code(d) && conforming(d) || dpl(d) >= s.cpl && dpl(d) >= (selector & 3);
    }

    /** The descriptor, or 0 if there is none. */
    private static long look(CpuState s, int selector) {
        return (selector & INDEX) == 0 || address(s, selector) == -1 ? 0 : read(s, selector, Fault.GP, 0);
    }

    /** VERR. */
    public static boolean canRead(CpuState s, int selector) {
        long d = look(s, selector);
        return readable(d) && allowed(s, selector, d);
    }

    /** VERW. */
    public static boolean canWrite(CpuState s, int selector) {
        long d = look(s, selector);
        return writableData(d) && allowed(s, selector, d);
    }
}
