package org.lkpk.api.bus;

/** A saved state does not fit who was asked to load it; the message names both. */
public final class StateRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StateRefused(String message) {
        super(message);
    }
}
