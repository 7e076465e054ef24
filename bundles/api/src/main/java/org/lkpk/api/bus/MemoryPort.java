package org.lkpk.api.bus;

/** The card's side of memory-mapped registers. Offsets count from the base of the claim; sizes are 1, 2 or 4 bytes. */
public interface MemoryPort {
    /** Reads {@code size} bytes; higher bits of the answer are ignored. */
    int load(int offset, int size);

    /** Writes {@code size} bytes; {@code value} is zero-extended. */
    void store(int offset, int size, int value);
}
