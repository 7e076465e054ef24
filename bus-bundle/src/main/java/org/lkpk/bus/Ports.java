package org.lkpk.bus;

import java.util.Arrays;
import org.lkpk.api.bus.IoPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The 64 K I/O ports. Each has a claim, if only that of {@link #NOBODY}, who reads as ones and swallows writes. */
final class Ports {
    static final int COUNT = 0x10000;
    private static final Logger LOG = LoggerFactory.getLogger(Ports.class);

    private static final PortClaim NOBODY = new PortClaim(0, COUNT, 1, new IoPort() {
        @Override
        public int in(int offset, int size) {
            return -1;
        }

        @Override
        public void out(int offset, int size, int value) {
            // Nobody listens.
        }
    });

    private final PortClaim[] claims = new PortClaim[COUNT];

    Ports() {
        Arrays.fill(claims, NOBODY);
    }

    PortClaim claim(int first, int count, int width, IoPort port) {
        PortClaim claim = new PortClaim(first, count, width, port);
        Arrays.fill(claims, first, first + count, claim);
        return claim;
    }

    void remove(PortClaim claim) {
        Arrays.fill(claims, claim.first, claim.first + claim.count, NOBODY);
    }

    int in(int port, int size) {
        PortClaim claim = claims[port & COUNT - 1];
        if (claim.takes(port & COUNT - 1, size)) return claim.in(port & COUNT - 1, size);
        int value = 0;
        for (int done = 0; done < size; ) {
            int part = part(port + done, size - done);
            value |= claims[port + done & COUNT - 1].in(port + done & COUNT - 1, part) << 8 * done;
            done += part;
        }
        return value;
    }

    void out(int port, int size, int value) {
        PortClaim claim = claims[port & COUNT - 1];
        if (claim.takes(port & COUNT - 1, size)) {
            claim.out(port & COUNT - 1, size, value);
            return;
        }
        for (int done = 0; done < size; ) {
            int part = part(port + done, size - done);
            claims[port + done & COUNT - 1].out(port + done & COUNT - 1, part, value >>> 8 * done);
            done += part;
        }
    }

    /** How many of {@code left} bytes the claim at {@code port} takes at once. */
    private int part(int port, int left) {
        PortClaim claim = claims[port & COUNT - 1];
        int part = left >= 4 ? 4 : left >= 2 ? 2 : 1;
        while (part > 1 && !claim.takes(port & COUNT - 1, part)) part /= 2;
        return part;
    }

    /** The low {@code size} bytes of {@code value}. */
    static int cut(int value, int size) {
        return size == 4 ? value : value & (1 << 8 * size) - 1;
    }

    /** Ports that lead to one card. A card that throws reads as ones, and is logged once. */
    static final class PortClaim {
        private final int first;
        private final int count;
        private final int width;
        private final IoPort port;
        private boolean failed;

        private PortClaim(int first, int count, int width, IoPort port) {
            this.first = first;
            this.count = count;
            this.width = width;
            this.port = port;
        }

        private boolean takes(int at, int size) {
            return size <= width && at - first + size <= count;
        }

        private int in(int at, int size) {
            try {
                return cut(port.in(at - first, size), size);
            } catch (RuntimeException | Error e) {
                failed(at, e);
                return cut(-1, size);
            }
        }

        private void out(int at, int size, int value) {
            try {
                port.out(at - first, size, cut(value, size));
            } catch (RuntimeException | Error e) {
                failed(at, e);
            }
        }

        private void failed(int at, Throwable e) {
            if (!failed) LOG.error("card at port {} failed", String.format("%Xh", at), e);
            failed = true;
        }
    }
}
