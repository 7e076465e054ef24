package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.EBP;
import static org.lkpk.cpu.state.CpuState.ESP;
import static org.lkpk.cpu.state.CpuState.READ;
import static org.lkpk.cpu.state.CpuState.SS;
import static org.lkpk.cpu.state.CpuState.WRITE;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** The stack. */
public final class Stack {
    private Stack() { }

    public static void push32(CpuState s, int v) {
        s.push32(v);
    }

    public static void push16(CpuState s, int v) {
        s.push16(v);
    }

    public static int pop32(CpuState s) {
        int v = s.peek(0, 4);
        s.drop(4);
        return v;
    }

    public static int pop16(CpuState s) {
        int v = s.peek(0, 2);
        s.drop(2);
        return v;
    }

    /** An address that hangs on ESP is worked out with ESP after the pop. */
    public static void pop_e(CpuState s, Insn i) {
        int bytes = i.operandSize >> 3, v = s.peek(0, bytes), sp = s.r[ESP];
        s.drop(bytes);
        if (!i.memory()) {
            Operands.register(s, i.rm, i.operandSize, v);
            return;
        }
        int after = s.r[ESP];
        int offset = i.address(s);
        s.r[ESP] = sp; // The store may fault.
        Operands.store(s, s.linear(i.segment, offset, bytes, WRITE), i.operandSize, v);
        s.r[ESP] = after;
    }

    public static void pusha(CpuState s, Insn i) {
        int bytes = i.operandSize >> 3, mask = s.stackMask(), sp = s.r[ESP];
        for (int n = 0; n < 8; n++) s.tlb.writable(s.linear(SS, sp - (n + 1) * bytes & mask, bytes, WRITE), bytes, bytes);
        for (int n = 0; n < 8; n++) {
            int at = s.linear(SS, sp - (n + 1) * bytes & mask, bytes, WRITE);
            Operands.store(s, at, i.operandSize, s.r[n]);
        }
        s.stackPointer(sp - 8 * bytes & mask);
    }

    public static void popa(CpuState s, Insn i) {
        int bytes = i.operandSize >> 3;
        for (int n = 0; n < 8; n++) s.peek(n * bytes, bytes); // Any may fault, the lowest first.
        for (int n = 0; n < 8; n++) if (n != ESP) {
            int v = s.peek((7 - n) * bytes, bytes);
            Operands.register(s, n, i.operandSize, v);
        }
        s.drop(8 * bytes);
    }

    public static void enter(CpuState s, Insn i) {
        int bytes = i.operandSize >> 3, mask = s.stackMask(), level = i.immediate2 & 31, sp = s.r[ESP], bp = s.r[EBP];
        for (int n = 1, pushes = level == 0 ? 1 : level + 1; n <= pushes; n++)
            s.tlb.writable(s.linear(SS, sp - n * bytes & mask, bytes, WRITE), bytes, bytes);
        // The frame pointer is cut to the operand's size, not to that of the stack.
        int at = sp - bytes & mask, frame = sp & ~mask | at;
        put(s, i, at, bp);
        for (int n = 1; n < level; n++) {
            int v = Operands.load(s, s.linear(SS, bp - n * bytes & mask, bytes, READ), i.operandSize);
            at = at - bytes & mask;
            put(s, i, at, v);
        }
        if (level > 0) {
            at = at - bytes & mask;
            put(s, i, at, frame);
        }
        int top = at - (i.immediate & 0xFFFF) & mask;
        s.tlb.writable(s.linear(SS, top, 1, WRITE), 1); // ENTER faults if the new top of the stack cannot be written.
        Operands.register(s, EBP, i.operandSize, frame);
        s.stackPointer(top);
    }

    private static void put(CpuState s, Insn i, int offset, int v) {
        Operands.store(s, s.linear(SS, offset, i.operandSize >> 3, WRITE), i.operandSize, v);
    }

    public static void leave(CpuState s, Insn i) {
        int bytes = i.operandSize >> 3, bp = s.r[EBP] & s.stackMask();
        int v = Operands.load(s, s.linear(SS, bp, bytes, READ), i.operandSize);
        s.stackPointer(bp + bytes & s.stackMask());
        Operands.register(s, EBP, i.operandSize, v);
    }
}
