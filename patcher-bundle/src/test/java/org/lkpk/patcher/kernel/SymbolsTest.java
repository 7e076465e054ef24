package org.lkpk.patcher.kernel;

import static org.junit.Assert.assertEquals;

import java.util.List;
import org.junit.Test;
import org.lkpk.api.kernel.Symbol;

public class SymbolsTest {
    private static int size(String name, Symbol... symbols) {
        return Symbols.of(List.of(symbols)).only(name).orElseThrow().size();
    }

    private static Symbol symbol(String name, int address, int size) {
        return new Symbol(name, address, size, 't');
    }

    @Test
    public void aSymbolReachesToTheNext() {
        assertEquals(0x30, size("first", symbol("second", 0x1030, 0), symbol("first", 0x1000, 0)));
        assertEquals(0x30, size("alias", symbol("second", 0x1030, 0), symbol("first", 0x1000, 0x2B), symbol("alias", 0x1000, 0)));
    }

    @Test
    public void theLastHasTheSizeThatIsGiven() {
        assertEquals(0x14, size("last", symbol("first", 0x1000, 0), symbol("last", 0x1030, 0x14)));
        assertEquals(0, size("last", symbol("first", 0x1000, 0), symbol("last", 0x1030, 0)));
    }
}
