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
 * @param names the functions once more, as the guest reads them: first address, address behind, name
 * @param title linear address of the patch's name
 * @param jumps places that follow keys of the kernel
 * @param sites descriptions of its own pr_debug sites, one behind the other
 * @param exported where other patches and the patcher find what this one offers
 */
public record LinkedText(int base, byte[] bytes, Map<String, Integer> entries, Map<String, Integer> counters,
        List<Function> functions, int codeEnd, Table exceptions, Table bugs, Table names, int title, Map<String, Integer> exported,
        List<Jump> jumps, Table sites) {
    /** A function of the object, static ones included. */
    public record Function(String name, int address, int size) { }

    /** Entries that the kernel must know of; none if {@code count} is 0. */
    public record Table(int address, int count) { }

    /**
     * A jump label: an instruction that is a jump or a NOP as a static key of the kernel says.
     *
     * @param site where it is; it takes 2 or 5 bytes
     * @param key address of the key, a count that is 0 when it is off
     * @param inverted whether it jumps when the key is off
     */
    public record Jump(int site, int length, int target, int key, boolean inverted) {
        private static final byte[] NOP_SHORT = {(byte) 0x89, (byte) 0xF6}, NOP_LONG = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00};
        private static final byte JMP_SHORT = (byte) 0xEB, JMP_LONG = (byte) 0xE9;

        /** How many bytes the one takes that stands at {@code at}. */
        public static int length(byte[] code, int at) {
            return code[at] == JMP_SHORT || code[at] == NOP_SHORT[0] ? NOP_SHORT.length : NOP_LONG.length;
        }

        /** What stands there when the key's count is {@code count}. */
        public byte[] code(int count) {
            if (count != 0 == inverted) return length == 2 ? NOP_SHORT.clone() : NOP_LONG.clone();
            int distance = target - (site + length);
            if (length == 2) return new byte[] {JMP_SHORT, (byte) distance};
            return new byte[] {JMP_LONG, (byte) distance, (byte) (distance >> 8), (byte) (distance >> 16), (byte) (distance >> 24)};
        }
    }
}
