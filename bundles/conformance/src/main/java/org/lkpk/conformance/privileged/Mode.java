package org.lkpk.conformance.privileged;

/** The mode that a case begins in. */
enum Mode {
    RING0(0, true), RING1(1, true), RING2(2, true), RING3(3, true), RING0_16(0, false), RING3_16(3, false), V86(3, false);

    final int level;
    /** Whether the code segment's default is 32 bits. */
    final boolean wide;

    Mode(int level, boolean wide) {
        this.level = level;
        this.wide = wide;
    }
}
