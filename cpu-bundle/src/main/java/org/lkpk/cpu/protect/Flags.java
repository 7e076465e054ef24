package org.lkpk.cpu.protect;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** Who may change which flag: POPF, IRET, CLI and STI (SDM vol. 3, 2.3, 20.2 and 20.4). */
public final class Flags {
    private Flags() { }

    /** Sets the flags in {@code mask}. */
    static void write(CpuState s, int value, int mask) {
        s.eflags(s.eflags() & ~mask | value & mask);
    }

    /** The flags that POPF and IRET may write in protected mode; RF aside. */
    static int writable(CpuState s, int bytes) {
        int mask = ARITHMETIC | TF | DF | NT | (bytes == 4 ? AC | ID : 0);
        if (s.cpl <= s.iopl()) mask |= IF;
        if (s.cpl == 0) mask |= IOPL | (bytes == 4 ? VIF | VIP : 0);
        return mask;
    }

    /** POPF but for the stack; {@code bytes} is the operand size. */
    public static void pop(CpuState s, int value, int bytes) {
        if (s.virtual8086()) {
            popV86(s, value, bytes);
            return;
        }
        // POPF leaves the virtual interrupt flags alone and clears RF.
        int mask = s.protectedMode() ? writable(s, bytes) & ~(VIF | VIP)
                : ARITHMETIC | TF | DF | NT | IF | IOPL | (bytes == 4 ? AC | ID : 0);
        write(s, value & ~RF, mask | (bytes == 4 ? RF : 0));
    }

    private static void popV86(CpuState s, int value, int bytes) {
        if (s.iopl() == 3) {
            write(s, value & ~RF, ARITHMETIC | TF | DF | NT | IF | (bytes == 4 ? AC | ID | RF : 0));
            return;
        }
        if ((s.cr4 & CR4_VME) == 0 || bytes == 4) throw s.fault(Fault.GP, 0);
        checkVirtual(s, value);
        write(s, value, ARITHMETIC | TF | DF | NT);
        virtual(s, value);
    }

    /** What PUSHF pushes. */
    public static int pushed(CpuState s, int bytes) {
        int flags = s.eflags() & ~(RF | VM);
        if (!s.virtual8086() || s.iopl() == 3) return flags;
        if ((s.cr4 & CR4_VME) == 0 || bytes == 4) throw s.fault(Fault.GP, 0);
        return flags & ~IF | IOPL | ((flags & VIF) != 0 ? IF : 0);
    }

    /** A write of the virtual IF may not let a pending interrupt through unseen. */
    static void checkVirtual(CpuState s, int value) {
        if ((value & TF) != 0 || (value & IF) != 0 && (s.system & VIP) != 0) throw s.fault(Fault.GP, 0);
    }

    static void virtual(CpuState s, int value) {
        s.system = s.system & ~VIF | ((value & IF) != 0 ? VIF : 0);
    }

    public static void cli(CpuState s) {
        if (interruptFlag(s)) s.system &= ~IF;
        else s.system &= ~VIF;
        s.attend();
    }

    public static void sti(CpuState s) {
        if (!interruptFlag(s)) {
            if ((s.system & VIP) != 0) throw s.fault(Fault.GP, 0);
            s.system |= VIF;
        } else if ((s.system & IF) == 0) {
            s.system |= IF;
            s.attend();
            s.attention |= SHADOW;
        }
    }

    /** Whether CLI and STI mean IF; false if they mean VIF. */
    private static boolean interruptFlag(CpuState s) {
        if (!s.protectedMode() || s.cpl <= s.iopl() && !s.virtual8086() || s.virtual8086() && s.iopl() == 3) return true;
        boolean virtual = s.virtual8086() ? (s.cr4 & CR4_VME) != 0 : s.cpl == 3 && (s.cr4 & CR4_PVI) != 0;
        if (!virtual) throw s.fault(Fault.GP, 0);
        return false;
    }
}
