package org.lkpk.bus;

import org.lkpk.api.bus.SerialEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A slot's serial cable. It stays while cards come and go; with nothing at its far end it swallows what is sent. */
final class Cable implements SerialEnd {
    private static final Logger LOG = LoggerFactory.getLogger(Cable.class);

    private volatile SerialEnd end;

    /** Any thread; null disconnects. */
    void connect(SerialEnd far) {
        end = far;
    }

    @Override
    public boolean ready() {
        SerialEnd far = end;
        try {
            return far == null || far.ready();
        } catch (RuntimeException e) {
            failed(far, e);
            return true;
        }
    }

    @Override
    public void send(int value) {
        SerialEnd far = end;
        try {
            if (far != null) far.send(value);
        } catch (RuntimeException e) {
            failed(far, e);
        }
    }

    private void failed(SerialEnd far, RuntimeException e) {
        LOG.error("far end of a serial cable failed, it is disconnected", e);
        if (end == far) end = null;
    }
}
