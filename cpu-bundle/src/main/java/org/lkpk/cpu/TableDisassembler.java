package org.lkpk.cpu;

import java.util.List;
import org.lkpk.api.cpu.Disassembler;
import org.lkpk.cpu.table.OpTable;
import org.lkpk.cpu.table.Printer;
import org.osgi.service.component.annotations.Component;

/** The disassembler that prints by the CPU's own opcode table. */
@Component
public final class TableDisassembler implements Disassembler {
    private final Printer printer = new Printer(new OpTable());

    @Override
    public List<Line> disassemble(byte[] code, int address, int bits) {
        return printer.disassemble(code, address, bits);
    }
}
