package org.lkpk.api.machine;

/** A boot image cannot be booted on this machine; the message names the thing and the reason. */
public final class BootRefused extends Exception {
    private static final long serialVersionUID = 1;

    public BootRefused(String message) {
        super(message);
    }
}
