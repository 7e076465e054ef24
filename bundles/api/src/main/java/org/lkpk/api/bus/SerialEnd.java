package org.lkpk.api.bus;

/** The far end of a serial cable. Called on the machine's thread; never blocks. */
public interface SerialEnd {
    /** Whether a byte would be taken now; a card holds its transmitter busy until it is. */
    boolean ready();

    /** Takes one byte, 0..255. */
    void send(int value);
}
