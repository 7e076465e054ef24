package org.lkpk.itest;

import java.io.ByteArrayOutputStream;
import org.lkpk.api.bus.SerialEnd;

/** The host's end of a serial cable: keeps what the guest sends, and can hold it back. */
final class Cable implements SerialEnd {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private volatile boolean held;

    @Override
    public boolean ready() {
        return !held;
    }

    @Override
    public void send(int value) {
        bytes.write(value);
    }

    /** While held, a byte stays in the card's transmitter. */
    void hold(boolean wanted) {
        held = wanted;
    }

    byte[] arrived() {
        return bytes.toByteArray();
    }
}
