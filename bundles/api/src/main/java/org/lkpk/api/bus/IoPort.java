package org.lkpk.api.bus;

/** The card's side of claimed ports. Offsets count from the first port of the claim. */
public interface IoPort {
    /** Reads {@code size} bytes (1, 2 or 4, at most the claim's width); higher bits of the answer are ignored. */
    int in(int offset, int size);

    /** Writes {@code size} bytes; {@code value} is zero-extended. */
    void out(int offset, int size, int value);
}
