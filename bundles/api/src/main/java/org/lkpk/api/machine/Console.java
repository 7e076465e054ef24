package org.lkpk.api.machine;

import java.io.OutputStream;

/** The terminal on a machine's ttyS0: all who watch see the same, and all may type. Any thread. */
public interface Console {
    /** What the guest printed last: at most 64 KB, so that one who comes late still sees the last screens. */
    byte[] history();

    /**
     * Copies to {@code out}, by a thread of its own, what the guest prints from now on; at most 64 KB wait there, then
     * the serial line stands until {@code out} takes more.
     *
     * @param replay whether {@link #history} comes first, with no byte lost or doubled in between
     */
    Watch watch(OutputStream out, boolean replay);

    /** Types {@code bytes} on the guest's serial line; waits while 64 KB are in the way. */
    void type(byte[] bytes) throws InterruptedException;

    /** One who watches. */
    interface Watch extends AutoCloseable {
        /** Waits until all that the guest has printed so far is written, or can never be. */
        void drain() throws InterruptedException;

        /** Whether {@code out} has failed; the line no longer waits for it then. */
        boolean broken();

        /** Stops copying; what still waits is dropped. */
        @Override
        void close();
    }
}
