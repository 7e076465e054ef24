package org.lkpk.api.machine;

import java.util.List;

/**
 * Builds machines; a service of the bus. Each machine is a service {@link Machine} too, with the property
 * {@code lkpk.machine} set to its name.
 */
public interface Machines {
    /**
     * Builds a machine, powered off, with the cards of all active slot bundles.
     *
     * @throws IllegalArgumentException if the specification is impossible or the name is taken
     */
    Machine create(Specification specification);

    /** The machines there are, oldest first. */
    List<Machine> all();
}
