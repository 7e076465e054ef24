package org.lkpk.conformance;

import java.util.HexFormat;

/**
 * What a processor did with one MMX or SSE instruction.
 *
 * @param form prefix, opcode, name, operands, r or m
 * @param at the operand's address in its memory
 * @param before the state as {@link #WORDS} words, as {@code simd.c} describes them; as {@code after}
 */
record SimdCase(String form, int at, byte[] code, long[] before, int vector, long[] after) {
    static final int XMM1 = 0, MEMORY = 4, MM1 = 6, GENERAL = 8, CONTROL = 9, WORDS = 10;
    /** The vector where there was no fault. */
    static final int NONE = 255;
    private static final String[] NAMES = {"xmm1", "xmm1.high", "xmm2", "xmm2.high", "memory", "memory.high", "mm1", "mm2", "ecx/edx",
        "control"};

    String name() {
        return form.split(" ")[1];
    }

    static String name(int word) {
        return NAMES[word];
    }

    @Override
    public String toString() {
        StringBuilder b = new StringBuilder(HexFormat.of().formatHex(code)).append(" at ").append(at);
        for (int n = 0; n < WORDS; n++) b.append(String.format(" %s=%X", NAMES[n], before[n]));
        return b.toString();
    }
}
