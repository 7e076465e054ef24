package org.lkpk.api.bus;

/** A claim stands in another's way; the message names slot, resource and present owner. */
public final class SlotConflict extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SlotConflict(String message) {
        super(message);
    }
}
