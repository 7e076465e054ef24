package org.lkpk.api.machine;

/** Gives every machine its console; a service. Any thread. */
public interface Consoles {
    /** The console of {@code machine}, connected to its slot com1 when first asked for. */
    Console of(Machine machine);
}
