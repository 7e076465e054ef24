package org.lkpk.api.cpu;

/** The board as its processor sees it. */
public interface Board {
    Memory memory();

    /** IN: {@code size} is 1, 2 or 4 bytes; the answer is zero-extended; what nobody claims reads as ones. */
    int in(int port, int size);

    void out(int port, int size, int value);

    /** The interrupt acknowledge cycle: vector 0..255 of the highest request (the spurious one if it is gone). */
    int acknowledge();

    /** Level of the FERR# pin: an x87 exception waits, and CR0.NE does not make #MF of it. */
    default void ferr(boolean asserted) { }

    /** Level of the IGNNE# pin: the processor is to go on in spite of FERR#. */
    default boolean ignne() {
        return false;
    }

    /** The time-stamp clock: ticks of {@link #TICKS_PER_SECOND} since an arbitrary moment before power-on. */
    long ticks();

    /** Whether address line 20 is let through; a change is told by {@link Memory.Watch#remapped}. */
    boolean a20();

    /** Rate of {@link #ticks}. */
    long TICKS_PER_SECOND = 1_000_000_000;
}
