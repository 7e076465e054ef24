package org.lkpk.conformance;

import java.util.ArrayList;
import java.util.List;

/** What came of a case. */
final class Outcome {
    static final String[] NAMES = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};
    /** No fault. */
    static final int NONE = 255;
    static final int PAGE_FAULT = 14;

    /** Bytes that were written. Offsets count from the data's begin; the code follows its end. */
    record Run(int offset, byte[] bytes) { }

    int steps = 1, vector = NONE, error, address, eip, eflags;
    final int[] r = new int[8], segments = new int[6];
    List<Run> runs = new ArrayList<>();
    /** Null if the case has none. */
    Image image;

    boolean faulted() {
        return vector != NONE;
    }

    /** Whether it came to the end of its code. */
    boolean fallsThrough(Case c) {
        return vector == NONE && eip == c.end() && segments[1] == c.segments()[1];
    }
}
