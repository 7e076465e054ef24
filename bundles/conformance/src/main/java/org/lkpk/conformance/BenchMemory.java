package org.lkpk.conformance;

import org.lkpk.api.cpu.Memory;

/** RAM alone, from address 0. */
final class BenchMemory implements Memory {
    private final byte[] bytes;
    private final boolean[] marked;
    private Watch watch;

    BenchMemory(int size) {
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
        return Integer.compareUnsigned(page, bytes.length >>> 12) < 0 ? page << 12 : -1;
    }

    @Override
    public boolean writable(int page) {
        return index(page) >= 0;
    }

    @Override
    public boolean device(int page) {
        return false;
    }

    @Override
    public int load(int address, int size) {
        int v = 0;
        for (int i = size - 1; i >= 0; i--) v = v << 8 | (present(address + i) ? bytes[address + i] & 0xFF : 0xFF);
        return v;
    }

    @Override
    public void store(int address, int size, int value) {
        for (int i = 0; i < size; i++) if (present(address + i)) put(address + i, (byte) (value >>> 8 * i));
    }

    @Override
    public void read(int address, byte[] into, int from, int count) {
        for (int i = 0; i < count; i++) into[from + i] = (byte) load(address + i, 1);
    }

    @Override
    public void write(int address, byte[] source, int from, int count) {
        for (int i = 0; i < count; i++) if (present(address + i)) put(address + i, source[from + i]);
    }

    private void put(int index, byte value) {
        if (marked[index / GRANULE]) {
            watch.written(index, 1);
            marked[index / GRANULE] = false;
        }
        bytes[index] = value;
    }

    private boolean present(int address) {
        return Integer.compareUnsigned(address, bytes.length) < 0;
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
