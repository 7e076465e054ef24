package org.lkpk.cpu.state;

/**
 * The guest's memory as one privilege level sees it, for translated code: what {@link Tlb} does fast, with the arrays as
 * components of a record, whose values HotSpot takes for constants. Each access has the number of its instruction, which
 * {@link CpuState#progress} tells after a fault.
 */
public record View(byte[] ram, int[] read, int[] write, Tlb tlb) {
    private static final Raw RAW = Raw.BEST;

    public int load8(int a, int number) {
        int e = read[a >>> 12];
        return (e & 0xFFF) != 0 ? slowLoad(a, number, 1) : RAW.getByte(ram, e ^ a) & 0xFF;
    }

    public int load16(int a, int number) {
        int e = read[a >>> 12];
        return ((e | a & 1) & 0xFFF) != 0 ? slowLoad(a, number, 2) : RAW.getShort(ram, e ^ a) & 0xFFFF;
    }

    public int load32(int a, int number) {
        int e = read[a >>> 12];
        return ((e | a & 3) & 0xFFF) != 0 ? slowLoad(a, number, 4) : RAW.getInt(ram, e ^ a);
    }

    public void store8(int a, int v, int number) {
        int e = write[a >>> 12];
        if ((e & 0xFFF) != 0) slowStore(a, v, number, 1);
        else RAW.putByte(ram, e ^ a, (byte) v);
    }

    public void store16(int a, int v, int number) {
        int e = write[a >>> 12];
        if (((e | a & 1) & 0xFFF) != 0) slowStore(a, v, number, 2);
        else RAW.putShort(ram, e ^ a, (short) v);
    }

    public void store32(int a, int v, int number) {
        int e = write[a >>> 12];
        if (((e | a & 3) & 0xFFF) != 0) slowStore(a, v, number, 4);
        else RAW.putInt(ram, e ^ a, v);
    }

    public long load64(int a, int number) {
        int e = read[a >>> 12];
        if (((e | a & 7) & 0xFFF) == 0) return RAW.getLong(ram, e ^ a);
        tlb.progress(number);
        return tlb.load64(a);
    }

    public void store64(int a, long v, int number) {
        int e = write[a >>> 12];
        if (((e | a & 7) & 0xFFF) == 0) {
            RAW.putLong(ram, e ^ a, v);
            return;
        }
        tlb.progress(number);
        tlb.store64(a, v);
    }

    /** See {@link Tlb#modify8}. */
    public int modify8(int a, int number) {
        int e = write[a >>> 12];
        return (e & 0xFFF) != 0 ? slowModify(a, number, 1) : RAW.getByte(ram, e ^ a) & 0xFF;
    }

    public int modify16(int a, int number) {
        int e = write[a >>> 12];
        return ((e | a & 1) & 0xFFF) != 0 ? slowModify(a, number, 2) : RAW.getShort(ram, e ^ a) & 0xFFFF;
    }

    public int modify32(int a, int number) {
        int e = write[a >>> 12];
        return ((e | a & 3) & 0xFFF) != 0 ? slowModify(a, number, 4) : RAW.getInt(ram, e ^ a);
    }

    private int slowLoad(int a, int number, int size) {
        tlb.progress(number);
        return tlb.slowLoad(a, size);
    }

    private int slowModify(int a, int number, int size) {
        tlb.progress(number);
        return tlb.slowModify(a, size);
    }

    private void slowStore(int a, int v, int number, int size) {
        tlb.progress(number);
        tlb.slowStore(a, size, v);
    }
}
