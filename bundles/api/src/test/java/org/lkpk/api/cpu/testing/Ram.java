package org.lkpk.api.cpu.testing;

import java.util.Arrays;
import org.lkpk.api.cpu.Memory;

/**
 * RAM from address 0 on and nothing else; tells its one watcher of writes to code. What stands where, and what can be
 * written, is for {@link #index} and {@link #writable} alone to say.
 */
public class Ram implements Memory {
    private static final int PAGE = 0x1000;

    private final byte[] bytes;
    private final boolean[] marked;
    private Watch watch;

    public Ram(int size) {
        this(new byte[size]);
    }

    /** @param bytes what it holds, not copied; whole pages */
    public Ram(byte[] bytes) {
        if (bytes.length % PAGE != 0) throw new IllegalArgumentException(bytes.length + " bytes: RAM has whole pages of 4 KB");
        this.bytes = bytes;
        marked = new boolean[bytes.length / GRANULE];
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

    /** Index of the byte at an address; -1 if there is none. */
    private int place(int address) {
        int index = index(address >>> 12);
        return index < 0 ? -1 : index | address & PAGE - 1;
    }

    @Override
    public int load(int address, int size) {
        int value = 0;
        for (int i = size - 1; i >= 0; i--) {
            int at = place(address + i);
            value = value << 8 | (at < 0 ? 0xFF : bytes[at] & 0xFF);
        }
        return value;
    }

    @Override
    public void store(int address, int size, int value) {
        for (int i = 0; i < size; i++) if (writable(address + i >>> 12)) put(address + i, (byte) (value >>> 8 * i));
    }

    @Override
    public void read(int address, byte[] into, int from, int count) {
        for (int done = 0; done < count; ) {
            int at = place(address + done), part = Math.min(count - done, PAGE - (address + done & PAGE - 1));
            if (at < 0) Arrays.fill(into, from + done, from + done + part, (byte) 0xFF);
            else System.arraycopy(bytes, at, into, from + done, part);
            done += part;
        }
    }

    @Override
    public void write(int address, byte[] source, int from, int count) {
        for (int i = 0; i < count; i++) put(address + i, source[from + i]);
    }

    private void put(int address, byte value) {
        int at = place(address);
        if (at < 0) return;
        if (marked[at / GRANULE]) {
            watch.written(at, 1);
            marked[at / GRANULE] = false;
        }
        bytes[at] = value;
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
        return marked(index & -PAGE, PAGE);
    }

    @Override
    public boolean marked(int index, int length) {
        for (int g = index / GRANULE; g <= (index + length - 1) / GRANULE; g++) if (marked[g]) return true;
        return false;
    }
}
