package org.lkpk.cpu.protect;

import static org.lkpk.cpu.protect.Descriptors.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** Frames on the stack, and where the task state keeps the stacks of the inner levels. */
final class Stack {
    private Stack() { }

    /** Writes {@code bytes} (2 or 4) so that they end {@code depth} bytes below the top of the stack; moves nothing. */
    static void below(CpuState s, int depth, int bytes, int value) {
        int a = s.linear(SS, s.r[ESP] - depth & s.stackMask(), bytes, WRITE);
        if (bytes == 4) s.tlb.store32(a, value);
        else s.tlb.store16(a, value);
    }

    static void push(CpuState s, int bytes, int value) {
        if (bytes == 4) s.push32(value);
        else s.push16(value);
    }

    /** Pushes two values or, if one faults, nothing. */
    static void push(CpuState s, int bytes, int first, int second) {
        below(s, bytes, bytes, first);
        below(s, 2 * bytes, bytes, second);
        s.drop(-2 * bytes);
    }

    /** Linear address of the inner stack's pointer in the task state; the selector follows it. */
    private static int inner(CpuState s, int level, int ext) {
        boolean wide = (s.access[TR] & BITS32) != 0;
        int offset = wide ? 4 + 8 * level : 2 + 4 * level;
        if (Integer.compareUnsigned(offset + (wide ? 5 : 3), s.limit[TR]) > 0)
            throw s.fault(Fault.TS, s.selector[TR] & INDEX | ext);
        return s.base[TR] + offset;
    }

    static int innerPointer(CpuState s, int level, int ext) {
        int a = inner(s, level, ext);
        return s.tlb.systemLoad(a, (s.access[TR] & BITS32) != 0 ? 4 : 2);
    }

    static int innerSelector(CpuState s, int level, int ext) {
        int a = inner(s, level, ext);
        return s.tlb.systemLoad(a + ((s.access[TR] & BITS32) != 0 ? 4 : 2), 2);
    }
}
