package org.lkpk.shell;

import java.util.Arrays;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Machine;

/** Bytes at linear addresses, as the guest sees them now. */
final class Linear {
    private static final int PAGE = 4096;

    private Linear() { }

    /** Reads up to {@code length} bytes; shorter if a page is not mapped. For work at rest. */
    static byte[] read(Machine machine, int address, int length) {
        Cpu cpu = Rack.cpu(machine);
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            int at = address + done;
            int count = Math.min(length - done, PAGE - (at & PAGE - 1));
            long physical = cpu.physical(at);
            if (physical < 0) break;
            machine.memory().read((int) physical, bytes, done, count);
            done += count;
        }
        return Arrays.copyOf(bytes, done);
    }
}
