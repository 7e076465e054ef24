package org.lkpk.patcher.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.lkpk.api.cpu.Cpu;

/**
 * All kernel stacks of a guest at rest. Each word of them counts as a return address, which is more than there are and
 * never less. Arrays that a sleeping function has not filled may hold what others left there, for as long as it sleeps:
 * where the frame pointers make a chain that reaches from the last call to the system call's or thread's begin, and every
 * function in it is one that keeps a frame, that chain alone counts. On the machine's thread.
 *
 * <p>In user mode and in idle's HLT no interrupt is being served, so that i386's stacks for hard and soft interrupts are
 * empty. A machine that was paused elsewhere may stand on one: the lowest word of each holds the stack pointer of what it
 * was entered from, so that the stacks are followed down to the task's own.
 */
public final class Stacks {
    /** What may be kept free behind {@code struct pt_regs} at the begin of a stack. */
    private static final int PADDING = 32;
    /** A hard interrupt, a soft one and what either may have interrupted nest no deeper than this. */
    private static final int MOST_STACKS = 4;

    /**
     * A task that stands in the way.
     *
     * @param pid 0 for the idle task, which never leaves some functions
     * @param chain code addresses, the innermost first, the one in the way among them
     * @param where what of it
     */
    public record Blocker(int pid, String comm, int address, List<Integer> chain, Where where) { }

    /** What of a task stands in the way. */
    public enum Where {
        /** It sleeps, or is idle. */
        ASLEEP,
        /** It was stopped within the kernel, as by a machine's pause. */
        RUNNING,
        /** An interrupt that came over it, on a stack of its own. */
        INTERRUPT
    }

    private final DirectMap memory;
    private final TaskLayout layout;
    private final int init;
    private final Cpu cpu;
    private final IntPredicate text;
    private final IntPredicate framed;
    private int tasks;

    /**
     * @param cpu null if there is none: nothing runs then
     * @param text whether an address may be one of code
     * @param framed whether the function around an address keeps a frame while it calls others
     */
    public Stacks(Cpu cpu, DirectMap memory, TaskLayout layout, int init, IntPredicate text, IntPredicate framed) {
        this.cpu = cpu;
        this.framed = framed;
        this.memory = memory;
        this.layout = layout;
        this.init = init;
        this.text = text;
    }

    /** How many tasks the last look has seen. */
    public int tasks() {
        return tasks;
    }

    /**
     * Those who are inside of {@code ranges} or return into them, one for each task.
     *
     * @param current address of the task that the processor is in
     * @return null if the lists of tasks cannot be followed now
     */
    public List<Blocker> inside(Ranges ranges, int current) {
        List<Blocker> found = new ArrayList<>();
        tasks = 0;
        List<Integer> leaders = layout.leaders(memory, init);
        if (leaders.isEmpty()) return null;
        boolean running = false;
        for (int leader : leaders) {
            List<Integer> threads = layout.threads(memory, leader);
            if (threads.isEmpty()) return null;
            for (int task : threads) {
                tasks++;
                running |= task == current;
                if (task == current) addRunning(found, ranges, task);
                else addSleeping(found, ranges, task);
            }
        }
        // One that exits has left the list already when it gives up the processor for good.
        if (!running && current != 0) addRunning(found, ranges, current);
        return found;
    }

    private void addSleeping(List<Blocker> found, Ranges ranges, int task) {
        int sp = memory.word(task + layout.sp());
        int end = memory.word(task + layout.stack()) + TaskLayout.STACK;
        int at = find(ranges, sp, end);
        if (at == 0) return;
        Calls calls = new Calls(memory, text);
        calls.follow(memory.word(sp + TaskLayout.FRAME_RETURN), memory.word(sp + TaskLayout.FRAME_EBP), end - TaskLayout.STACK);
        int inside = memory.word(at);
        if (whole(calls, end)) {
            inside = 0;
            for (int address : calls.chain()) if (inside == 0 && ranges.holds(address)) inside = address;
        }
        if (inside == 0) return;
        if (!calls.chain().contains(inside)) calls.include(inside, 0, at + TaskLayout.STACK - end);
        found.add(blocker(task, inside, calls, Where.ASLEEP));
    }

    /** Whether the calls are all that the task will return to. */
    private boolean whole(Calls calls, int end) {
        List<Integer> chain = calls.chain();
        int left = end - (calls.outermost() + 8) - Calls.REGISTERS;
        if (calls.interrupted() || chain.size() < 3 || left < 0 || left > PADDING) return false;
        for (int address : chain.subList(0, chain.size() - 1)) if (!framed.test(address)) return false;
        return true;
    }

    private void addRunning(List<Blocker> found, Ranges ranges, int task) {
        // In user mode its kernel stack is empty.
        if (cpu == null || cpu.privilege() == 3) return;
        int eip = cpu.segment("cs").base() + (int) cpu.register("eip");
        int own = memory.word(task + layout.stack());
        List<Integer> tops = tops((int) cpu.register("esp"), own);
        int[] stacks = new int[tops.size()];
        for (int i = 0; i < stacks.length; i++) stacks[i] = lowest(tops.get(i));
        Calls calls = new Calls(memory, text);
        calls.follow(eip, (int) cpu.register("ebp"), stacks);
        Where itself = cpu.idle() ? Where.ASLEEP : Where.RUNNING;
        for (int i = 0; i < stacks.length; i++) {
            Where where = stacks[i] == own ? itself : Where.INTERRUPT;
            boolean here = i == 0 && ranges.holds(eip);
            int at = find(ranges, tops.get(i) & -4, stacks[i] + TaskLayout.STACK);
            if (!here && at == 0) continue;
            int inside = here ? eip : memory.word(at);
            if (!calls.chain().contains(inside)) calls.include(inside, i, at - stacks[i]);
            found.add(blocker(task, inside, calls, where));
            return;
        }
    }

    /**
     * The stack pointer, and below it that of each stack that an interrupt has left for its own, down to the task's. All of
     * the task's stack counts where they do not lead there.
     */
    private List<Integer> tops(int esp, int own) {
        List<Integer> tops = new ArrayList<>();
        for (int top = esp; tops.size() < MOST_STACKS && memory.holds(lowest(top)); top = memory.word(lowest(top))) {
            tops.add(top);
            if (lowest(top) == own) return tops;
        }
        tops.add(own + 4);
        return tops;
    }

    /** Of the stack that {@code top} points into, which may be empty yet. */
    private static int lowest(int top) {
        return top - 1 & -TaskLayout.STACK;
    }

    /** Where in the stack from {@code from} to {@code end} a word lies in {@code ranges}; 0 if nowhere. */
    private int find(Ranges ranges, int from, int end) {
        for (int at = from; at != end; at += 4) if (ranges.holds(memory.word(at))) return at;
        return 0;
    }

    private Blocker blocker(int task, int address, Calls calls, Where where) {
        return new Blocker(memory.word(task + layout.pid()), memory.text(task + layout.comm(), TaskLayout.COMM), address, calls.chain(), where);
    }
}
