package org.lkpk.patcher.elf;

import java.util.List;
import java.util.Map;

/**
 * Code and data of a patch, ready to stand at one address.
 *
 * @param base linear address of the first byte
 * @param entries where the kernel shall jump to, for each new function: a counter of its calls stands before it
 * @param counters linear address of the 32-bit number of calls of each new function
 * @param functions all that it holds, by address
 * @param codeEnd behind its last instruction
 */
public record LinkedText(int base, byte[] bytes, Map<String, Integer> entries, Map<String, Integer> counters,
        List<Function> functions, int codeEnd, Table exceptions, Table bugs) {
    /** A function of the object, static ones included. */
    public record Function(String name, int address, int size) { }

    /** Entries that the kernel must know of; none if {@code count} is 0. */
    public record Table(int address, int count) { }
}
