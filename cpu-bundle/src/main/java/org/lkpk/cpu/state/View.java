package org.lkpk.cpu.state;

/**
 * The guest's memory as one privilege level sees it, for translated code: what {@link Tlb} does fast, with the arrays as
 * components of a record, whose values HotSpot takes for constants.
 */
public record View(byte[] ram, int[] read, int[] write, Tlb tlb) {
    public int load8(int a) {
        int e = read[a >>> 12];
        return (e & 0xFFF) != 0 ? tlb.slowLoad(a, 1) : ram[e ^ a] & 0xFF;
    }

    public int load16(int a) {
        int e = read[a >>> 12];
        return ((e | a & 1) & 0xFFF) != 0 ? tlb.slowLoad(a, 2) : (short) Tlb.SHORT.get(ram, e ^ a) & 0xFFFF;
    }

    public int load32(int a) {
        int e = read[a >>> 12];
        return ((e | a & 3) & 0xFFF) != 0 ? tlb.slowLoad(a, 4) : (int) Tlb.INT.get(ram, e ^ a);
    }

    public void store8(int a, int v) {
        int e = write[a >>> 12];
        if ((e & 0xFFF) != 0) tlb.slowStore(a, 1, v);
        else ram[e ^ a] = (byte) v;
    }

    public void store16(int a, int v) {
        int e = write[a >>> 12];
        if (((e | a & 1) & 0xFFF) != 0) tlb.slowStore(a, 2, v);
        else Tlb.SHORT.set(ram, e ^ a, (short) v);
    }

    public void store32(int a, int v) {
        int e = write[a >>> 12];
        if (((e | a & 3) & 0xFFF) != 0) tlb.slowStore(a, 4, v);
        else Tlb.INT.set(ram, e ^ a, v);
    }

    public long load64(int a) {
        int e = read[a >>> 12];
        return ((e | a & 7) & 0xFFF) != 0 ? tlb.load64(a) : (long) Tlb.LONG.get(ram, e ^ a);
    }

    public void store64(int a, long v) {
        int e = write[a >>> 12];
        if (((e | a & 7) & 0xFFF) != 0) tlb.store64(a, v);
        else Tlb.LONG.set(ram, e ^ a, v);
    }

    /** See {@link Tlb#modify8}. */
    public int modify8(int a) {
        int e = write[a >>> 12];
        return (e & 0xFFF) != 0 ? tlb.slowModify(a, 1) : ram[e ^ a] & 0xFF;
    }

    public int modify16(int a) {
        int e = write[a >>> 12];
        return ((e | a & 1) & 0xFFF) != 0 ? tlb.slowModify(a, 2) : (short) Tlb.SHORT.get(ram, e ^ a) & 0xFFFF;
    }

    public int modify32(int a) {
        int e = write[a >>> 12];
        return ((e | a & 3) & 0xFFF) != 0 ? tlb.slowModify(a, 4) : (int) Tlb.INT.get(ram, e ^ a);
    }
}
