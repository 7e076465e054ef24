package org.lkpk.patcher.kernel;


/** A way to copy guest memory out, however the guest is stopped for it. */
public interface PhysicalMemory {
    /** Bytes of main memory. */
    int size();

    /** Copies {@code count} bytes at the physical {@code address} to the start of {@code into}; stops the guest once. */
    void read(int address, byte[] into, int count) throws Exception;
}
