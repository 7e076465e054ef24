package org.lkpk.cpu.protect;

import static org.lkpk.cpu.protect.Descriptors.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** Far jumps, calls and returns (SDM vol. 3, 5.8). On entry {@code eip} is the next instruction's. */
public final class Transfers {
    private Transfers() { }

    public static void jump(CpuState s, int selector, int offset) {
        if (!s.descriptors()) {
            jumpParagraph(s, selector, offset);
            return;
        }
        long d = target(s, selector);
        switch (type(d)) {
            case TSS_AVAILABLE, TSS_AVAILABLE | BITS32 -> Tasks.jump(s, checkedTask(s, selector, d), d);
            case TASK_GATE -> {
                int tss = gateSelector(checkedGate(s, selector, d));
                Tasks.jump(s, tss, Tasks.available(s, tss, Fault.GP, 0));
            }
            case CALL_GATE, CALL_GATE | BITS32 -> {
                int code = gateSelector(checkedGate(s, selector, d));
                enter(s, code, codeForJump(s, code & INDEX, target(s, code)), gateOffset(d));
            }
            default -> enter(s, selector, codeForJump(s, selector, d), offset);
        }
    }

    /** @param bytes operand size, 2 or 4 */
    public static void call(CpuState s, int selector, int offset, int bytes) {
        if (!s.descriptors()) {
            withinLimit(s, offset, s.limit[CS]);
            Stack.push(s, bytes, s.selector[CS], s.eip);
            jumpParagraph(s, selector, offset);
            return;
        }
        long d = target(s, selector);
        switch (type(d)) {
            case TSS_AVAILABLE, TSS_AVAILABLE | BITS32 -> Tasks.call(s, checkedTask(s, selector, d), d);
            case TASK_GATE -> {
                int tss = gateSelector(checkedGate(s, selector, d));
                Tasks.call(s, tss, Tasks.available(s, tss, Fault.GP, 0));
            }
            case CALL_GATE, CALL_GATE | BITS32 -> callGate(s, checkedGate(s, selector, d));
            default -> callSame(s, selector, codeForJump(s, selector, d), offset, bytes);
        }
    }

    private static void jumpParagraph(CpuState s, int selector, int offset) {
        withinLimit(s, offset, s.limit[CS]);
        Segments.paragraphCode(s, selector);
        s.eip = offset;
    }

    static void withinLimit(CpuState s, int offset, int limit) {
        if (Integer.compareUnsigned(offset, limit) > 0) throw s.fault(Fault.GP, 0);
    }

    private static long target(CpuState s, int selector) {
        if ((selector & INDEX) == 0) throw s.fault(Fault.GP, 0);
        return read(s, selector, Fault.GP, 0);
    }

    private static long checkedGate(CpuState s, int selector, long gate) {
        if (dpl(gate) < s.cpl || dpl(gate) < (selector & 3)) throw s.fault(Fault.GP, selector & INDEX);
        if (!present(gate)) throw s.fault(Fault.NP, selector & INDEX);
        return gate;
    }

    private static int checkedTask(CpuState s, int selector, long tss) {
        if ((selector & 4) != 0) throw s.fault(Fault.GP, selector & INDEX);
        checkedGate(s, selector, tss);
        return selector;
    }

    /** Checks a code segment that is entered without a change of privilege. */
    private static long codeForJump(CpuState s, int selector, long d) {
        boolean allowed = code(d) && (conforming(d) ? dpl(d) <= s.cpl : dpl(d) == s.cpl && (selector & 3) <= s.cpl);
        if (!allowed) throw s.fault(Fault.GP, selector & INDEX);
        if (!present(d)) throw s.fault(Fault.NP, selector & INDEX);
        return d;
    }

    private static void enter(CpuState s, int selector, long d, int offset) {
        withinLimit(s, offset, limit(d));
        touch(s, selector, d);
        setCode(s, selector & INDEX | s.cpl, d, offset);
    }

    /** Takes over a checked code segment and the offset in it. */
    static void setCode(CpuState s, int selector, long d, int offset) {
        Segments.set(s, CS, selector, d);
        s.eip = offset;
    }

    private static void callSame(CpuState s, int selector, long d, int offset, int bytes) {
        Stack.below(s, bytes, bytes, s.selector[CS]);
        Stack.below(s, 2 * bytes, bytes, s.eip);
        withinLimit(s, offset, limit(d));
        touch(s, selector, d);
        s.drop(-2 * bytes);
        setCode(s, selector & INDEX | s.cpl, d, offset);
    }

