package org.lkpk.patcher;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.Test;

public class EntriesTest {
    private static final byte[] NOP5 = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00};
    private static final Target FUNCTION = new Target("f", 0x1000, NOP5, new byte[64], List.of(), false);
    private final Entries entries = new Entries();

    private List<Plan.Write> arrive(Object patch, int target) {
        return become(List.of(), patch, Map.of(FUNCTION, target));
    }

    private List<Plan.Write> leave(Object patch) {
        return become(List.of(patch), null, Map.of());
    }

    private List<Plan.Write> become(List<Object> leaving, Object arriving, Map<Target, Integer> targets) {
        Entries.Next next = entries.next(leaving, arriving, targets);
        entries.become(next);
        return next.writes();
    }

    @Test
    public void anArrivingPatchTakesTheEntry() {
        Plan.Write write = arrive("a", 0x2005).get(0);
        assertArrayEquals(NOP5, write.old());
        assertArrayEquals(new byte[] {(byte) 0xE9, 0x00, 0x10, 0, 0}, write.fresh());
        assertEquals("a", entries.owner(0x1000));
    }

    @Test
    public void aLowerPatchLeavesWithoutAWrite() {
        arrive("a", 0x2005);
        arrive("b", 0x3005);
        assertTrue(leave("a").isEmpty());
        assertEquals("b", entries.owner(0x1000));
    }

    @Test
    public void theUppermostLeavesToTheOneBelow() {
        arrive("a", 0x2005);
        arrive("b", 0x3005);
        assertArrayEquals(new byte[] {(byte) 0xE9, 0x00, 0x10, 0, 0}, leave("b").get(0).fresh());
    }

    @Test
    public void theLastOneLeavesTheOldBytes() {
        arrive("a", 0x2005);
        assertArrayEquals(NOP5, leave("a").get(0).fresh());
        assertNull(entries.expected(0x1000));
    }

    @Test
    public void oneReplacesAnotherInOneWrite() {
        arrive("a", 0x2005);
        List<Plan.Write> writes = become(List.of("a"), "b", Map.of(FUNCTION, 0x3005));
        assertEquals(1, writes.size());
        assertTrue(leave("b").get(0).fresh()[0] == NOP5[0]);
    }
}
