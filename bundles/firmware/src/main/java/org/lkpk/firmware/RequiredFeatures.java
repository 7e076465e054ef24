package org.lkpk.firmware;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lkpk.api.cpu.Cpu;

/**
 * The CPU features that a kernel was built to rely on. Its real-mode code checks them and names those that lack; the
 * 32-bit entry skips that code, so we read its table: (word, bit, name, zero) in ascending order, the last one with an
 * empty name. It is found by its first entry, word 0 bit 0 "fpu"; a kernel without it (FPU emulation) is not checked.
 */
final class RequiredFeatures {
    private static final byte[] FIRST = {0, 0, 'f', 'p', 'u', 0};
    private static final int EBX = 1;
    private static final int ECX = 2;
    private static final int EDX = 3;

    private RequiredFeatures() { }

    /** Names of features that {@code setup} requires and {@code cpu} lacks. */
    static List<String> missing(byte[] setup, Cpu cpu) {
        List<String> missing = new ArrayList<>();
        int at = find(setup);
        for (int last = -1; at >= 0 && at + 2 < setup.length && setup[at + 2] != 0;) {
            int word = setup[at];
            int bit = setup[at + 1];
            int feature = word * 32 + bit;
            if (word < 0 || bit < 0 || bit > 31 || feature <= last) break;
            last = feature;
            int end = at + 2;
            while (end < setup.length && setup[end] != 0) end++;
            if (!has(cpu, word, bit))
                missing.add(new String(setup, at + 2, end - at - 2, StandardCharsets.ISO_8859_1));
            at = end + 1;
        }
        return missing;
    }

    private static int find(byte[] setup) {
        for (int at = 0; at + FIRST.length <= setup.length; at++)
            if (Arrays.equals(setup, at, at + FIRST.length, FIRST, 0, FIRST.length)) return at;
        return -1;
    }

    private static boolean has(Cpu cpu, int word, int bit) {
        return switch (word) {
            case 0 -> has(cpu, 1, EDX, bit);
            case 1 -> has(cpu, 0x80000001, EDX, bit);
            case 4 -> has(cpu, 1, ECX, bit);
            case 6 -> has(cpu, 0x80000001, ECX, bit);
            case 9 -> has(cpu, 7, EBX, bit);
            default -> true; // Words that Linux defines, or that moved between its versions.
        };
    }

    private static boolean has(Cpu cpu, int leaf, int register, int bit) {
        int highest = cpu.cpuid(leaf & 0x80000000)[0];
        // Beyond the highest leaf a CPU answers with another leaf's data.
        return Integer.compareUnsigned(highest, leaf) >= 0 && (cpu.cpuid(leaf)[register] >>> bit & 1) != 0;
    }
}
