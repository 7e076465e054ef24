package org.lkpk.cpu.protect;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** SYSENTER and SYSEXIT (SDM vol. 3, 5.8.7): segments are flat whatever the table says. */
public final class FastCalls {
    private FastCalls() { }

    public static void enter(CpuState s) {
        if (!s.protectedMode() || (s.sysenterCs & Descriptors.INDEX) == 0) throw s.fault(Fault.GP, 0);
        s.eflags(s.eflags() & ~(VM | IF | RF));
        s.r[ESP] = s.sysenterEsp;
        s.eip = s.sysenterEip;
        flat(s, s.sysenterCs, 0);
    }

    public static void exit(CpuState s) {
        if (!s.protectedMode() || (s.sysenterCs & Descriptors.INDEX) == 0 || s.cpl != 0) throw s.fault(Fault.GP, 0);
        s.r[ESP] = s.r[ECX];
        s.eip = s.r[EDX];
        flat(s, s.sysenterCs + 16, 3);
    }

    /** The stack's descriptor is the code's successor. */
    private static void flat(CpuState s, int code, int level) {
        int selector = code & Descriptors.INDEX | level, dpl = level << 5;
        Segments.set(s, CS, selector, 0, -1, 0xC09B | dpl);
        Segments.set(s, SS, selector + 8, 0, -1, 0xC093 | dpl);
        s.privilege(level);
    }
}
