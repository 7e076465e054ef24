package org.lkpk.cpu.table;

/** Where the decoder takes its bytes from. */
public interface Code {
    /** The next byte, 0..255; throws what a fetch beyond the segment or of a missing page throws. */
    int next();
}
