package org.lkpk.bus;

import static org.junit.Assert.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.lkpk.api.bus.IoPort;

public class PortsTest {
    private final Ports ports = new Ports();
    private final List<String> seen = new ArrayList<>();

    private final IoPort card = new IoPort() {
        @Override
        public int in(int offset, int size) {
            seen.add("in " + offset + " " + size);
            return 0xFFFFFF00 | 0x10 + offset;
        }

        @Override
        public void out(int offset, int size, int value) {
            seen.add(String.format("out %d %d %X", offset, size, value));
        }
    };

    @Test
    public void unclaimedPortsReadAsOnes() {
        assertEquals(0xFF, ports.in(0x300, 1));
        assertEquals(0xFFFF, ports.in(0xFFFF, 2));
        assertEquals(-1, ports.in(0x300, 4));
        ports.out(0x300, 4, 0);
    }

    @Test
    public void widerAccessArrivesInParts() {
        ports.claim(0x300, 4, 1, card);
        assertEquals(0x13121110, ports.in(0x300, 4));
        ports.out(0x302, 2, 0xBBAA);
        assertEquals(List.of("in 0 1", "in 1 1", "in 2 1", "in 3 1", "out 2 1 AA", "out 3 1 BB"), seen);
    }

    @Test
    public void narrowerAccessArrivesAsItIs() {
        ports.claim(0x300, 4, 4, card);
        assertEquals(0x11, ports.in(0x301, 1));
        ports.out(0x300, 2, 0x12345678);
        assertEquals(List.of("in 1 1", "out 0 2 5678"), seen);
    }

    @Test
    public void accessAcrossClaimsGoesToBoth() {
        ports.claim(0x2FE, 2, 2, card);
        ports.claim(0x300, 1, 4, card);
        ports.out(0x2FE, 4, 0x44332211);
        assertEquals(List.of("out 0 2 2211", "out 0 1 33"), seen);
        assertEquals(0xFFFFFF10, ports.in(0x300, 4));
    }

    @Test
    public void removedClaimIsGone() {
        Ports.PortClaim claim = ports.claim(0x300, 4, 1, card);
        ports.remove(claim);
        assertEquals(0xFF, ports.in(0x300, 1));
        assertEquals(List.of(), seen);
    }

    @Test
    public void cardThatThrowsReadsAsOnes() {
        ports.claim(0x300, 1, 1, new IoPort() {
            @Override
            public int in(int offset, int size) {
                throw new IllegalStateException("broken on purpose");
            }

            @Override
            public void out(int offset, int size, int value) {
                throw new IllegalStateException("broken on purpose");
            }
        });
        ports.out(0x300, 1, 0);
        assertEquals(0xFF, ports.in(0x300, 1));
    }
}
