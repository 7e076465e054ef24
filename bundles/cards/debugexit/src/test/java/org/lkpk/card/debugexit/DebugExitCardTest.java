package org.lkpk.card.debugexit;

import static org.junit.Assert.assertEquals;

import java.util.List;
import org.junit.Test;
import org.lkpk.api.bus.testing.Bench;

public class DebugExitCardTest {
    @Test
    public void writingEndsTheMachineWithTwiceTheValueAndOne() {
        Bench bench = new Bench().with(new DebugExitCard());
        bench.out(0xF4, 16);
        assertEquals(List.of(33), bench.exits);
    }

    @Test
    public void aDoubleWordArrivesWhole() {
        Bench bench = new Bench().with(new DebugExitCard());
        bench.out(0xF4, 4, 0x100);
        assertEquals(List.of(0x201), bench.exits);
    }

    @Test
    public void theFirstPortIsASetting() {
        Bench bench = new Bench("iobase=0x501").with(new DebugExitCard());
        bench.out(0x501, 0);
        assertEquals(List.of(1), bench.exits);
    }
}
