package org.lkpk.demo;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import org.lkpk.api.bus.SerialEnd;

/** The far end of the second serial cable: keeps what the guest sends. */
final class SerialLine implements SerialEnd {
    static final int LENGTH = 1000;
    private static final int SECONDS = 60;

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public synchronized void send(int value) {
        received.write(value);
        notifyAll();
    }

    /** Bytes to be sent and expected back: every value, in an order of their own. */
    static byte[] pattern() {
        byte[] bytes = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) bytes[i] = (byte) (i * 7 + (i >> 8));
        return bytes;
    }

    /** What has come once it is {@link #LENGTH} bytes, or what there is when that takes too long. */
    synchronized byte[] await() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (received.size() < LENGTH) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) break;
            wait(left);
        }
        return received.toByteArray();
    }
}
