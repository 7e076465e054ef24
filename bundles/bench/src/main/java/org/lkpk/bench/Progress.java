package org.lkpk.bench;

/** Tells people how far it is: on a terminal in one line that changes, elsewhere in few lines. */
final class Progress {
    private static final String CLEAR = "\r\033[K";
    private final boolean terminal = System.console() != null && System.getenv("TERM") != null;
    private String step = "";

    /** A step of some seconds to minutes. */
    void step(String what) {
        step = what;
        System.err.print(terminal ? CLEAR + what : "lkpk: " + what + "\n");
    }

    /** What goes on in it. */
    void now(String what) {
        if (terminal) System.err.print(CLEAR + step + ": " + what);
    }

    /** A line that stays. */
    void line(String what) {
        System.err.println((terminal ? CLEAR : "") + "lkpk: " + what);
    }

    void end() {
        if (terminal) System.err.print(CLEAR);
    }
}
