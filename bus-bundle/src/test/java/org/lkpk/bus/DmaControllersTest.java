package org.lkpk.bus;

import static org.junit.Assert.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.lkpk.api.bus.DmaPort;

public class DmaControllersTest {
    private final PhysicalMemory memory = new PhysicalMemory(16 << 20);
    private final Ports ports = new Ports();
    private final DmaControllers dma = new DmaControllers(ports, memory);
    private final List<String> seen = new ArrayList<>();
    private int next = 1;
    private int units = 100;
    private Wire request;

    private final DmaPort card = new DmaPort() {
        @Override
        public int read(boolean last) {
            if (last) seen.add("last");
            if (--units == 0) request.set(false);
            return next++;
        }

        @Override
        public void write(int value, boolean last) {
            seen.add(Integer.toHexString(value) + (last ? "!" : ""));
        }
    };

    private void program(int mode, int address, int count) {
        ports.out(0x0C, 1, 0);
        ports.out(0x0B, 1, mode | 2);
        ports.out(0x04, 1, address & 0xFF);
        ports.out(0x04, 1, address >> 8 & 0xFF);
        ports.out(0x05, 1, count & 0xFF);
        ports.out(0x05, 1, count >> 8);
        ports.out(0x81, 1, address >> 16);
        ports.out(0x0A, 1, 2);
        request = dma.connect(2, card);
    }

    @Test
    public void writesToMemoryUntilTerminalCount() {
        program(0x44, 0x123456, 3);
        request.set(true);
        assertEquals(0x04030201, memory.load(0x123456, 4));
        assertEquals(List.of("last"), seen);
        assertEquals("terminal count, still asking", 0x44, ports.in(0x08, 1));
        assertEquals("read once", 0x40, ports.in(0x08, 1));
    }

    @Test
    public void terminalCountMasksChannel() {
        program(0x44, 0x2000, 0);
        request.set(true);
        request.set(false);
        request.set(true);
        assertEquals(2, next);
    }

    @Test
    public void autoInitializationStartsAgain() {
        program(0x54, 0x2000, 1);
        request.set(true);
        request.set(false);
        request.set(true);
        assertEquals(5, next);
        assertEquals(0x0403, memory.load(0x2000, 2));
    }

    @Test
    public void demandPausesWhenRequestFalls() {
        units = 2;
        program(0x04, 0x3000, 9);
        request.set(true);
        assertEquals(3, next);
        ports.out(0x0C, 1, 0);
        assertEquals(7, ports.in(0x05, 1));
        assertEquals(0, ports.in(0x05, 1));
        assertEquals("the address moved on", 0x02, ports.in(0x04, 1));
    }

    @Test
    public void readsFromMemoryDownwards() {
        memory.store(0x4000, 4, 0x44332211);
        program(0x68, 0x4003, 3);
        request.set(true);
        assertEquals(List.of("44", "33", "22", "11!"), seen);
    }

    @Test
    public void wordChannelsCountWords() {
        ports.out(0xD6, 1, 0x45);
        ports.out(0xC4, 1, 0x00);
        ports.out(0xC4, 1, 0x80);
        ports.out(0xC6, 1, 1);
        ports.out(0xC6, 1, 0);
        ports.out(0x8B, 1, 0x03);
        ports.out(0xD4, 1, 1);
        next = 0x1111;
        request = dma.connect(5, card);
        request.set(true);
        assertEquals(0x11121111, memory.load(0x30000, 4));
    }

    @Test
    public void softwareRequestTransfersBlock() {
        program(0x84, 0x5000, 2);
        ports.out(0x09, 1, 0x06);
        assertEquals(0x030201, memory.load(0x5000, 4));
    }

    @Test
    public void masterClearMasksAll() {
        program(0x44, 0x6000, 3);
        ports.out(0x0D, 1, 0);
        request.set(true);
        assertEquals(1, next);
        ports.out(0x0E, 1, 0);
        assertEquals(5, next);
    }

    @Test
    public void pageLatchesReadBack() {
        for (int port = 0x81; port <= 0x8F; port++) {
            ports.out(port, 1, port);
            assertEquals(port, ports.in(port, 1));
        }
    }
}
