package org.lkpk.conformance;

import java.io.IOException;

/** A judge of the processor: cases whose right answers come from elsewhere. */
interface Suite {
    /** As the option --only takes it. */
    String name();

    String title();

    /** What to type to run it alone, with the word SEED where one belongs. */
    String reproduce();

    Result run(Setting setting) throws IOException, InterruptedException;

    /**
     * What came of it.
     *
     * @param cases how many were judged; none if it was not run
     * @param seed what the cases were made from; empty if they are always the same
     * @param note what differs, what was left out, or why it was not run
     */
    record Result(long cases, long differences, String seed, String note) {
        static Result notRun(String why) {
            return new Result(0, 0, "", "not run: " + why);
        }

        /** Of both, from one seed. */
        Result and(Result more) {
            String notes = note.contains(more.note) ? note : (note + "\n" + more.note).strip();
            return new Result(cases + more.cases, differences + more.differences, more.seed, notes);
        }

        static Result of(long cases, Differences differences, String seed, String note) {
            return new Result(cases, differences.count(), seed, differences.count() == 0 ? note : (note + "\n" + differences).strip());
        }
    }
}
