package org.lkpk.patcher;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.lkpk.api.cpu.Memory;

/** Main memory without devices. */
final class FakeMemory implements Memory {
    final byte[] bytes;
    /** Addresses whose writes are lost. */
    IntPredicate dropped = address -> false;

    FakeMemory(byte[] bytes) {
        this.bytes = bytes;
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
        return page << 12;
    }

    @Override
    public boolean writable(int page) {
        return true;
    }

    @Override
    public int load(int address, int size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void store(int address, int size, int value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void read(int address, byte[] into, int from, int count) {
        Arrays.fill(into, from, from + count, (byte) 0xFF);
        if (address < 0 || address >= bytes.length) return;
        System.arraycopy(bytes, address, into, from, Math.min(count, bytes.length - address));
    }

    @Override
    public void write(int address, byte[] source, int from, int count) {
        for (int i = 0; i < count; i++)
            if (!dropped.test(address + i)) bytes[address + i] = source[from + i];
    }

    @Override
    public void watch(Watch watch) { }

    @Override
    public void unwatch(Watch watch) { }

    @Override
    public void mark(int index, int length) { }

    @Override
    public boolean marked(int index) {
        return false;
    }

    @Override
    public boolean marked(int index, int length) {
        return false;
    }

    @Override
    public boolean device(int page) {
        return false;
    }
}
