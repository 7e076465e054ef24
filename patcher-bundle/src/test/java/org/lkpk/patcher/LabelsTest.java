package org.lkpk.patcher;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.Test;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.kernel.Kernel;
import org.lkpk.patcher.kernel.Symbols;
import org.lkpk.patcher.task.Ranges;

/** A kernel of 4 KB of code and 60 KB of data, and a module elsewhere. */
public class LabelsTest {
    private static final int BASE = 0xC1000000, END = BASE + 0x1000, SIZE = 0x1010000, MODULE = 0xF0000000, LENGTH = 0x2000;
    private static final int FUNCTION = BASE + 0x100, TABLE = END + 0x234, KEY = END + 0x4000;

    private final ByteBuffer kernel = ByteBuffer.allocate(0xF000).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer module = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);

    private static void entry(ByteBuffer memory, int start, int at, int site, int target, int key) {
        memory.putInt(at - start, site - at).putInt(at + 4 - start, target - (at + 4)).putInt(at + 8 - start, key - (at + 8));
    }

    private Labels labels(Symbol... symbols) {
        Kernel found = new Kernel("Linux version 6.1", "6.1", "", BASE, 0, 0xC0000000, Symbols.of(List.of(symbols)));
        Modules.Module loaded = new Modules.Module(MODULE + 0x1000, Symbols.of(List.of()), new Ranges.Range(MODULE, MODULE + LENGTH - 1), 0x1000);
        return new Labels(found, SIZE, List.of(loaded), (linear, count) -> {
            assertEquals(linear == END ? 0xF000 : LENGTH, count);
            return (linear == END ? kernel : module).array();
        });
    }

    private Labels labels() {
        return labels(new Symbol("_etext", END, 0, 'T'));
    }

    @Test
    public void theKeyOfALabelIsInTheTableOfItsOwnCode() throws Exception {
        entry(kernel, END, TABLE, FUNCTION + 9, FUNCTION + 0x40, KEY | 1);
        entry(module, MODULE, MODULE + 0x1800, MODULE + 0x20, MODULE + 0x60, MODULE + 0x1900);
        entry(module, MODULE, MODULE + 0x180C, MODULE + 0x30, MODULE + 0x60, KEY);
        Labels labels = labels();
        assertEquals(KEY | 1, labels.key(FUNCTION + 9));
        assertEquals(MODULE + 0x1900, labels.key(MODULE + 0x20));
        assertEquals("a key of the kernel's", KEY, labels.key(MODULE + 0x30));
        assertEquals(0, labels.key(FUNCTION + 8));
    }

    @Test
    public void wordsThatOnlyLookLikeAnEntryAreNone() throws Exception {
        entry(kernel, END, TABLE, FUNCTION + 9, FUNCTION + 0x2000000, KEY);
        entry(kernel, END, TABLE + 0x100, FUNCTION + 9, FUNCTION + 0x40, 0x1234);
        assertEquals(0, labels().key(FUNCTION + 9));
    }

    @Test
    public void whereALabelJumpsToIsNoLabel() throws Exception {
        entry(module, MODULE, MODULE + 0x1800, MODULE + 0x20, MODULE + 0x60, MODULE + 0x1900);
        entry(module, MODULE, MODULE + 0x180C, MODULE + 0x30, MODULE + 0x90, MODULE + 0x1904);
        entry(module, MODULE, MODULE + 0x1818, MODULE + 0x60, MODULE + 0x90, MODULE + 0x1908);
        assertEquals(MODULE + 0x1908, labels().key(MODULE + 0x60));
        assertEquals(0, labels().key(MODULE + 0x90));
    }

    @Test
    public void allLabelsOfAFunctionAreFound() throws Exception {
        entry(kernel, END, TABLE, FUNCTION + 0x20, FUNCTION + 0x40, KEY);
        entry(kernel, END, TABLE + 12, FUNCTION + 9, FUNCTION + 0x40, KEY);
        entry(kernel, END, TABLE + 24, FUNCTION + 0x80, FUNCTION + 0x40, KEY);
        assertEquals(List.of(FUNCTION + 9, FUNCTION + 0x20), List.copyOf(labels().sites(FUNCTION, FUNCTION + 0x7F)));
    }

    @Test
    public void aKernelWhoseCodeHasNoKnownEndIsRefused() {
        PatchRefused refused = assertThrows(PatchRefused.class, () -> labels(new Symbol("other", END, 0, 'T')).key(FUNCTION));
        assertEquals("kernel 6.1 has no _etext", refused.getMessage());
    }
}
