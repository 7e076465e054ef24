package org.lkpk.patcher;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

public class RoomTest {
    private static final int OFFSET = 0xC0000000;
    private final FakeMachine machine = new FakeMachine(new byte[2 << 20]);
    private final Room room = new Room(0xD0000, 0xD0100);

    private void word(int at, int value) {
        for (int i = 0; i < 4; i++) machine.memory.bytes()[at + i] = (byte) (value >>> 8 * i);
    }

    @Test
    public void textStartsAtGranules() {
        room.take(1);
        assertEquals(0xD0080, room.take(1).start());
    }

    @Test
    public void textAtRestIsNotUsedAgain() {
        Room.Block block = room.take(0x80);
        room.rest(block);
        assertEquals(0xD0080, room.take(0x80).start());
        assertNull(room.take(1));
    }

    @Test
    public void textAtRestThatWasGivenUpIsUsedAgain() {
        room.rest(room.take(0x100));
        room.keepAtRest(List.of());
        assertEquals(0xD0000, room.take(0x100).start());
    }

    @Test
    public void aReturnAddressKeepsText() {
        Room.Block block = room.take(0x40);
        word(0x150000, OFFSET + 0xD0008);
        assertEquals(List.of(block), new Referrers(machine).referred(List.of(block), OFFSET));
    }

    @Test
    public void textThatOnlyItselfRefersToIsNotKept() {
        Room.Block block = room.take(0x40);
        word(0xD0004, OFFSET + 0xD0008);
        assertTrue(new Referrers(machine).referred(List.of(block), OFFSET).isEmpty());
    }

    @Test
    public void keptTextKeepsWhatItRefersTo() {
        Room.Block first = room.take(0x40);
        Room.Block second = room.take(0x40);
        word(0x150000, OFFSET + 0xD0008);
        word(0xD0004, OFFSET + 0xD0088);
        assertEquals(List.of(first, second), new Referrers(machine).referred(List.of(first, second), OFFSET));
    }

    @Test
    public void anAddressInAnEntryIsSeenInAnyWord() {
        word(0x100, OFFSET + 3);
        assertTrue(new Referrers(machine).any(OFFSET + 1, OFFSET + 4));
        assertFalse(new Referrers(machine).any(OFFSET + 4, OFFSET + 8));
    }

    @Test
    public void globsMatchReleases() {
        assertTrue(Glob.matches("6.1.*-686", "6.1.0-50-686"));
        assertFalse(Glob.matches("6.1.*-686", "6.1.0-50-686-pae"));
        assertTrue(Glob.matches("*", ""));
    }
}
