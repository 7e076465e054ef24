package org.lkpk.bus;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class InterruptControllersTest {
    private final Ports ports = new Ports();
    private int changes;
    private final InterruptControllers pics = new InterruptControllers(ports, () -> changes++);

    private void unmask() {
        ports.out(0x21, 1, 0);
        ports.out(0xA1, 1, 0);
    }

    @Test
    public void standsAsBiosLeavesIt() {
        assertEquals(0xB8, ports.in(0x21, 1));
        assertEquals(0x8F, ports.in(0xA1, 1));
        pics.wire(0).set(true);
        assertEquals(0x08, pics.acknowledge());
    }

    @Test
    public void slaveArrivesThroughCascade() {
        unmask();
        pics.wire(12).set(true);
        assertTrue(pics.output());
        assertEquals(0x74, pics.acknowledge());
        assertFalse(pics.output());
        ports.out(0xA0, 1, 0x20);
        ports.out(0x20, 1, 0x0B);
        assertEquals(0x04, ports.in(0x20, 1));
    }

    @Test
    public void slaveHasPriorityOfItsInput() {
        unmask();
        pics.wire(4).set(true);
        pics.wire(9).set(true);
        assertEquals(0x71, pics.acknowledge());
        assertFalse(pics.output());
    }

    @Test
    public void requestOfSlaveThatFellIsSpuriousSevenOfMaster() {
        unmask();
        Wire wire = pics.wire(14);
        ports.out(0xA1, 1, 0);
        wire.set(true);
        int before = changes;
        wire.set(false);
        assertEquals(before + 1, changes);
        assertEquals("the slave took its INT back too", 0x0F, pics.acknowledge());
    }

    @Test
    public void lineIsHighWhileAnyDriverIs() {
        unmask();
        ports.out(0x4D0, 1, 0x10);
        Wire one = pics.wire(4);
        Wire two = pics.wire(4);
        one.set(true);
        two.set(true);
        one.set(false);
        assertTrue(pics.output());
        two.end();
        assertFalse(pics.output());
    }

    @Test
    public void edgeLevelRegistersKeepSystemInputsEdge() {
        ports.out(0x4D0, 2, 0xFFFF);
        assertEquals(0xDEF8, ports.in(0x4D0, 2));
    }

    @Test
    public void heldWireMakesNoEdge() {
        unmask();
        Wire wire = pics.wire(4);
        wire.set(true);
        assertEquals(0x0C, pics.acknowledge());
        ports.out(0x20, 1, 0x20);
        wire.hold();
        wire.set(false);
        wire.set(true);
        wire.release();
        assertFalse(pics.output());
    }
}
