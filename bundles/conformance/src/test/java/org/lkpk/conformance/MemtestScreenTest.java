package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;

import java.util.Set;
import org.junit.Test;

public class MemtestScreenTest {
    private final MemtestScreen screen = new MemtestScreen();

    @Test
    public void testAndCountsAreReadBetweenMovements() {
        screen.add("\u001B[4;35H #5  [Moving inversions, random pattern]      \u001B[5;35H");
        screen.add("\u001B[9;1HUsing: All Cores                          | Pass:  2        Errors: 17          \u001B[2;35H");
        assertEquals("#5 Moving inversions, random pattern", screen.test());
        assertEquals(Set.of(5), screen.seen());
        assertEquals(2, screen.passes());
        assertEquals(17, screen.errors());
    }

    @Test
    public void aCutNumberIsReadOnceItIsWhole() {
        screen.add("| Pass:  0        Err");
        assertEquals(0, screen.errors());
        screen.add("ors: 3 ");
        assertEquals(3, screen.errors());
    }
}
