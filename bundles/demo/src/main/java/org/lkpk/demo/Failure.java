package org.lkpk.demo;

/** Something that the demo shows did not hold; the message names it and says what came instead. */
final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    Failure(String message) {
        super(message);
    }
}
