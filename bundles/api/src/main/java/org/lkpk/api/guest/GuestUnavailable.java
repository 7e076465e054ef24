package org.lkpk.api.guest;

/** A guest cannot be had; the message names the thing and the reason in one line. */
public final class GuestUnavailable extends Exception {
    private static final long serialVersionUID = 1;

    public GuestUnavailable(String message) {
        super(message);
    }
}
