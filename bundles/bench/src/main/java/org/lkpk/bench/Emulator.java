package org.lkpk.bench;

import java.io.IOException;
import java.util.Optional;

/** Something that runs guests, or their programs, in one process. */
interface Emulator {
    /** A word for the tables. */
    String name();

    /** Why it cannot be used, and what to install; empty if it can. */
    Optional<String> missing() throws IOException, InterruptedException;

    /** A process that becomes the machine, with ttyS0 where {@code pc} wants it, and ends when the guest resets. */
    ProcessBuilder process(Pc pc) throws IOException;

    /** Whether it boots kernels at all. */
    default boolean boots() {
        return true;
    }
}
