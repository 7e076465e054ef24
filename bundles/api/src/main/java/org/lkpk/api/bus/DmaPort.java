package org.lkpk.api.bus;

/** The card's end of a DMA channel, called by the controller once per transfer unit (byte, or word on channels 5..7). */
public interface DmaPort {
    /** A unit on its way to memory; {@code last} when the controller reaches terminal count with it. */
    int read(boolean last);

    /** A unit on its way from memory. */
    void write(int value, boolean last);
}
