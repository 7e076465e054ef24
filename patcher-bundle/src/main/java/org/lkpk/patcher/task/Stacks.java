package org.lkpk.patcher.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Machine;

/**
 * All kernel stacks of a guest at rest. Each word of them counts as a return address, which is more than there are and
 * never less. Arrays that a sleeping function has not filled may hold what others left there, for as long as it sleeps:
 * where the frame pointers make a chain that reaches from the last call to the system call's or thread's begin, and every
 * function in it is one that keeps a frame, that chain alone counts. On the machine's thread.
 *
 * <p>In user mode and in idle's HLT no interrupt is being served, so that i386's stacks for hard and soft interrupts are
 * empty; a machine that was paused elsewhere may stand on one, which is then followed to the one that it interrupted.
 */
public final class Stacks {
    private static final int DEEPEST = 100;
    /** Of {@code struct pt_regs}, which lies at the begin of a stack, and of what may be kept free behind it. */
    private static final int REGISTERS = 68, PADDING = 32;
    /** Interrupts and softirqs nest no deeper than this. */
    private static final int MOST_STACKS = 4;

    /**
     * A task that stands in the way.
     *
     * @param pid 0 for the idle task, which never leaves some functions
     * @param chain code addresses, the innermost first, the one in the way among them
     */
    public record Blocker(int pid, String comm, int address, List<Integer> chain) { }

    private final DirectMap memory;
    private final TaskLayout layout;
    private final int init;
    private final Cpu cpu;
    private final IntPredicate text;
    private final IntPredicate framed;
    private int tasks;

    /**
     * @param text whether an address may be one of code
     * @param framed whether the function around an address keeps a frame while it calls others
     */
    public Stacks(Machine machine, DirectMap memory, TaskLayout layout, int init, IntPredicate text, IntPredicate framed) {
        this.framed = framed;
        this.memory = memory;
        this.layout = layout;
        this.init = init;
        this.text = text;
        cpu = machine.cpus().isEmpty() ? null : machine.cpus().get(0);
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
        for (int leader : leaders) {
            List<Integer> threads = layout.threads(memory, leader);
            if (threads.isEmpty()) return null;
            for (int task : threads) {
                tasks++;
                if (task == current) addRunning(found, ranges, task);
                else addSleeping(found, ranges, task);
            }
        }
        return found;
    }

    private void addSleeping(List<Blocker> found, Ranges ranges, int task) {
        int sp = memory.word(task + layout.sp());
        int end = memory.word(task + layout.stack()) + TaskLayout.STACK;
        int at = find(ranges, sp, end);
        if (at == 0) return;
        int frame = memory.word(sp + TaskLayout.FRAME_EBP);
        List<Integer> chain = chain(memory.word(sp + TaskLayout.FRAME_RETURN), frame, end);
        int inside = memory.word(at);
        if (whole(chain, frame, end)) {
            inside = 0;
            for (int address : chain) if (inside == 0 && ranges.holds(address)) inside = address;
        }
        if (inside != 0) found.add(blocker(task, inside, chain));
    }

    /** Whether {@code chain} is all that the task will return to. */
    private boolean whole(List<Integer> chain, int innermost, int end) {
        int frame = innermost;
        for (int i = 1; i < chain.size() - 1; i++) frame = memory.word(frame);
        int left = end - (frame + 8) - REGISTERS;
        if (chain.size() < 3 || left < 0 || left > PADDING) return false;
        for (int address : chain.subList(0, chain.size() - 1)) if (!framed.test(address)) return false;
        return true;
    }

    private void addRunning(List<Blocker> found, Ranges ranges, int task) {
        // In user mode its kernel stack is empty.
        if (cpu == null || cpu.privilege() == 3) return;
        int eip = cpu.segment("cs").base() + (int) cpu.register("eip");
        int esp = (int) cpu.register("esp");
        int lowest = memory.word(task + layout.stack());
        List<Integer> chain = chain(eip, (int) cpu.register("ebp"), (esp | TaskLayout.STACK - 1) + 1);
        if (ranges.holds(eip)) {
            found.add(blocker(task, eip, chain));
            return;
        }
        for (int i = 0; i < MOST_STACKS && (esp & -TaskLayout.STACK) != lowest && memory.holds(esp & -TaskLayout.STACK); i++) {
            int at = find(ranges, esp & -4, (esp & -TaskLayout.STACK) + TaskLayout.STACK);
            if (at != 0) {
                found.add(blocker(task, memory.word(at), chain));
                return;
            }
            esp = memory.word(esp & -TaskLayout.STACK); // What it interrupted, as i386 keeps it at the stack's end.
        }
        int from = (esp & -TaskLayout.STACK) == lowest ? esp & -4 : lowest;
        int at = find(ranges, from, lowest + TaskLayout.STACK);
        if (at != 0) found.add(blocker(task, memory.word(at), chain));
    }

    /** Where in the stack from {@code from} to {@code end} a word lies in {@code ranges}; 0 if nowhere. */
    private int find(Ranges ranges, int from, int end) {
        for (int at = from; at != end; at += 4) if (ranges.holds(memory.word(at))) return at;
        return 0;
    }

    private Blocker blocker(int task, int address, List<Integer> chain) {
        return new Blocker(memory.word(task + layout.pid()), memory.text(task + layout.comm(), TaskLayout.COMM), address, chain);
    }

    private List<Integer> chain(int innermost, int frame, int end) {
        List<Integer> chain = new ArrayList<>(List.of(innermost));
        int lowest = end - TaskLayout.STACK;
        for (int i = 0; i < DEEPEST && Integer.compareUnsigned(frame - lowest, TaskLayout.STACK - 8) <= 0; i++) {
            int address = memory.word(frame + 4);
            if (!text.test(address)) break;
            chain.add(address);
            int outer = memory.word(frame);
            if (Integer.compareUnsigned(outer, frame) <= 0) break;
            frame = outer;
        }
        return chain;
    }
}
