package org.lkpk.bus;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.lkpk.api.bus.MemoryPort;
import org.lkpk.api.bus.Ram;
import org.lkpk.api.cpu.Memory;

public class PhysicalMemoryTest {
    private final PhysicalMemory memory = new PhysicalMemory(16 << 20);
    private final List<String> seen = new ArrayList<>();

    private final class Watcher implements Memory.Watch {
        @Override
        public void written(int index, int length) {
            seen.add(String.format("%X+%d", index, length));
        }

        @Override
        public void remapped() {
            seen.add("remapped");
        }
    }

    @Test
    public void wordsAreLittleEndian() {
        memory.store(0x1000, 4, 0x12345678);
        assertEquals(0x78, memory.load(0x1000, 1));
        assertEquals(0x3456, memory.load(0x1001, 2));
        assertEquals(0x12345678, memory.load(0x1000, 4));
    }

    @Test
    public void accessAcrossPagesIsSplit() {
        memory.store(0x1FFE, 4, 0xAABBCCDD);
        assertEquals(0xAABBCCDD, memory.load(0x1FFE, 4));
        assertEquals(0xAABB, memory.load(0x2000, 2));
    }

    @Test
    public void holeAndBeyondReadAsOnes() {
        memory.store(0xA0000, 4, 0);
        memory.store(0x1000000, 4, 0);
        assertEquals(-1, memory.load(0xA0000, 4));
        assertEquals(0xFFFF, memory.load(0xFFFFE, 2));
        assertEquals(-1, memory.load(0x1000000, 4));
        assertEquals(-1, memory.index(0xA0));
        assertFalse(memory.writable(0xA0));
    }

    @Test
    public void areaBelowHoleIsMainMemory() {
        memory.store(0x9FFFC, 4, 7);
        assertEquals(7, memory.load(0x9FFFC, 4));
        assertEquals(0x9F000, memory.index(0x9F));
    }

    @Test
    public void storeToMarkedGranuleTellsWatchOnce() {
        memory.watch(new Watcher());
        memory.mark(0x2080, 4);
        assertTrue(memory.marked(0x2000));
        memory.store(0x2100, 4, 0);
        memory.store(0x207C, 4, 0);
        assertEquals(List.of(), seen);
        memory.store(0x207E, 4, 0);
        memory.store(0x2080, 4, 0);
        assertEquals(List.of("207E+4"), seen);
        assertFalse(memory.marked(0x2000));
    }

    @Test
    public void writeAcrossPagesTakesMarksOffInBoth() {
        memory.watch(new Watcher());
        memory.mark(0x2FF0, 0x20);
        memory.write(0x2F00, new byte[0x200], 0, 0x200);
        assertFalse(memory.marked(0x2000));
        assertFalse(memory.marked(0x3000));
        assertEquals(List.of("2F00+256", "3000+256"), seen);
    }

    @Test
    public void ramOfCardIsZeroAndWritesOfCardDropCode() {
        memory.store(0xD0000, 1, 1);
        Ram ram = memory.ram(0xD0000, 0x1000, true);
        memory.watch(new Watcher());
        assertEquals(0, memory.load(0xD0000, 4));
        memory.mark(memory.index(0xD0), 16);
        ram.write(4, new byte[] {9});
        assertEquals(9, memory.load(0xD0004, 1));
        assertEquals(List.of("D0004+1"), seen);
    }

    @Test
    public void romSwallowsStoresButNotWrites() {
        memory.ram(0xE0000, 0x1000, false);
        memory.store(0xE0000, 1, 5);
        assertEquals(0, memory.load(0xE0000, 1));
        memory.write(0xE0000, new byte[] {5}, 0, 1);
        assertEquals(5, memory.load(0xE0000, 1));
        assertFalse(memory.writable(0xE0));
    }

    @Test
    public void ramAboveMainMemoryComesAndGoes() {
        PhysicalMemory.RamClaim claim = memory.ram(0xF0000000, 0x2000, true);
        memory.store(0xF0001000, 4, 42);
        assertEquals(42, memory.load(0xF0001000, 4));
        memory.remove(claim);
        assertEquals(-1, memory.load(0xF0001000, 4));
        assertEquals(PhysicalMemory.SPARE, memory.ram(0xE0000000, PhysicalMemory.SPARE, true).size());
    }

    @Test(expected = IllegalArgumentException.class)
    public void spareRoomIsFinite() {
        memory.ram(0xE0000000, PhysicalMemory.SPARE + 0x1000, true);
    }

    @Test
    public void deviceIsAskedByOffsetAndNeverByRead() {
        memory.device(0xC0000010, 8, new MemoryPort() {
            @Override
            public int load(int offset, int size) {
                seen.add("load " + offset + " " + size);
                return -1 - offset;
            }

            @Override
            public void store(int offset, int size, int value) {
                seen.add("store " + offset + " " + size + " " + value);
            }
        });
        assertEquals(0xFFFB, memory.load(0xC0000014, 2));
        memory.store(0xC0000016, 4, 0x04030201);
        byte[] into = new byte[2];
        memory.read(0xC0000010, into, 0, 2);
        assertArrayEquals(new byte[] {-1, -1}, into);
        assertEquals(List.of("load 4 2", "store 6 1 1", "store 7 1 2"), seen);
    }

    @Test
    public void clearingLeavesRamOfCards() {
        memory.clear();
        memory.ram(0xD0000, 0x1000, true);
        memory.store(0xD0000, 1, 3);
        memory.store(0x5000, 1, 3);
        memory.clear();
        assertEquals(3, memory.load(0xD0000, 1));
        assertEquals(0, memory.load(0x5000, 1));
    }
}
