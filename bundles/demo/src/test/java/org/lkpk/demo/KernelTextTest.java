package org.lkpk.demo;

import static org.junit.Assert.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.Test;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.kernel.SymbolTable;

public class KernelTextTest {
    private static final int START = 0xC1000000;
    private static final Symbol FUNCTION = new Symbol("do_it", START + 16, 48, 't');

    private final byte[] bytes = new byte[64];

    private KernelText text() {
        return new KernelText(new OneFunction(), START, bytes.clone());
    }

    private void put(int at, int... code) {
        for (int i = 0; i < code.length; i++) bytes[at + i] = (byte) code[i];
    }

    @Test
    public void sameBytesDoNotDiffer() {
        assertEquals("", text().difference(text()));
    }

    @Test
    public void changedByteIsNamedByAddressAndFunction() {
        KernelText before = text();
        put(20, 0xCC);
        assertEquals("c1000014 do_it differs", text().difference(before));
    }

    @Test
    public void jumpLabelThatTheKernelFlippedIsNoDifference() {
        put(24, 0x3E, 0x8D, 0x74, 0x26, 0x00);
        KernelText before = text();
        put(24, 0xE9, 0x10, 0x00, 0x00, 0x00);
        assertEquals("", text().difference(before));
        assertEquals("", before.difference(text()));
    }

    @Test
    public void shortJumpLabelIsNoDifference() {
        put(30, 0xEB, 0x10);
        KernelText before = text();
        put(30, 0x66, 0x90);
        assertEquals("", text().difference(before));
    }

    @Test
    public void jumpLeftAtAFunctionsEntryIsADifference() {
        put(16, 0x3E, 0x8D, 0x74, 0x26, 0x00);
        KernelText before = text();
        put(16, 0xE9, 0x10, 0x00, 0x00, 0x00);
        assertEquals("c1000010 do_it differs", text().difference(before));
    }

    @Test
    public void changeBehindAJumpLabelIsFound() {
        put(24, 0x0F, 0x1F, 0x44, 0x00, 0x00);
        KernelText before = text();
        put(24, 0xE9, 0x10, 0x00, 0x00, 0x00, 0x01);
        assertEquals("c100001d do_it differs", text().difference(before));
    }

    private static final class OneFunction implements SymbolTable {
        @Override
        public List<Symbol> named(String name) {
            return name.equals(FUNCTION.name()) ? List.of(FUNCTION) : List.of();
        }

        @Override
        public Optional<Symbol> only(String name) {
            return named(name).stream().findFirst();
        }

        @Override
        public Optional<Symbol> covering(int address) {
            return address - FUNCTION.address() >= 0 ? Optional.of(FUNCTION) : Optional.empty();
        }

        @Override
        public List<Symbol> all() {
            return List.of(FUNCTION);
        }
    }
}
