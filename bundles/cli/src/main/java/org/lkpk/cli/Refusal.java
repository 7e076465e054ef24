package org.lkpk.cli;

/** Something the user can mend; the message is one line, names the thing and the reason, and is all there is to say. */
final class Refusal extends Exception {
    /** Exit status of a command that was refused. */
    static final int STATUS = 2;
    private static final long serialVersionUID = 1;

    Refusal(String message) {
        super(message);
    }
}
