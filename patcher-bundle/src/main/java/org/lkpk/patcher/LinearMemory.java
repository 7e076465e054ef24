package org.lkpk.patcher;

import java.util.Arrays;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Machine;

/**
 * A guest's memory by the kernel's linear addresses, for the machine's thread at rest: most of it by the direct mapping,
 * the rest, such as loadable modules, by the page tables.
 */
final class LinearMemory {
    private static final int PAGE = 0x1000;

    private final Machine machine;
    private final int pageOffset;

    LinearMemory(Machine machine, int pageOffset) {
        this.machine = machine;
        this.pageOffset = pageOffset;
    }

    /** Physical address; -1 if nothing is mapped there. */
    long physical(int linear) {
        int direct = linear - pageOffset;
        if (Integer.compareUnsigned(direct, machine.memory().size()) < 0) return direct;
        for (Cpu cpu : machine.cpus()) return cpu.physical(linear);
        return -1;
    }

    /** The bytes there; FFh where there is nothing. */
    byte[] read(int linear, int count) {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;) {
            int part = Math.min(count - done, PAGE - (linear + done & PAGE - 1));
            long physical = physical(linear + done);
            if (physical < 0) Arrays.fill(bytes, done, done + part, (byte) 0xFF);
            else machine.memory().read((int) physical, bytes, done, part);
            done += part;
        }
        return bytes;
    }

    int word(int linear) {
        byte[] bytes = read(linear, 4);
        return bytes[0] & 0xFF | (bytes[1] & 0xFF) << 8 | (bytes[2] & 0xFF) << 16 | bytes[3] << 24;
    }

    /** Writes as far as there is memory. */
    void write(int linear, byte[] bytes) {
        for (int done = 0; done < bytes.length;) {
            int part = Math.min(bytes.length - done, PAGE - (linear + done & PAGE - 1));
            long physical = physical(linear + done);
            if (physical >= 0) machine.memory().write((int) physical, bytes, done, part);
            done += part;
        }
    }
}
