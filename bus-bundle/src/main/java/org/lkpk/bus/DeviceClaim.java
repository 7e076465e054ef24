package org.lkpk.bus;

import org.lkpk.api.bus.MemoryPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Physical addresses that lead to a card's registers. A card that throws reads as ones, and is logged once. */
final class DeviceClaim {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceClaim.class);

    private final int base;
    private final int size;
    private final MemoryPort port;
    private boolean failed;

    DeviceClaim(int base, int size, MemoryPort port) {
        this.base = base;
        this.size = size;
        this.port = port;
    }

    boolean covers(int address, int count) {
        int offset = address - base;
        return Integer.compareUnsigned(offset, size) < 0 && count <= size - offset;
    }

    int load(int address, int count) {
        try {
            return Ports.cut(port.load(address - base, count), count);
        } catch (RuntimeException | Error e) {
            failed(address, e);
            return Ports.cut(-1, count);
        }
    }

    void store(int address, int count, int value) {
        try {
            port.store(address - base, count, Ports.cut(value, count));
        } catch (RuntimeException | Error e) {
            failed(address, e);
        }
    }

    private void failed(int address, Throwable e) {
        if (!failed) LOG.error("card at physical {} failed", String.format("%08X", address), e);
        failed = true;
    }
}
