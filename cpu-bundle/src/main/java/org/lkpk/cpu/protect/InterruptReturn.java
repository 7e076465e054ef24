package org.lkpk.cpu.protect;

import static org.lkpk.cpu.protect.Descriptors.limit;
import static org.lkpk.cpu.protect.Descriptors.touch;
import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** IRET in all modes (SDM vol. 2; vol. 3, 6.12 and 20.2). */
public final class InterruptReturn {
    private static final int LIMIT_V86 = 0xFFFF;

    private InterruptReturn() { }

    /** @param bytes operand size, 2 or 4 */
    public static void iret(CpuState s, int bytes) {
        if (!s.protectedMode()) paragraph(s, bytes, bytes == 4 ? ~(VM | VIF | VIP) : 0xFFFF);
        else if (s.virtual8086()) fromV86(s, bytes);
        else if ((s.system & NT) != 0) Tasks.iret(s);
        else toProtected(s, bytes);
        s.nmiBlocked = false;
    }

    /** A frame of IP, CS and FLAGS whose selector is a paragraph. */
    private static void paragraph(CpuState s, int bytes, int mask) {
        int offset = s.peek(0, bytes), selector = s.peek(bytes, bytes) & 0xFFFF, flags = s.peek(2 * bytes, bytes);
        Transfers.withinLimit(s, offset, s.limit[CS]);
        s.drop(3 * bytes);
        Segments.paragraphCode(s, selector);
        s.eip = offset;
        Flags.write(s, flags, mask);
    }

    private static void fromV86(CpuState s, int bytes) {
        if (s.iopl() == 3) {
            paragraph(s, bytes, (bytes == 4 ? -1 : 0xFFFF) & ~(IOPL | VM | VIF | VIP));
            return;
        }
        if ((s.cr4 & CR4_VME) == 0 || bytes == 4) throw s.fault(Fault.GP, 0);
        int flags = s.peek(4, 2);
        Flags.checkVirtual(s, flags);
        paragraph(s, 2, 0xFFFF & ~(IOPL | IF));
        Flags.virtual(s, flags);
    }

    private static void toProtected(CpuState s, int bytes) {
        int offset = s.peek(0, bytes), selector = s.peek(bytes, bytes) & 0xFFFF, flags = s.peek(2 * bytes, bytes);
        if (bytes == 4 && (flags & VM) != 0 && s.cpl == 0) {
            toV86(s, offset, selector, flags);
            return;
        }
        long d = Transfers.codeForReturn(s, selector);
        int mask = Flags.writable(s, bytes);
        if (bytes == 4) mask |= RF;
        if ((selector & 3) == s.cpl) {
            Transfers.withinLimit(s, offset, limit(d));
            touch(s, selector, d);
            s.drop(3 * bytes);
            Transfers.setCode(s, selector, d, offset);
        } else {
            int pointer = s.peek(3 * bytes, bytes), stackSelector = s.peek(4 * bytes, bytes) & 0xFFFF;
            long stack = Segments.stack(s, stackSelector, selector & 3, Fault.GP, 0, 0);
            Transfers.withinLimit(s, offset, limit(d));
            touch(s, selector, d);
            Transfers.returnOuter(s, selector, d, offset, stackSelector, stack, pointer);
        }
        Flags.write(s, flags, mask);
    }

    private static void toV86(CpuState s, int offset, int selector, int flags) {
        int esp = s.peek(12, 4), ss = s.peek(16, 4);
        int es = s.peek(20, 4), ds = s.peek(24, 4), fs = s.peek(28, 4), gs = s.peek(32, 4);
        s.eflags(flags);
        segmentV86(s, CS, selector);
        segmentV86(s, SS, ss);
        segmentV86(s, ES, es);
        segmentV86(s, DS, ds);
        segmentV86(s, FS, fs);
        segmentV86(s, GS, gs);
        s.r[ESP] = esp;
        s.eip = offset & LIMIT_V86; // Cut off, not checked.
        s.privilege(3);
    }

    static void segmentV86(CpuState s, int segment, int selector) {
        int paragraph = selector & 0xFFFF;
        Segments.set(s, segment, paragraph, paragraph << 4, LIMIT_V86, Segments.ACCESS_V86);
    }
}
