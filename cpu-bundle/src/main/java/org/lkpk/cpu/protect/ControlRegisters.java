package org.lkpk.cpu.protect;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.state.Paging;

/** Control and debug registers (SDM vol. 3, 2.5 and 17.2). */
public final class ControlRegisters {
    private static final int CR3_BITS = ~0xFFF | 0x18, CR3_BITS_PAE = ~0x1F | 0x18;
    private static final int DR6_ONES = 0xFFFF0FF0, DR6_BITS = 0xE00F;
    private static final int DR7_BITS = 0xFFFF23FF, DR7_GD = 0x2000, DR7_LOCAL = 0x155, DR7_PORT = 2;

    private ControlRegisters() { }

    /** MOV of CRn; one that there is not raises #UD at any privilege level. */
    public static int read(CpuState s, int n) {
        known(s, n);
        return n == 0 ? s.cr0 : n == 2 ? s.cr2 : n == 3 ? s.cr3 : s.cr4;
    }

    private static void known(CpuState s, int n) {
        if (n == 1 || n > 4 || n == 4 && s.model.cr4() == 0) throw s.fault(Fault.UD);
        s.onlyRing0();
    }

    /** MOV to CRn. */
    public static void write(CpuState s, int n, int value) {
        known(s, n);
        switch (n) {
            case 0 -> cr0(s, value);
            case 2 -> s.cr2 = value;
            case 3 -> cr3(s, value);
            default -> cr4(s, value);
        }
    }

    public static void cr0(CpuState s, int written) {
        int value = written & s.model.cr0();
        boolean paging = (value & CR0_PG) != 0;
        if (paging && (value & CR0_PE) == 0 || (value & (CR0_NW | CR0_CD)) == CR0_NW) throw s.fault(Fault.GP, 0);
        int v = value | s.model.cr0Fixed(), changed = v ^ s.cr0;
        if (paging && (s.cr4 & CR4_PAE) != 0 && (changed & (CR0_PG | CR0_CD | CR0_NW)) != 0) Paging.loadPointers(s, s.cr3);
        s.cr0 = v;
        if ((changed & (CR0_PG | CR0_WP | CR0_PE)) != 0) s.tlb.flush();
        if ((changed & CR0_PE) != 0) for (int i = ES; i <= GS; i++) s.segmentChanged(i);
    }

    static void cr3(CpuState s, int value) {
        boolean pae = (s.cr4 & CR4_PAE) != 0;
        if (pae && (s.cr0 & CR0_PG) != 0) Paging.loadPointers(s, value);
        s.cr3 = value & (pae ? CR3_BITS_PAE : CR3_BITS);
        s.tlb.flushLocal();
    }

    private static void cr4(CpuState s, int value) {
        if ((value & ~s.model.cr4()) != 0) throw s.fault(Fault.GP, 0);
        int changed = value ^ s.cr4;
        boolean translation = (changed & (CR4_PSE | CR4_PAE | CR4_PGE)) != 0;
        if (translation && (value & CR4_PAE) != 0 && (s.cr0 & CR0_PG) != 0) Paging.loadPointers(s, s.cr3);
        s.cr4 = value;
        if (translation) s.tlb.flush();
    }

    public static int readDebug(CpuState s, int n) {
        return s.dr[debug(s, n)];
    }

    public static void writeDebug(CpuState s, int n, int value) {
        int known = debug(s, n);
        s.dr[known] = switch (known) {
            case 6 -> value & DR6_BITS | DR6_ONES;
            case 7 -> value & DR7_BITS | s.model.dr7Ones();
            default -> value;
        };
        s.system &= ~RF; // What RF was to pass over is past.
        s.attend();
        s.tlb.guard.breakpoints();
    }

    /** A task switch: breakpoints local to a task end. */
    static void leaveTask(CpuState s) {
        if ((s.dr[7] & DR7_LOCAL) == 0) return;
        s.dr[7] &= ~DR7_LOCAL;
        s.tlb.guard.breakpoints();
    }

    /** Looks for breakpoints on {@code size} ports from {@code port} on. */
    static void portBreakpoints(CpuState s, int port, int size) {
        if ((s.cr4 & CR4_DE) == 0) return;
        int met = 0;
        boolean enabled = false;
        for (int n = 0; n < 4; n++) {
            int control = s.dr[7] >>> 16 + 4 * n, length = control >> 2 & 3, at = s.dr[n] & ~length;
            if ((control & 3) != DR7_PORT || port > at + length || at >= port + size) continue;
            met |= 1 << n;
            enabled |= (s.dr[7] >> 2 * n & 3) != 0;
        }
        if (enabled) s.trap(met);
    }

    /** The register that {@code n} means: 4 and 5 are aliases unless debugging extensions are on. */
    private static int debug(CpuState s, int n) {
        if ((n == 4 || n == 5) && (s.cr4 & CR4_DE) != 0) throw s.fault(Fault.UD);
        s.onlyRing0();
        if ((s.dr[7] & DR7_GD) != 0) {
            s.debugged(DR6_BD);
            throw s.fault(Fault.DB);
        }
        return n == 4 || n == 5 ? n + 2 : n;
    }
}