    private static void callGate(CpuState s, long gate) {
        int selector = gateSelector(gate), bytes = (type(gate) & BITS32) != 0 ? 4 : 2;
        long d = target(s, selector);
        if (!code(d) || dpl(d) > s.cpl) throw s.fault(Fault.GP, selector & INDEX);
        if (!present(d)) throw s.fault(Fault.NP, selector & INDEX);
        if (conforming(d) || dpl(d) == s.cpl) callSame(s, selector, d, gateOffset(gate), bytes);
        else callInner(s, selector, d, gate, bytes);
    }

    private static void callInner(CpuState s, int selector, long d, long gate, int bytes) {
        int level = dpl(d), count = (int) (gate >>> 32) & 0x1F;
        int newSelector = Stack.innerSelector(s, level, 0), pointer = Stack.innerPointer(s, level, 0);
        long stack = Segments.stack(s, newSelector, level, Fault.TS, 0, 0);
        int[] parameters = new int[count];
        for (int i = 0; i < count; i++) parameters[i] = s.peek(i * bytes, bytes);
        withinLimit(s, gateOffset(gate), limit(d));
        touch(s, selector, d);

        int outer = s.cpl, esp = s.r[ESP], ss = s.selector[SS], base = s.base[SS], limit = s.limit[SS], access = s.access[SS];
        try {
            s.privilege(level);
            Segments.set(s, SS, newSelector, stack);
            s.stackPointer(pointer);
            Stack.push(s, bytes, ss);
            Stack.push(s, bytes, esp);
            for (int i = count - 1; i >= 0; i--) Stack.push(s, bytes, parameters[i]);
            Stack.push(s, bytes, s.selector[CS]);
            Stack.push(s, bytes, s.eip);
        } catch (Fault f) {
            s.r[ESP] = esp;
            s.privilege(outer);
            Segments.set(s, SS, ss, base, limit, access);
            if (f.vector == Fault.SS) f.error = newSelector & INDEX;
            throw f;
        }
        setCode(s, selector & INDEX | level, d, gateOffset(gate));
    }

    /** RETF; {@code bytes} is the operand size, {@code parameters} the bytes to drop. */
    public static void ret(CpuState s, int bytes, int parameters) {
        int offset = s.peek(0, bytes), selector = s.peek(bytes, bytes) & 0xFFFF;
        if (!s.descriptors()) {
            jumpParagraph(s, selector, offset);
            s.drop(2 * bytes + parameters);
            return;
        }
        long d = codeForReturn(s, selector);
        if ((selector & 3) == s.cpl) {
            withinLimit(s, offset, limit(d));
            touch(s, selector, d);
            s.drop(2 * bytes + parameters);
            setCode(s, selector, d, offset);
            return;
        }
        int pointer = s.peek(2 * bytes + parameters, bytes), stackSelector = s.peek(3 * bytes + parameters, bytes) & 0xFFFF;
        long stack = Segments.stack(s, stackSelector, selector & 3, Fault.GP, 0, 0);
        withinLimit(s, offset, limit(d));
        touch(s, selector, d);
        returnOuter(s, selector, d, offset, stackSelector, stack, pointer + parameters);
    }

    /** Reads and checks the code segment that a RETF or IRET goes back to. */
    static long codeForReturn(CpuState s, int selector) {
        long d = target(s, selector);
        int level = selector & 3;
        if (!code(d) || level < s.cpl || (conforming(d) ? dpl(d) > level : dpl(d) != level))
            throw s.fault(Fault.GP, selector & INDEX);
        if (!present(d)) throw s.fault(Fault.NP, selector & INDEX);
        return d;
    }

    /** The end of a return to an outer level; everything is checked. */
    static void returnOuter(CpuState s, int selector, long d, int offset, int stackSelector, long stack, int pointer) {
        setCode(s, selector, d, offset);
        s.privilege(selector & 3);
        Segments.set(s, SS, stackSelector, stack);
        // Into a 16-bit stack only SP is loaded; Linux's ESP fix relies on the upper half staying as it was.
        s.stackPointer(pointer);
        Segments.dropInner(s, ES);
        Segments.dropInner(s, DS);
        Segments.dropInner(s, FS);
        Segments.dropInner(s, GS);
    }
}
