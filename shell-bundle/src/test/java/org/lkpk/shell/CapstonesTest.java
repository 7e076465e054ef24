package org.lkpk.shell;

import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeNotNull;

import java.util.List;
import org.junit.Test;
import org.lkpk.api.cpu.Disassembler;
import org.lkpk.api.cpu.Disassembler.Line;

public final class CapstonesTest {
    @Test
    public void codeIsPrintedAndWhatIsNoneComesAsBytes() {
        Disassembler capstone = Capstones.open();
        assumeNotNull(capstone); // The library is the host's to have.
        byte[] code = {(byte) 0x89, (byte) 0xC3, 0x0F, 0x04, (byte) 0xF4};
        assertEquals(List.of(new Line(0xC1000000, 2, "mov ebx, eax"), new Line(0xC1000002, 1, "db 0x0f"),
                new Line(0xC1000003, 2, "add al, 0xf4")), capstone.disassemble(code, 0xC1000000, 32));
    }
}
