package org.lkpk.conformance;

import java.util.HexFormat;
import java.util.List;

/** What a processor did: the state before, the code, and the state after. Registers stand in the order of their encoding. */
record Case(Form form, Registers before, int layout, List<Run> wroteBefore, int codeOffset, byte[] code, int steps, Registers after,
        List<Run> wroteAfter, int vector, int faultAddress) {
    /** No fault. */
    static final int NONE = -1;

    /** EIP of {@code before} is where the code begins. */
    record Registers(int[] general, int flags, int eip) { }

    /** Bytes that were written to the data. */
    record Run(int offset, byte[] bytes) { }

    boolean fallsThrough() {
        return vector == NONE && after.eip == before.eip + code.length;
    }

    String hex() {
        return HexFormat.of().formatHex(code);
    }
}
