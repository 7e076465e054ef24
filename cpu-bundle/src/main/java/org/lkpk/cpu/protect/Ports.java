package org.lkpk.cpu.protect;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** Who may use which I/O port (SDM vol. 1, 18.5). */
public final class Ports {
    private static final int MAP_BASE = 0x66;

    private Ports() { }

    /**
     * To be called before each access: breakpoints on ports are looked for here as well.
     *
     * @throws Fault #GP(0) unless IOPL or the task's I/O map allows {@code size} ports from {@code port} on
     */
    public static void check(CpuState s, int port, int size) {
        if (s.protectedMode() && (s.cpl > s.iopl() || s.virtual8086())) checkMap(s, port, size);
        if ((s.dr[7] & DR7_ENABLED) != 0) ControlRegisters.portBreakpoints(s, port, size);
    }

    private static void checkMap(CpuState s, int port, int size) {
        if ((s.access[TR] & (Descriptors.PRESENT | Descriptors.BITS32)) != (Descriptors.PRESENT | Descriptors.BITS32)
                || Integer.compareUnsigned(MAP_BASE + 1, s.limit[TR]) > 0) throw s.fault(Fault.GP, 0);
        int at = s.tlb.systemLoad(s.base[TR] + MAP_BASE, 2) + (port >> 3);
        if (Integer.compareUnsigned(at + 1, s.limit[TR]) > 0) throw s.fault(Fault.GP, 0);
        int forbidden = s.tlb.systemLoad(s.base[TR] + at, 2) >> (port & 7) & (1 << size) - 1;
        if (forbidden != 0) throw s.fault(Fault.GP, 0);
    }
}
