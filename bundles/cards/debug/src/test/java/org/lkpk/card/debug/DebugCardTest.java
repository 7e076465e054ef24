package org.lkpk.card.debug;

import static org.junit.Assert.assertEquals;

import org.junit.Test;
import org.lkpk.api.bus.testing.Bench;

public class DebugCardTest {
    private final DebugCard card = new DebugCard();
    private final Bench bench = new Bench().with(card);

    @Test
    public void readingTellsThatThePortIsThere() {
        assertEquals(0xE9, bench.in(0xE9));
    }

    @Test
    public void whatIsWrittenGoesToTheSerialEnd() {
        bench.out(0xE9, 'o');
        bench.out(0xE9, 'k');
        assertEquals("ok", bench.text());
    }

    @Test
    public void aByteIsLostWhileTheFarEndIsNotReady() {
        bench.ready = false;
        bench.out(0xE9, 'x');
        bench.ready = true;
        assertEquals("", bench.text());
    }

    @Test
    public void aNewCardGoesOn() {
        bench.replace(card, new DebugCard());
        bench.out(0xE9, 'y');
        assertEquals("y", bench.text());
    }
}
