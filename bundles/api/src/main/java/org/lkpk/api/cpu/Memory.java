package org.lkpk.api.cpu;

/**
 * Physical memory. Addresses are physical (unsigned 32 bits in an int), after the A20 gate; pages are 4 KB and numbered
 * {@code address >>> 12}. All methods belong to the machine's thread.
 */
public interface Memory {
    /** Code is tracked in granules of this many bytes. */
    int GRANULE = 128;

    /** The bytes behind all RAM and ROM pages; main memory lies at its start, so below {@link #size} index = address. */
    byte[] bytes();

    /** Size of main memory in bytes, the hole at A0000h–FFFFFh included. */
    int size();

    /** Index in {@link #bytes} of a page of RAM or ROM; -1 for device registers and for nothing. */
    int index(int page);

    /** Whether the guest can write the page: RAM, not ROM, devices or nothing. */
    boolean writable(int page);

    /** Whether device registers lie in the page: an access there may have effects and depend on the moment. */
    boolean device(int page);

    /** Reads 1, 2 or 4 bytes anywhere, devices included; what nobody claims reads as ones. Little endian, zero-extended. */
    int load(int address, int size);

    /** Writes 1, 2 or 4 bytes as the guest does: ROM and nothing swallow it. */
    void store(int address, int size, int value);

    /** Copies RAM or ROM out; bytes of devices and of nothing read as FFh, with no effect on a device. */
    void read(int address, byte[] into, int from, int count);

    /** Writes RAM or ROM for debugger, patcher, firmware or DMA; bytes that are neither are dropped. */
    void write(int address, byte[] source, int from, int count);

    /** Who is told of writes to code; one per CPU. */
    void watch(Watch watch);

    void unwatch(Watch watch);

    /** Marks the granules of {@code length} bytes at {@code index} of {@link #bytes} as holding decoded code. */
    void mark(int index, int length);

    /** Whether the page that {@code index} lies in holds marked granules; writes to it must be looked at then. */
    boolean marked(int index);

    /** Whether one of {@code length} bytes of a page lies in a marked granule. */
    boolean marked(int index, int length);

    /** Told of changes that make decoded code or cached translations stale. */
    interface Watch {
        /**
         * Bytes in marked granules were or are about to be written: drop all code from every granule that
         * {@code index .. index + length - 1} touches. The marks are gone when this returns.
         */
        void written(int index, int length);

        /** Pages came, went or changed their kind: drop all cached translations and code. */
        void remapped();
    }
}
