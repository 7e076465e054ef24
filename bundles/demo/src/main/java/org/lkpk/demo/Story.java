package org.lkpk.demo;

import org.osgi.framework.Bundle;

/** What the demo asks of a guest; each guest has its own commands for it. */
interface Story {
    /** Of the bundle that patches it. */
    String patch();

    /** What that patch puts before {@link #line}. */
    String mark();

    /** The line that the patch changes, as the guest shows it now. */
    String line() throws Failure, InterruptedException;

    /** How to get that line, for people. */
    String command();

    /** What the guest says it is, and its own records of trouble, which nothing may change. */
    String identity() throws Failure, InterruptedException;

    String trouble() throws Failure, InterruptedException;

    /** Starts reading the line all the while. */
    Reader reader(String old) throws Failure, InterruptedException;

    /** Plugs and pulls the second serial port; answers with what was shown, for people. */
    String hotPlug(Bundle slot) throws Failure, InterruptedException;

    /** Has sums and the FPU at work while {@code update} runs; answers with what was shown, for people. */
    String compute(Act update) throws Failure, InterruptedException;

    /** Something done to the running machine. */
    interface Act {
        void run() throws Failure, InterruptedException;
    }

    /** The guest's loop that reads the line. */
    interface Reader {
        /** Does something and tells of reads before, during and after it. */
        Reads around(Act act) throws Failure, InterruptedException;

        /** At least so many reads that have all begun after this call. */
        Reads steady(int least) throws Failure, InterruptedException;

        void end() throws Failure, InterruptedException;
    }

    /**
     * What reads gave.
     *
     * @param old and {@code fresh}: the whole line without and with the mark; {@code other}: anything else
     * @param changes how often a read gave something else than the one before it
     */
    record Reads(long old, long fresh, long other, long changes) {
        Reads and(Reads more) {
            return new Reads(old + more.old, fresh + more.fresh, other + more.other, changes + more.changes);
        }

        long all() {
            return old + fresh + other;
        }
    }
}
