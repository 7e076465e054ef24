package org.lkpk.api.bus;

/** A card's own memory, as the card sees it. */
public interface Ram {
    /** Size in bytes. */
    int size();

    /** Copies {@code into.length} bytes from {@code offset} on. */
    void read(int offset, byte[] into);

    /** Writes, by the path that also drops code translated from the bytes; works on ROM too. */
    void write(int offset, byte[] from);
}
