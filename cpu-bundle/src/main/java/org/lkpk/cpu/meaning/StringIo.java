package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.EDI;
import static org.lkpk.cpu.state.CpuState.EDX;
import static org.lkpk.cpu.state.CpuState.ESI;
import static org.lkpk.cpu.state.CpuState.WRITE;

import org.lkpk.cpu.protect.Ports;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** One iteration of INS and OUTS. */
final class StringIo {
    private StringIo() { }

    /** Once for all iterations, and also if there is none: a port that is forbidden faults with a count of 0 too. */
    static void check(CpuState s, int bits) {
        Ports.check(s, s.r[EDX] & 0xFFFF, bits >> 3);
    }

    /** The destination is checked before the port is read, since that cannot be taken back. */
    static int in(CpuState s, Insn i, int bits, int most) {
        int port = s.r[EDX] & 0xFFFF, bytes = bits >> 3;
        int at = Strings.destination(s, i, bits, WRITE);
        Operands.modify(s, at, bits);
        Operands.store(s, at, bits, s.board.in(port, bytes));
        Strings.advance(s, i, EDI, bytes);
        return 1;
    }

    static int out(CpuState s, Insn i, int bits, int most) {
        int port = s.r[EDX] & 0xFFFF, bytes = bits >> 3;
        int v = Operands.load(s, Strings.source(s, i, bits), bits);
        s.board.out(port, bytes, v);
        Strings.advance(s, i, ESI, bytes);
        return 1;
    }
}
