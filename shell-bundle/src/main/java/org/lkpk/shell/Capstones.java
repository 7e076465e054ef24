package org.lkpk.shell;

import capstone.Capstone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lkpk.api.cpu.Disassembler;

/** Prints code by the host's libcapstone, in the form of the CPU's own table. */
final class Capstones implements Disassembler {
    private Capstones() { }

    /** Null where library or binding is missing. */
    static Disassembler open() {
        try {
            new Capstone(Capstone.CS_ARCH_X86, Capstone.CS_MODE_32).close();
            return new Capstones();
        } catch (LinkageError | RuntimeException absent) {
            return null;
        }
    }

    @Override
    public List<Line> disassemble(byte[] code, int address, int bits) {
        List<Line> lines = new ArrayList<>();
        Capstone library = new Capstone(Capstone.CS_ARCH_X86, bits == 16 ? Capstone.CS_MODE_16 : Capstone.CS_MODE_32);
        try {
            int at = 0;
            while (at < code.length) {
                byte[] rest = at == 0 ? code : Arrays.copyOfRange(code, at, code.length);
                for (Capstone.CsInsn one : library.disasm(rest, address + at & 0xFFFFFFFFL)) {
                    lines.add(new Line(address + at, one.size, (one.mnemonic + " " + one.opStr).strip()));
                    at += one.size;
                }
                // Capstone stops at what is no instruction.
                if (at < code.length) lines.add(new Line(address + at, 1, String.format("db 0x%02x", code[at++])));
            }
        } finally {
            library.close();
        }
        return lines;
    }
}
