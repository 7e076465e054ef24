package org.lkpk.cpu.state;

/**
 * The guest's memory as the hottest code sees it: the fast ways alone. What the tables do not have is {@link Fault#MISS},
 * which leaves the code instead of calling something slower in its midst, so that HotSpot can keep the guest's registers in
 * the host's. As {@link View}, a record for its constant components.
 */
public record Direct(byte[] ram, int[] read, int[] write, CpuState state) {
    private static final Raw RAW = Raw.BEST;

    public int load8(int a, int number) {
        int e = read[a >>> 12];
        if ((e & 0xFFF) != 0) throw state.miss(number);
        return RAW.getByte(ram, e ^ a) & 0xFF;
    }

    public int load16(int a, int number) {
        return RAW.getShort(ram, index(read, a, 2, number)) & 0xFFFF;
    }

    public int load32(int a, int number) {
        return RAW.getInt(ram, index(read, a, 4, number));
    }

    public void store8(int a, int v, int number) {
        int e = write[a >>> 12];
        if ((e & 0xFFF) != 0) throw state.miss(number);
        RAW.putByte(ram, e ^ a, (byte) v);
    }

    public void store16(int a, int v, int number) {
        RAW.putShort(ram, index(write, a, 2, number), (short) v);
    }

    public void store32(int a, int v, int number) {
        RAW.putInt(ram, index(write, a, 4, number), v);
    }

    public int modify8(int a, int number) {
        int e = write[a >>> 12];
        if ((e & 0xFFF) != 0) throw state.miss(number);
        return RAW.getByte(ram, e ^ a) & 0xFF;
    }

    public int modify16(int a, int number) {
        return RAW.getShort(ram, index(write, a, 2, number)) & 0xFFFF;
    }

    public int modify32(int a, int number) {
        return RAW.getInt(ram, index(write, a, 4, number));
    }

    public long load64(int a, int number) {
        return RAW.getLong(ram, index(read, a, 8, number));
    }

    public void store64(int a, long v, int number) {
        RAW.putLong(ram, index(write, a, 8, number), v);
    }

    // 16 bytes: where they are in RAM, and their halves there

    public int read128(int a, int number) {
        return index(read, a, 16, number);
    }

    public int write128(int a, int number) {
        return index(write, a, 16, number);
    }

    /** The same for an address that must be a multiple of 16; that it is not is found by whoever does the instruction again. */
    public int readAligned(int a, int number) {
        return aligned(read, a, number);
    }

    public int writeAligned(int a, int number) {
        return aligned(write, a, number);
    }

    public long half(int index) {
        return RAW.getLong(ram, index);
    }

    public void half(int index, long v) {
        RAW.putLong(ram, index, v);
    }

    private int aligned(int[] entries, int a, int number) {
        int e = entries[a >>> 12];
        if (((e | a & 15) & 0xFFF) != 0) throw state.miss(number);
        return e ^ a;
    }

    private int index(int[] entries, int a, int size, int number) {
        int e = entries[a >>> 12];
        if (((e | a & size - 1) & 0xFFF) != 0 && beyond(e, a, size)) throw state.miss(number);
        return e ^ a;
    }

    /** Whether an access that is not aligned, or has no entry, is none within one page of RAM. */
    private static boolean beyond(int e, int a, int size) {
        return (e & 0xFFF) != 0 || (a & 0xFFF) > 0x1000 - size;
    }
}
