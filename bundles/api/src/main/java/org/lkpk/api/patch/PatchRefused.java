package org.lkpk.api.patch;

/** A patch cannot be applied; the message names the thing and the reason, and nothing has been written. */
public final class PatchRefused extends Exception {
    private static final long serialVersionUID = 1;

    public PatchRefused(String message) {
        super(message);
    }
}
