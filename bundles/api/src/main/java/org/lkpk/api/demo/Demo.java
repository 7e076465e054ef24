package org.lkpk.api.demo;

import java.time.Duration;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.machine.Specification;

/** Shows on a machine of its own what the kit does, and tells of it on standard output; a service. */
public interface Demo {
    /**
     * From the guest's first instruction to its last, on the calling thread.
     *
     * @param limit after which it is given up; zero: never
     * @return the exit status, 0 only if all that it showed held
     */
    int show(Guest guest, Specification machine, Duration limit);
}
