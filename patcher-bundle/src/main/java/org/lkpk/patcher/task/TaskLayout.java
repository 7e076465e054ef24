package org.lkpk.patcher.task;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Where Linux for i386 keeps what must be known of {@code task_struct}. No build says so (Debian's has no BTF), but the
 * tasks themselves do: each offset is the only one for which all tasks of the running guest fit together. Bytes.
 *
 * @param stack of the pointer to the kernel stack, whose lowest word is STACK_END_MAGIC
 * @param tasks of the list of processes
 * @param node of a thread in the list of its process
 * @param signal of the pointer to what the threads of a process share
 * @param head of that list in it
 * @param sp of the stack pointer of a task that does not run
 */
public record TaskLayout(int stack, int comm, int tasks, int pid, int node, int signal, int head, int sp) {
    /** Bytes of a kernel stack, and its alignment. */
    static final int STACK = 0x2000;
    static final int STACK_END_MAGIC = 0x57AC6E9D;
    static final int COMM = 16;
    /** Of what {@code __switch_to_asm} pushes: flags, ESI, EDI, EBX, EBP, return address. */
    static final int FRAME_EBP = 16, FRAME_RETURN = 20;
    private static final int LARGEST_TASK = 0x2000;
    private static final int LARGEST_SIGNAL = 64;
    private static final int MOST_TASKS = 100_000;

    /**
     * The layout of the kernel whose first task is at {@code init}; empty if it cannot be told without doubt.
     *
     * @param text whether an address lies in the kernel's code
     */
    public static Optional<TaskLayout> find(DirectMap memory, int init, IntPredicate text) {
        return new Search(memory, init, text).layout();
    }

    /** All processes' first threads, the idle task first; empty if the list is broken. */
    List<Integer> leaders(DirectMap memory, int init) {
        List<Integer> found = new ArrayList<>();
        int before = init + tasks;
        int task = init;
        do {
            if (found.size() == MOST_TASKS || !whole(memory, task) || task != init && memory.word(task + tasks + 4) != before) return List.of();
            found.add(task);
            before = task + tasks;
            task = memory.word(task + tasks) - tasks;
        } while (task != init);
        return found;
    }

    /** All threads of the process that {@code leader} is the first of, itself included; empty if the list is broken. */
    List<Integer> threads(DirectMap memory, int leader) {
        List<Integer> found = new ArrayList<>();
        int first = memory.word(leader + signal) + head;
        boolean itself = false;
        for (int at = memory.word(first); at != first; at = memory.word(at)) {
            int task = at - node;
            if (found.size() == MOST_TASKS || !whole(memory, task)) return List.of();
            itself |= task == leader;
            found.add(task);
        }
        return itself ? found : List.of();
    }

    private boolean whole(DirectMap memory, int task) {
        return stackOf(memory, task, stack) != 0 && !memory.text(task + comm, COMM).isEmpty();
    }

    /** The lowest address of the stack that the word at {@code offset} of {@code task} points to; 0 if it is none. */
    private static int stackOf(DirectMap memory, int task, int offset) {
        if (!memory.holds(task)) return 0;
        int lowest = memory.word(task + offset);
        return (lowest & STACK - 1) == 0 && memory.holds(lowest) && memory.word(lowest) == STACK_END_MAGIC ? lowest : 0;
    }

    /** The search for one kernel; each step narrows what the ones before have left. */
    private record Search(DirectMap memory, int init, IntPredicate text) {
        Optional<TaskLayout> layout() {
            int stack = only(offset -> offset < 0x40 && stackOf(memory, init, offset) != 0);
            int comm = only(offset -> memory.text(init + offset, COMM).startsWith("swapper"));
            if (stack < 0 || comm < 0) return Optional.empty();
            TaskLayout known = new TaskLayout(stack, comm, 0, 0, 0, 0, 0, 0);
            int tasks = only(offset -> known.withTasks(offset).leaders(memory, init).size() >= 3);
            if (tasks < 0) return Optional.empty();
            TaskLayout listed = known.withTasks(tasks);
            List<Integer> leaders = listed.leaders(memory, init);
            int pid = only(offset -> numbered(leaders, offset));
            return pid < 0 ? Optional.empty() : threaded(listed, leaders, pid);
        }

        private Optional<TaskLayout> threaded(TaskLayout known, List<Integer> leaders, int pid) {
            List<TaskLayout> found = new ArrayList<>();
            for (int node = 0; node < LARGEST_TASK; node += 4) {
                int head = memory.word(init + node);
                // The idle task is the only thread of its process.
                if (memory.word(init + node + 4) != head || memory.word(head) != init + node || memory.word(head + 4) != init + node) continue;
                for (int signal = 0; signal < LARGEST_TASK; signal += 4) {
                    int distance = head - memory.word(init + signal);
                    if (distance <= 0 || distance > LARGEST_SIGNAL) continue;
                    TaskLayout layout = new TaskLayout(known.stack, known.comm, known.tasks, pid, node, signal, distance, 0);
                    if (leaders.stream().allMatch(leader -> !layout.threads(memory, leader).isEmpty())) found.add(layout);
                }
            }
            if (found.size() != 1) return Optional.empty();
            TaskLayout layout = found.get(0);
            List<Integer> all = new ArrayList<>();
            for (int leader : leaders) all.addAll(layout.threads(memory, leader));
            int sp = only(offset -> sleeping(layout, all, offset));
            return sp < 0 ? Optional.empty()
                    : Optional.of(new TaskLayout(layout.stack, layout.comm, layout.tasks, pid, layout.node, layout.signal, layout.head, sp));
        }

        /** The one offset for which {@code fits} says so; -1 if there is none or more than one. */
        private int only(IntPredicate fits) {
            int found = -1;
            for (int offset = 0; offset < LARGEST_TASK; offset += 4) {
                if (!fits.test(offset)) continue;
                if (found >= 0) return -1;
                found = offset;
            }
            return found;
        }

        /** PID and thread group ID, side by side: 0, 1 and 2 for the first three, equal and never twice. */
        private boolean numbered(List<Integer> leaders, int offset) {
            Set<Integer> seen = new HashSet<>();
            for (int i = 0; i < leaders.size(); i++) {
                int pid = memory.word(leaders.get(i) + offset);
                if (pid != memory.word(leaders.get(i) + offset + 4) || i < 3 && pid != i || !seen.add(pid)) return false;
            }
            return true;
        }

        /** Whether the word there points to what a task pushes when another one runs; the one that runs has its last, torn. */
        private boolean sleeping(TaskLayout layout, List<Integer> tasks, int offset) {
            int torn = 0;
            for (int task : tasks) {
                int pointer = memory.word(task + offset);
                int lowest = memory.word(task + layout.stack);
                if ((pointer & 3) != 0 || Integer.compareUnsigned(pointer - lowest, STACK - FRAME_RETURN - 4) > 0 || pointer == lowest) return false;
                if (!text.test(memory.word(pointer + FRAME_RETURN)) && ++torn > 1) return false;
            }
            return true;
        }
    }

    private TaskLayout withTasks(int offset) {
        return new TaskLayout(stack, comm, offset, pid, node, signal, head, sp);
    }
}
