package org.lkpk.cpu.engine;

/** What a region is made for. */
enum Tier {
    /** The host's processor: machine code. */
    HOST,
    /** The host's first compiler, and at once. */
    WARM,
    /** Its best one: an access to memory that the tables do not have leaves the region. */
    HOT,
    /** Its best one, for code whose accesses are often not there: their slow ways are called. */
    MISSING
}
