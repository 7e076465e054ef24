package org.lkpk.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.lkpk.api.machine.Console;

/**
 * Bytes on their way from the machine's thread to a writing one, without a lock: the machine must never wait for the
 * host. Positions count from the beginning and are taken modulo the size.
 */
final class Ring implements Console.Watch {
    static final int SIZE = 1 << 16;
    /** A nap ends by itself, should the wake-up be missed. */
    private static final long NAP_NANOS = 1_000_000_000L;

    private final byte[] bytes = new byte[SIZE];
    private final OutputStream out;
    private final Runnable onClose;
    private final Thread writer = new Thread(this::write, "console-writer");
    private volatile long put;
    private volatile long written;
    private volatile boolean napping;
    private volatile boolean closed;
    private volatile boolean broken;

    Ring(OutputStream out, byte[] first, Consumer<Ring> onClose) {
        this.out = out;
        this.onClose = () -> onClose.accept(this);
        System.arraycopy(first, 0, bytes, 0, first.length);
        put = first.length;
        writer.setDaemon(true);
    }

    void start() {
        writer.start();
    }

    /** Machine's thread. */
    boolean ready() {
        return put - written < SIZE || broken || closed;
    }

    /** Machine's thread; a byte that comes while not {@link #ready} is lost, as on any serial line. */
    void put(byte value) {
        long at = put;
        if (at - written == SIZE) return;
        bytes[(int) at & SIZE - 1] = value;
        put = at + 1;
        if (napping) LockSupport.unpark(writer);
    }

    private void write() {
        try {
            while (!closed) {
                long from = written;
                int count = (int) Math.min(put - from, SIZE - (from & SIZE - 1));
                if (count == 0) {
                    out.flush();
                    nap();
                    continue;
                }
                out.write(bytes, (int) from & SIZE - 1, count);
                if (from + count == put) out.flush(); // Before drain() may see it as written.
                written = from + count;
            }
        } catch (IOException gone) {
            broken = true;
        }
    }

    private void nap() {
        napping = true;
        if (put == written && !closed) LockSupport.parkNanos(this, NAP_NANOS);
        napping = false;
    }

    @Override
    public boolean drain(Duration deadline) throws InterruptedException {
        long goal = put;
        long end = System.nanoTime() + deadline.toNanos();
        while (written < goal && !broken && !closed) {
            if (System.nanoTime() - end > 0) return false;
            Thread.sleep(1);
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(writer);
        onClose.run();
    }
}
