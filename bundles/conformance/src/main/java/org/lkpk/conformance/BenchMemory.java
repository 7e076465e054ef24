package org.lkpk.conformance;

import org.lkpk.api.cpu.Memory;

/** RAM from address 0, whose end may be ROM, seen once more at the end of all addresses. */
final class BenchMemory implements Memory {
    private final byte[] bytes;
    private final boolean[] marked;
    /** Where ROM begins. */
    private final int rom;
    private Watch watch;

    BenchMemory(int size) {
        this(size, 0);
    }

    /** @param romSize how much of {@code size} is ROM */
    BenchMemory(int size, int romSize) {
        rom = size - romSize;
        bytes = new byte[size];
        marked = new boolean[size / GRANULE];
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int size() {
        return bytes.length;
    }

    @Override
    public int index(int page) {
        int address = page << 12;
        if (Integer.compareUnsigned(address, bytes.length) < 0) return address;
        return Integer.compareUnsigned(address, rom - bytes.length) >= 0 ? address + bytes.length : -1;
    }

    @Override
    public boolean writable(int page) {
        int index = index(page);
        return index >= 0 && index < rom;
    }

    @Override
    public boolean device(int page) {
        return false;
    }

    @Override
    public int load(int address, int size) {
        int v = 0;
        for (int i = size - 1; i >= 0; i--) v = v << 8 | (byteAt(address + i) & 0xFF);
        return v;
    }

    @Override
    public void store(int address, int size, int value) {
        for (int i = 0; i < size; i++) if (writable(address + i >>> 12)) put(address + i, (byte) (value >>> 8 * i));
    }

    @Override
    public void read(int address, byte[] into, int from, int count) {
        for (int i = 0; i < count; i++) into[from + i] = (byte) load(address + i, 1);
    }

    @Override
    public void write(int address, byte[] source, int from, int count) {
        for (int done = 0, n; done < count; done += n) {
            int at = address + done, index = place(at);
            n = Math.min(count - done, GRANULE - (at & GRANULE - 1));
            if (index < 0) continue;
            unmark(index);
            System.arraycopy(source, from + done, bytes, index, n);
        }
    }

    /** Tells of a write to a granule. */
    private void unmark(int index) {
        if (!marked[index / GRANULE]) return;
        watch.written(index, 1);
        marked[index / GRANULE] = false;
    }

    private void put(int address, byte value) {
        int index = place(address);
        unmark(index);
        bytes[index] = value;
    }

    private byte byteAt(int address) {
        int index = place(address);
        return index < 0 ? -1 : bytes[index];
    }

    private int place(int address) {
        int page = index(address >>> 12);
        return page < 0 ? -1 : page | address & 0xFFF;
    }

    @Override
    public void watch(Watch watch) {
        this.watch = watch;
    }

    @Override
    public void unwatch(Watch watch) {
        this.watch = null;
    }

    @Override
    public void mark(int index, int length) {
        for (int g = index / GRANULE; g <= (index + length - 1) / GRANULE; g++) marked[g] = true;
    }

    @Override
    public boolean marked(int index) {
        return marked(index & ~0xFFF, 0x1000);
    }

    @Override
    public boolean marked(int index, int length) {
        for (int g = index / GRANULE; g <= (index + length - 1) / GRANULE; g++) if (marked[g]) return true;
        return false;
    }
}
