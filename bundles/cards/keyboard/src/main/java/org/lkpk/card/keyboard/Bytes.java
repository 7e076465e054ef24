package org.lkpk.card.keyboard;

/** A first-in first-out buffer of bytes. */
final class Bytes {
    private final byte[] ring;
    private int first;
    private int size;

    Bytes(int capacity) {
        ring = new byte[capacity];
    }

    int size() {
        return size;
    }

    int room() {
        return ring.length - size;
    }

    /** Adds a byte; lost if there is no room. */
    void put(int octet) {
        if (room() > 0) ring[(first + size++) % ring.length] = (byte) octet;
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

    void load(byte[] saved) {
        clear();
        for (byte octet : saved) put(octet);
    }
}
