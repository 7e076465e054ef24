package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.Test;
import org.lkpk.conformance.Case.Registers;

public class RecordingTest {
    @Test
    public void anotherFileIsRefused() {
        IOException refused = assertThrows(IOException.class, () -> new Recording(zipped("something else")));
        assertEquals("not a recording: it does not begin with LKPKREC1", refused.getMessage());
    }

    private static ByteArrayInputStream zipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(text.getBytes());
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    @Test
    public void flagsUndefinedByAShiftHangOnItsCount() {
        UndefinedFlags undefined = new UndefinedFlags();
        assertEquals(0, undefined.after(shift(0)));
        assertEquals(0x10, undefined.after(shift(1)));
        assertEquals(0x810, undefined.after(shift(2)));
        assertEquals(0x811, undefined.after(shift(16)));
    }

    private static Case shift(int count) {
        Registers registers = new Registers(new int[8], 2, 0);
        byte[] code = {0x66, (byte) 0xC1, (byte) 0xE0, (byte) count};
        return new Case(Form.of("C1/4 shl Ev,Ib r 16"), registers, 0, List.of(), 0, code, 1, registers, List.of(), Case.NONE, 0);
    }
}
