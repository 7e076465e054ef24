package org.lkpk.api.bus;

/** A card's way in for bytes from the host. Called on the machine's thread, between two instructions. */
public interface Input {
    /** How many bytes it takes now; the machine keeps the rest and asks again later. */
    int room();

    /** Bytes arrive, at most {@link #room()} of them. */
    void receive(byte[] bytes);
}
