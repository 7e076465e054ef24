package org.lkpk.card.uart;

/** A first-in first-out buffer of bytes. */
final class Fifo {
    private final byte[] ring;
    private int first;
    private int size;

    Fifo(int capacity) {
        ring = new byte[capacity];
    }

    int size() {
        return size;
    }

    int room() {
        return ring.length - size;
    }

    /** Adds a byte; only with {@link #room}. */
    void put(int octet) {
        ring[(first + size++) % ring.length] = (byte) octet;
    }

    /** Removes the oldest byte, 0..255; only if there is one. */
    int take() {
        int octet = ring[first] & 0xFF;
        first = (first + 1) % ring.length;
        size--;
        return octet;
    }

    void clear() {
        size = 0;
    }

    byte[] save() {
        byte[] saved = new byte[size];
        for (int i = 0; i < size; i++) saved[i] = ring[(first + i) % ring.length];
        return saved;
    }

    /** Takes over saved content; what does not fit is dropped. */
    void load(byte[] saved) {
        clear();
        for (int i = 0; i < saved.length && room() > 0; i++) put(saved[i]);
    }
}
