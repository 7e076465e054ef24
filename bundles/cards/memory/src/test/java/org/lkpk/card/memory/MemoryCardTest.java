package org.lkpk.card.memory;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import org.junit.Test;
import org.lkpk.api.bus.State;
import org.lkpk.api.bus.StateRefused;
import org.lkpk.api.bus.testing.Bench;

public class MemoryCardTest {
    @Test
    public void sixtyFourKilobytesStandAtD0000() {
        assertEquals(0x10000, new Bench().with(new MemoryCard()).bytes(0xD0000).length);
    }

    @Test
    public void baseAndSizeAreSettings() {
        assertEquals(0x4000, new Bench("base=0xc8000", "size=0x4000").with(new MemoryCard()).bytes(0xC8000).length);
    }

    @Test
    public void contentMovesToANewCard() {
        MemoryCard card = new MemoryCard();
        Bench bench = new Bench("size=4096").with(card);
        for (int i = 0; i < 4096; i++) bench.bytes(0xD0000)[i] = (byte) i;
        byte[] before = bench.bytes(0xD0000).clone();
        bench.replace(card, new MemoryCard());
        assertArrayEquals(before, bench.bytes(0xD0000));
    }

    @Test
    public void resetLeavesTheContent() {
        MemoryCard card = new MemoryCard();
        Bench bench = new Bench().with(card);
        bench.bytes(0xD0000)[5] = 5;
        card.reset();
        assertEquals(5, bench.bytes(0xD0000)[5]);
    }

    @Test
    public void stateOfAnotherSizeIsRefused() {
        MemoryCard small = new MemoryCard(), large = new MemoryCard();
        new Bench("size=4096").with(small);
        new Bench().with(large);
        State state = small.save();
        var refusal = assertThrows(StateRefused.class, () -> large.load(state));
        assertEquals("org.lkpk.card.memory: state of 4096 bytes offered to 65536", refusal.getMessage());
    }
}
