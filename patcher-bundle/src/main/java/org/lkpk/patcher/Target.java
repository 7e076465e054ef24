package org.lkpk.patcher;

import java.util.List;
import org.lkpk.patcher.task.Ranges;

/**
 * A function of the running kernel that is to be replaced.
 *
 * @param original its first bytes as the kernel itself has them, at least as many as a jump takes
 * @param code all of it, as the kernel itself has it
 * @param parts what belongs to it elsewhere, such as what the compiler holds for unlikely
 * @param fragile whether a task may stand inside of the bytes that the jump takes
 */
record Target(String name, int address, byte[] original, byte[] code, List<Ranges.Range> parts, boolean fragile) {
    /** Addresses at which a task is inside; the very first is where calls go. */
    Ranges.Range inside() {
        return new Ranges.Range(address + 1, address + code.length - 1);
    }
}
