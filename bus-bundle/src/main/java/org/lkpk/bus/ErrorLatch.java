package org.lkpk.bus;

import org.lkpk.api.bus.IoPort;
import org.lkpk.api.bus.Line;

/**
 * The AT's latch for errors of the numeric coprocessor, which became the processor's FPU: FERR# sets it and with it IRQ 13, a
 * write to port F0h clears it and asserts IGNNE#, until FERR# is gone. Not implemented: port F1h, the 80387's RESET.
 */
final class ErrorLatch {
    static final int PORT = 0xF0, IRQ = 13;

    private final Line irq;
    private boolean error, ignored;

    ErrorLatch(Ports ports, Line irq) {
        this.irq = irq;
        ports.claim(PORT, 1, 1, new IoPort() {
            @Override
            public int in(int offset, int size) {
                return -1;
            }

            @Override
            public void out(int offset, int size, int value) {
                irq.set(false);
                ignored = error;
            }
        });
    }

    /** Level of FERR#. */
    void error(boolean asserted) {
        error = asserted;
        if (asserted) irq.set(true);
        else ignored = false;
    }

    /** Level of IGNNE#. */
    boolean ignored() {
        return ignored;
    }

    void reset() {
        error = ignored = false;
        irq.set(false);
    }
}
