package org.lkpk.patcher;

/** The guest does not stand so that it could be changed now; it may later. */
final class GuestBusy extends Exception {
    private static final long serialVersionUID = 1;

    GuestBusy(String reason) {
        super(reason);
    }
}
