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
    /** Of CR4, and of the entries of page tables; their highest bit forbids execution. */
    private static final int PAE = 0x20, PRESENT = 0x1, LARGE = 0x80;
    /** Of the four pointers of PAE the last is the kernel's. */
    private static final int KERNEL = 24;

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
        for (Cpu cpu : machine.cpus()) {
            long physical = cpu.physical(linear);
            return physical < 0 && (cpu.register("cr4") & PAE) != 0 ? walked(cpu, linear, null) : physical;
        }
        return -1;
    }

    /**
     * Lets code be fetched from the pages of {@code first .. last}, where the kernel of a PAE machine has forbidden it.
     *
     * @return whether there was anything to allow
     */
    boolean allowExecution(int first, int last) {
        boolean changed = false;
        for (Cpu cpu : machine.cpus()) {
            if ((cpu.register("cr4") & PAE) == 0) return false;
            for (int page = first & -PAGE; Integer.compareUnsigned(page, last) <= 0; page += PAGE) {
                boolean[] forbidden = new boolean[1];
                walked(cpu, page, forbidden);
                changed |= forbidden[0];
            }
            // Drops what the processor remembers of its page tables.
            if (changed) cpu.register("cr4", cpu.register("cr4"));
        }
        return changed;
    }

    /**
     * Walks PAE's tables, those of the kernel: a processor in user mode, or on its way there or back, may have others, whose
     * directory lies one page on.
     *
     * @param executable if not null, set if the pages could not be executed, which they then can
     */
    private long walked(Cpu cpu, int linear, boolean[] executable) {
        int pointers = (int) cpu.register("cr3") & ~0x1F;
        long found = walked(pointers, linear, executable);
        return found < 0 && isUsers(pointers) ? walked(pointers & ~PAGE, linear, executable) : found;
    }

    /** Whether they lie behind the kernel's, with which they share what is below it. */
    private boolean isUsers(int pointers) {
        if ((pointers & PAGE) == 0) return false;
        for (int at = 0; at < KERNEL; at += 8)
            if ((entry(pointers + at, null) ^ entry((pointers & ~PAGE) + at, null)) >>> 12 != 0) return false;
        return true;
    }

    private long walked(int pointers, int linear, boolean[] executable) {
        long pointer = entry(pointers + 8 * (linear >>> 30), executable);
        if ((pointer & PRESENT) == 0) return -1;
        long directory = entry((int) pointer & -PAGE | linear >>> 18 & 0xFF8, executable);
        if ((directory & PRESENT) == 0) return -1;
        if ((directory & LARGE) != 0) return directory & 0xFFE00000L | linear & 0x1FFFFF;
        long page = entry((int) directory & -PAGE | linear >>> 9 & 0xFF8, executable);
        return (page & PRESENT) == 0 ? -1 : page & 0xFFFFF000L | linear & 0xFFF;
    }

    private long entry(int physical, boolean[] executable) {
        long entry = machine.memory().load(physical, 4) & 0xFFFFFFFFL | (long) machine.memory().load(physical + 4, 4) << 32;
        if (executable != null && (entry & PRESENT) != 0 && entry < 0) {
            machine.memory().store(physical + 4, 4, (int) (entry >>> 32) & Integer.MAX_VALUE);
            executable[0] = true;
        }
        return entry;
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
