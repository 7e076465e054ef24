package org.lkpk.authoring;

/** Something the user can mend; the message names the thing and the reason, a line each, and is all there is to say. */
final class Refusal extends Exception {
    /** Exit status of a command that was refused. */
    static final int STATUS = 2;
    private static final long serialVersionUID = 1;

    Refusal(String message) {
        super(message);
    }
}
