package org.lkpk.api.bus;

/** One wire, seen from the card that drives it. Low at first, and again when the card is pulled. */
@FunctionalInterface
public interface Line {
    /** Drives the wire; calling it twice with the same level changes nothing. */
    void set(boolean high);
}
