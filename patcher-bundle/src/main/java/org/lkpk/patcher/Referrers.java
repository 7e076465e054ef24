package org.lkpk.patcher;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Machine;

/**
 * Who in a guest at rest may still lead to an address: every aligned word of its RAM and every register counts, whatever
 * it means. That is more than stacks hold and never less, and it needs no knowledge of the guest's structures. All
 * methods are for the machine's thread.
 */
final class Referrers {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final Machine machine;
    private final byte[] ram;

    Referrers(Machine machine) {
        this.machine = machine;
        ram = machine.memory().bytes();
    }

    /** Whether a word or register holds one of the linear addresses {@code first .. last}. */
    boolean any(int first, int last) {
        if (inRegisters(first, last)) return true;
        for (int at = 0; at <= ram.length - 4; at += 4)
            if (Integer.compareUnsigned((int) WORD.get(ram, at) - first, last - first) <= 0) return true;
        return false;
    }

    /** Whether the processor's next instruction lies in the linear addresses {@code first .. last}. */
    static boolean executing(Machine machine, int first, int last) {
        for (Cpu cpu : machine.cpus())
            if (within(cpu.segment("cs").base() + (int) cpu.register("eip"), first, last)) return true;
        return false;
    }

    /**
     * Those of {@code blocks} that something refers to from outside of them, and those that such a one refers to in
     * turn. Blocks that only they themselves name are not reachable.
     */
    List<Room.Block> referred(List<Room.Block> blocks, int pageOffset) {
        List<Room.Block> open = new ArrayList<>(blocks);
        List<Room.Block> found = new ArrayList<>();
        move(open, found, pageOffset, 0, ram.length);
        open.removeIf(block -> {
            boolean held = inRegisters(block.start() + pageOffset, block.end() - 1 + pageOffset);
            if (held) found.add(block);
            return held;
        });
        for (int i = 0; i < found.size(); i++) {
            int from = index(found.get(i).start());
            move(open, found, pageOffset, from, from + found.get(i).end() - found.get(i).start());
        }
        return found;
    }

    /** Moves to {@code found} what words in {@code from .. to - 1} of the RAM refer to, but for words in open blocks. */
    private void move(List<Room.Block> open, List<Room.Block> found, int pageOffset, int from, int to) {
        if (open.isEmpty()) return;
        int first = Integer.MAX_VALUE;
        int end = Integer.MIN_VALUE;
        for (Room.Block block : open) {
            first = Math.min(first, block.start());
            end = Math.max(end, block.end());
        }
        int origin = first + pageOffset;
        int span = end - first;
        for (int at = from; at <= to - 4; at += 4) {
            int distance = (int) WORD.get(ram, at) - origin;
            if (Integer.compareUnsigned(distance, span) < 0 && !isIn(open, at)) take(open, found, first + distance);
        }
    }

    private boolean isIn(List<Room.Block> blocks, int at) {
        for (Room.Block block : blocks) {
            int start = index(block.start());
            if (at >= start && at < start + block.end() - block.start()) return true;
        }
        return false;
    }

    private static void take(List<Room.Block> open, List<Room.Block> found, int address) {
        for (int i = open.size() - 1; i >= 0; i--)
            if (within(address, open.get(i).start(), open.get(i).end() - 1)) found.add(open.remove(i));
    }

    private int index(int physical) {
        return machine.memory().index(physical >>> 12) + (physical & 0xFFF);
    }

    private boolean inRegisters(int first, int last) {
        for (Cpu cpu : machine.cpus())
            for (String name : cpu.registers())
                if (within((int) cpu.register(name), first, last)) return true;
        return false;
    }

    private static boolean within(int address, int first, int last) {
        return Integer.compareUnsigned(address - first, last - first) <= 0;
    }
}
