package org.lkpk.shell;

import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.machine.Machine;

/**
 * Where the guest spends its instructions: looks at the processor each {@link #INTERVAL} instructions, and counts what it
 * finds. In the kernel that is the stack of calls by frame pointers, innermost first; in user mode the program. All of it
 * belongs to the machine's thread. A boot begins it anew.
 */
final class Profile implements Machine.Listener {
    /** A prime, so that loops of the guest do not keep step with it. */
    static final long INTERVAL = 100_003;
    private static final int DEEPEST = 64, PAGE = 4096;
    /** The most that a frame may have, and the most of a stack that is searched for the name of its program. */
    private static final int FRAME = 1 << 14, STACK_PAGES = 64;
    /** A word, and the end of the name. */
    private static final int TOP_ZEROES = 5;
    private static final int PUSH_EBP = 0x55, MOV_EBP_ESP = 0xE589, RET = 0xC3;

    private final Cpu cpu;
    private final Memory memory;
    private final Map<IntBuffer, long[]> kernel = new HashMap<>();
    private final Map<String, long[]> user = new HashMap<>();
    private final int[] frames = new int[DEEPEST];
    private final byte[] page = new byte[PAGE];
    private Cpu.Trap trap;
    private long samples;

    Profile(Machine machine) {
        cpu = Rack.cpu(machine);
        memory = machine.memory();
    }

    void begin() {
        trap = cpu.sample(INTERVAL, this::sample);
    }

    void end() {
        trap.clear();
    }

    @Override
    public void booted() {
        samples = 0;
        kernel.clear();
        user.clear();
    }

    /** What was found so far. */
    Samples samples() {
        Map<IntBuffer, Long> stacks = new HashMap<>();
        Map<String, Long> programs = new HashMap<>();
        kernel.forEach((stack, count) -> stacks.put(stack, count[0]));
        user.forEach((program, count) -> programs.put(program, count[0]));
        return new Samples(samples, stacks, programs);
    }

    /** @param kernel stacks of linear addresses, @param user programs; each with how often it was found */
    record Samples(long count, Map<IntBuffer, Long> kernel, Map<String, Long> user) { }

    private void sample() {
        samples++;
        if (cpu.privilege() == 3) user.computeIfAbsent(program(), k -> new long[1])[0]++;
        else kernel.computeIfAbsent(IntBuffer.wrap(stack()), k -> new long[1])[0]++;
    }

    // The kernel's stack

    private int[] stack() {
        int depth = 0, at = cpu.segment("cs").base() + (int) cpu.register("eip");
        int frame = (int) cpu.register("ebp"), top = (int) cpu.register("esp"), caller = unframedCaller(at, top);
        frames[depth++] = at;
        if (caller != 0) frames[depth++] = caller;
        while (depth < DEEPEST && Integer.compareUnsigned(frame, top) >= 0 && Integer.compareUnsigned(frame - top, FRAME) < 0) {
            int next = word(frame), from = word(frame + 4);
            if (from == 0) break;
            frames[depth++] = from;
            top = frame + 8;
            frame = next;
        }
        return Arrays.copyOf(frames, depth);
    }

    /** Who called a function that has no frame yet or no more; 0 if it has one. */
    private int unframedCaller(int at, int top) {
        int code = word(at);
        if ((code & 0xFF) == PUSH_EBP || (code & 0xFF) == RET) return word(top);
        return (code & 0xFFFF) == MOV_EBP_ESP && (word(at - 1) & 0xFF) == PUSH_EBP ? word(top + 4) : 0;
    }

    /** A word of RAM; 0 if there is none. */
    private int word(int linear) {
        long physical = cpu.physical(linear);
        if (physical < 0 || (linear & PAGE - 1) > PAGE - 4 || memory.index((int) (physical >>> 12)) < 0) return 0;
        return memory.load((int) physical, 4);
    }

    // The program in user mode

    /** Linux leaves the name of a program's file at the very top of its first stack; a thread's stack has none. */
    private String program() {
        int top = (int) cpu.register("esp") & -PAGE, pages = 0;
        while (pages < STACK_PAGES && cpu.physical(top + PAGE) >= 0) {
            top += PAGE;
            pages++;
        }
        long physical = pages == STACK_PAGES ? -1 : cpu.physical(top);
        if (physical < 0) return space();
        memory.read((int) physical, page, 0, PAGE);
        int end = PAGE - 1;
        while (end > 0 && page[end] == 0) end--;
        int from = end;
        while (from > 0 && page[from - 1] > ' ') from--;
        boolean path = PAGE - 1 - end >= TOP_ZEROES && from > 0 && page[from - 1] == 0 && (page[from] == '/' || page[from] == '.');
        return path ? new String(page, from, end + 1 - from, StandardCharsets.US_ASCII) : space();
    }

    private String space() {
        return String.format("cr3 %08x", cpu.register("cr3"));
    }
}
