package org.lkpk.api.cpu;

import java.util.List;

/** Prints machine code. A service; the CPU bundle offers one made of its own opcode table. */
public interface Disassembler {
    /** Decodes all of {@code code}, whose first byte lies at {@code address}, for a segment of 16 or 32 {@code bits}. */
    List<Line> disassemble(byte[] code, int address, int bits);

    /** One instruction in Intel syntax; bytes that are none come as {@code db}. */
    record Line(int address, int length, String text) { }
}
