package org.lkpk.api.machine;

import java.io.OutputStream;
import java.time.Duration;

/** The terminal on a machine's ttyS0: all who watch see the same, and all may type. Any thread. */
public interface Console {
    /** What the guest printed last: at most 64 KB, so that one who comes late still sees the last screens. */
    byte[] history();

    /**
     * Copies to {@code out}, by a thread of its own, what the guest prints from now on; at most 64 KB wait there, then
     * the serial line stands until {@code out} takes more. An {@code out} that fails is given up.
     *
     * @param replay whether {@link #history} comes first, with no byte lost or doubled in between
     */
    Watch watch(OutputStream out, boolean replay);

    /** Types {@code bytes} on the guest's serial line; waits while 64 KB are in the way. */
    void type(byte[] bytes) throws InterruptedException;

    /** One who watches. */
    interface Watch extends AutoCloseable {
        /**
         * Waits until all that the guest has printed so far is written, or can never be since {@code out} has failed.
         *
         * @return false if that took longer than {@code deadline}
         */
        boolean drain(Duration deadline) throws InterruptedException;

        /** Stops copying; what still waits is dropped. */
        @Override
        void close();
    }
}
