package org.lkpk.bench;

/**
 * One thing that is measured.
 *
 * @param name as {@code --only} takes it
 * @param what it is, for people
 */
record Row(String name, Group group, Unit unit, String what) {
    enum Unit {
        /** Of CPU time, of the whole process. */
        SECONDS("s"),
        MEGABYTES("MB"),
        NANOSECONDS("ns");

        final String title;

        Unit(String title) {
            this.title = title;
        }
    }
}
