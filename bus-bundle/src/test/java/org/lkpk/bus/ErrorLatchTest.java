package org.lkpk.bus;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class ErrorLatchTest {
    private final Ports ports = new Ports();
    private boolean irq;
    private final ErrorLatch latch = new ErrorLatch(ports, high -> irq = high);

    @Test
    public void anErrorRequestsAnInterrupt() {
        latch.error(true);
        assertTrue(irq);
        assertFalse(latch.ignored());
    }

    @Test
    public void theRequestOutlivesTheError() {
        latch.error(true);
        latch.error(false);
        assertTrue(irq);
    }

    @Test
    public void aWriteLetsTheProcessorGoOnUntilTheErrorIsGone() {
        latch.error(true);
        ports.out(0xF0, 1, 0);
        assertFalse(irq);
        assertTrue(latch.ignored());
        latch.error(false);
        assertFalse(latch.ignored());
    }

    @Test
    public void aWriteWithoutAnErrorDoesNothing() {
        ports.out(0xF0, 1, 0);
        assertFalse(latch.ignored());
    }

    @Test
    public void resetClearsIt() {
        latch.error(true);
        latch.reset();
        assertFalse(irq);
        assertEquals(0xFF, ports.in(0xF0, 1));
    }
}
