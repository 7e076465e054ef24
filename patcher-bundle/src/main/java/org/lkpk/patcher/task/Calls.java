package org.lkpk.patcher.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A chain of calls by its frame pointers. It goes on behind an interrupt or a fault, whose entry leaves the address of the
 * saved registers ({@code struct pt_regs}) in EBP with the uppermost bit cleared, and from one stack to the next.
 */
final class Calls {
    /** Bytes of {@code struct pt_regs}, which lies at the begin of a task's stack too; offsets in it. */
    static final int REGISTERS = 68;
    private static final int EBP = 20, EIP = 48, CS = 52;
    private static final int KERNEL = 0x80000000;
    private static final int DEEPEST = 100;

    private final DirectMap memory;
    private final IntPredicate text;
    private final List<Integer> chain = new ArrayList<>();
    /** Where on the stacks each of the chain lies: its stack's number, and the place in it. */
    private final List<Long> places = new ArrayList<>();
    private int outermost;
    private boolean interrupted;

    Calls(DirectMap memory, IntPredicate text) {
        this.memory = memory;
        this.text = text;
    }

    /** Code addresses, the innermost first. */
    List<Integer> chain() {
        return chain;
    }

    /** The last frame. */
    int outermost() {
        return outermost;
    }

    /** Whether kernel code in it was interrupted: before that had made its frame, its caller is not in the chain. */
    boolean interrupted() {
        return interrupted;
    }

    /**
     * @param innermost where the code stands
     * @param ebp the frame pointer there
     * @param stacks the lowest address of each stack that the chain may lie on, in this order
     */
    void follow(int innermost, int ebp, int... stacks) {
        add(innermost, -1);
        int stack = 0;
        int above = 0; // what the next frame must lie behind, in its stack
        int frame = ebp;
        while (chain.size() < DEEPEST) {
            boolean saved = (frame & KERNEL) == 0;
            int at = frame | KERNEL;
            while (stack < stacks.length && !on(stacks[stack], at, saved ? REGISTERS : 8)) {
                stack++;
                above = 0;
            }
            if (stack == stacks.length || (at & 3) != 0 || Integer.compareUnsigned(at, above) <= 0) return;
            if (saved && (memory.word(at + CS) & 3) != 0) return; // from user mode
            int from = saved ? at + EIP : at + 4;
            if (!text.test(memory.word(from))) return;
            add(memory.word(from), place(stack, from - stacks[stack]));
            if (!saved) outermost = at;
            interrupted |= saved;
            above = at;
            frame = memory.word(saved ? at + EBP : at);
        }
    }

    private void add(int address, long place) {
        chain.add(address);
        places.add(place);
    }

    private static long place(int stack, int offset) {
        return (long) stack << 32 | offset;
    }

    /** Puts an address that is in no frame where it belongs: {@code offset} in the stack of this number. */
    void include(int address, int stack, int offset) {
        int at = 0;
        while (at < chain.size() && places.get(at) < place(stack, offset)) at++;
        chain.add(at, address);
        places.add(at, place(stack, offset));
    }

    private static boolean on(int lowest, int at, int size) {
        return Integer.compareUnsigned(at - lowest, TaskLayout.STACK - size) <= 0;
    }
}
