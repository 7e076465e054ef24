package org.lkpk.api.cpu.testing;

import java.util.Arrays;
import org.lkpk.api.cpu.Memory;

/** RAM from address 0 on and nothing else; tells its one watcher of writes to code. */
public class Ram implements Memory {
    private final byte[] bytes;
    private final boolean[] marked;
    private Watch watch;

    public Ram(int size) {
        this(new byte[size]);
    }

    /** @param bytes what it holds, not copied */
    public Ram(byte[] bytes) {
        this.bytes = bytes;
        marked = new boolean[(bytes.length + GRANULE - 1) / GRANULE];
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
        int value = 0;
        for (int i = size - 1; i >= 0; i--) value = value << 8 | (present(address + i) ? bytes[address + i] & 0xFF : 0xFF);
        return value;
    }

    @Override
    public void store(int address, int size, int value) {
        for (int i = 0; i < size; i++) if (present(address + i)) put(address + i, (byte) (value >>> 8 * i));
    }

    @Override
    public void read(int address, byte[] into, int from, int count) {
        Arrays.fill(into, from, from + count, (byte) 0xFF);
        if (present(address)) System.arraycopy(bytes, address, into, from, Math.min(count, bytes.length - address));
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
    public void watch(Watch wanted) {
        watch = wanted;
    }

    @Override
    public void unwatch(Watch ended) {
        watch = null;
    }

    @Override
    public void mark(int index, int length) {
        Arrays.fill(marked, index / GRANULE, (index + length - 1) / GRANULE + 1, true);
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
