package org.lkpk.cpu.meaning;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** DIV and IDIV. #DE where the quotient does not fit; the flags stay as they are. */
@Changes(registers = {CpuState.EAX, CpuState.EDX}, operands = false)
public final class Division {
    private Division() { }

    public static void div8(CpuState s, int b) {
        int a = s.r[CpuState.EAX] & 0xFFFF;
        if (b == 0 || a / b > 0xFF) throw s.fault(Fault.DE);
        s.r16(CpuState.EAX, a / b | a % b << 8);
    }

    public static void div16(CpuState s, int b) {
        long a = (s.r[CpuState.EDX] & 0xFFFFL) << 16 | s.r[CpuState.EAX] & 0xFFFF;
        if (b == 0 || a / b > 0xFFFF) throw s.fault(Fault.DE);
        s.r16(CpuState.EAX, (int) (a / b));
        s.r16(CpuState.EDX, (int) (a % b));
    }

    public static void div32(CpuState s, int b) {
        long a = (long) s.r[CpuState.EDX] << 32 | s.r[CpuState.EAX] & 0xFFFFFFFFL, d = b & 0xFFFFFFFFL;
        if (Integer.compareUnsigned(s.r[CpuState.EDX], b) >= 0) throw s.fault(Fault.DE);
        s.r[CpuState.EAX] = (int) Long.divideUnsigned(a, d);
        s.r[CpuState.EDX] = (int) Long.remainderUnsigned(a, d);
    }

    public static void idiv8(CpuState s, int b) {
        int a = (short) s.r[CpuState.EAX], d = (byte) b;
        if (d == 0 || a / d != (byte) (a / d)) throw s.fault(Fault.DE);
        s.r16(CpuState.EAX, a / d & 0xFF | a % d << 8);
    }

    public static void idiv16(CpuState s, int b) {
        int a = s.r[CpuState.EDX] << 16 | s.r[CpuState.EAX] & 0xFFFF, d = (short) b;
        // The one quotient that int itself cannot hold is out of range here as well, and stays negative.
        if (d == 0 || a == Integer.MIN_VALUE && d == -1 || a / d != (short) (a / d)) throw s.fault(Fault.DE);
        s.r16(CpuState.EAX, a / d);
        s.r16(CpuState.EDX, a % d);
    }

    public static void idiv32(CpuState s, int b) {
        long a = (long) s.r[CpuState.EDX] << 32 | s.r[CpuState.EAX] & 0xFFFFFFFFL;
        if (b == 0 || a == Long.MIN_VALUE && b == -1 || a / b != (int) (a / b)) throw s.fault(Fault.DE);
        s.r[CpuState.EAX] = (int) (a / b);
        s.r[CpuState.EDX] = (int) (a % b);
    }
}
