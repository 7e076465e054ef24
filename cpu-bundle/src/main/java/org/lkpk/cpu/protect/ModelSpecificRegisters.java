package org.lkpk.cpu.protect;

import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.state.Model;

/**
 * Model-specific registers (SDM vol. 4). Not implemented: performance counters, machine check, MTRR, PAT and APIC, all of
 * them absent.
 */
public final class ModelSpecificRegisters {
    private static final int P5_MC_ADDR = 0, P5_MC_TYPE = 1, TSC = 0x10, P5_CESR = 0x11, P5_CTR0 = 0x12, P5_CTR1 = 0x13;
    private static final int PLATFORM_ID = 0x17, EBL_CR_POWERON = 0x2A, BIOS_UPDT_TRIG = 0x79, BIOS_SIGN_ID = 0x8B,
            BBL_CR_CTL = 0x119, EBC_SOFT_POWERON = 0x2B, EBC_FREQUENCY_ID = 0x2C, MISC_ENABLE = 0x1A0;
    /** Fast strings are on; branch trace and precise event sampling are not there, nor is performance monitoring. */
    private static final long MISC_ENABLE_FIXED = 0x1801;
    private static final int SYSENTER_CS = 0x174, SYSENTER_ESP = 0x175, SYSENTER_EIP = 0x176, EFER = 0xC0000080;

    private ModelSpecificRegisters() { }

    public static long read(CpuState s, int number) {
        return switch (number) {
            case TSC -> timeStamp(s);
            case SYSENTER_CS -> sysenter(s, s.sysenterCs);
            case SYSENTER_ESP -> sysenter(s, s.sysenterEsp);
            case SYSENTER_EIP -> sysenter(s, s.sysenterEip);
            case EFER -> {
                if (s.model.efer() == 0) throw s.fault(Fault.GP, 0);
                yield s.efer;
            }
            default -> {
                if (!quiet(s, number)) throw s.fault(Fault.GP, 0);
                if (number == MISC_ENABLE) yield MISC_ENABLE_FIXED;
                yield 0;
            }
        };
    }

    public static void write(CpuState s, int number, long value) {
        switch (number) {
            // Before the later Pentium 4, the lower half is loaded and the upper cleared.
            case TSC -> s.ticksOffset = (s.model.profile() == Profile.PENTIUM4 ? value : value & 0xFFFFFFFFL) - s.board.ticks();
            case SYSENTER_CS -> s.sysenterCs = (int) sysenter(s, (int) value);
            case SYSENTER_ESP -> s.sysenterEsp = (int) sysenter(s, (int) value);
            case SYSENTER_EIP -> s.sysenterEip = (int) sysenter(s, (int) value);
            case EFER -> efer(s, value);
            default -> {
                if (!quiet(s, number)) throw s.fault(Fault.GP, 0);
            }
        }
    }

    /** What pages allow hangs on it: translations are dropped. */
    private static void efer(CpuState s, long value) {
        if (s.model.efer() == 0 || (value & ~s.model.efer()) != 0) throw s.fault(Fault.GP, 0);
        s.efer = (int) value;
        s.tlb.flush();
    }

    /** What RDTSC reads. */
    public static long timeStamp(CpuState s) {
        return s.board.ticks() + s.ticksOffset;
    }

    private static long sysenter(CpuState s, int value) {
        if (!s.model.has(Model.SEP)) throw s.fault(Fault.GP, 0);
        return value & 0xFFFFFFFFL;
    }

    /** Registers that the model has and that never change whatever is written: Linux asks them for the microcode's revision. */
    private static boolean quiet(CpuState s, int number) {
        if (s.model.profile() == Profile.PENTIUM4)
            return switch (number) {
                case P5_MC_ADDR, P5_MC_TYPE, PLATFORM_ID, EBL_CR_POWERON, EBC_SOFT_POWERON, EBC_FREQUENCY_ID, BIOS_UPDT_TRIG,
                        BIOS_SIGN_ID, MISC_ENABLE -> true;
                default -> false;
            };
        if (s.model.profile().compareTo(Profile.P6) >= 0)
            return switch (number) {
                case P5_MC_ADDR, P5_MC_TYPE, PLATFORM_ID, EBL_CR_POWERON, BIOS_UPDT_TRIG, BIOS_SIGN_ID, BBL_CR_CTL -> true;
                default -> false;
            };
        return switch (number) {
            case P5_MC_ADDR, P5_MC_TYPE, P5_CESR, P5_CTR0, P5_CTR1 -> true;
            default -> false;
        };
    }
}
