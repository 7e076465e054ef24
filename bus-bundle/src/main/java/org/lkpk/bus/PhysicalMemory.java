package org.lkpk.bus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lkpk.api.bus.MemoryPort;
import org.lkpk.api.bus.Ram;
import org.lkpk.api.cpu.Memory;

/**
 * Physical memory as tables of 4 KB pages. One array holds all bytes: main memory at its start (the part under the hole
 * A0000h–FFFFFh serves claims there), then {@link #SPARE} bytes for claims above main memory.
 */
final class PhysicalMemory implements Memory {
    static final int PAGE = 0x1000;
    static final int HOLE = 0xA0000;
    static final int HOLE_END = 0x100000;
    /** What all RAM and ROM claims outside the hole may take together; the array cannot grow, the CPU keeps it. */
    static final int SPARE = 0x100000;

    private static final int WRITABLE = 1;
    private static final int NOT_RAM = -1;
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int size;
    private byte[] bytes;
    /** Per physical page: index in {@code bytes} with {@code WRITABLE} in bit 0, or {@code NOT_RAM}. */
    private final int[] pages = new int[1 << 20];
    /** Per 4 KB of {@code bytes}: one bit for each granule that holds decoded code. */
    private int[] marks;
    private final boolean[] spareTaken = new boolean[SPARE / PAGE];
    private DeviceClaim[] devices = {};
    private Watch[] watches = {};
    private boolean fresh = true;

    PhysicalMemory(int size) {
        this.size = size;
        bytes = new byte[size + SPARE];
        marks = new int[bytes.length / PAGE];
        Arrays.fill(pages, NOT_RAM);
        for (int address = 0; address < size; address += PAGE)
            if (address < HOLE || address >= HOLE_END) pages[address / PAGE] = address | WRITABLE;
    }

    /** Zeroes main memory; the claims in the hole keep theirs. */
    void clear() {
        if (!fresh) {
            Arrays.fill(bytes, 0, HOLE, (byte) 0);
            Arrays.fill(bytes, HOLE_END, size, (byte) 0);
        }
        fresh = false;
        Arrays.fill(marks, 0);
        remapped();
    }

    /** Gives the bytes back to the host; everything reads as ones from now on. */
    void free() {
        Arrays.fill(pages, NOT_RAM);
        devices = new DeviceClaim[0];
        remapped();
        bytes = new byte[0];
        marks = new int[0];
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int index(int page) {
        int entry = pages[page & 0xFFFFF];
        return entry < 0 ? NOT_RAM : entry & ~(PAGE - 1);
    }

    @Override
    public boolean writable(int page) {
        int entry = pages[page & 0xFFFFF];
        return entry >= 0 && (entry & WRITABLE) != 0;
    }

    @Override
    public int load(int address, int size) {
        int offset = address & (PAGE - 1);
        if (offset + size > PAGE) return loadStraddling(address, size);
        int entry = pages[address >>> 12];
        if (entry < 0) return loadDevice(address, size);
        int at = (entry & ~(PAGE - 1)) + offset;
        if (size == 1) return bytes[at] & 0xFF;
        return size == 2 ? (short) SHORT.get(bytes, at) & 0xFFFF : (int) INT.get(bytes, at);
    }

    @Override
    public void store(int address, int size, int value) {
        int offset = address & (PAGE - 1);
        if (offset + size > PAGE) {
            for (int i = 0; i < size; i++) store(address + i, 1, value >>> 8 * i & 0xFF);
            return;
        }
        int entry = pages[address >>> 12];
        if (entry < 0) {
            storeDevice(address, size, value);
        } else if ((entry & WRITABLE) != 0) {
            int at = (entry & ~(PAGE - 1)) + offset;
            if (marks[at >>> 12] != 0) written(at, size);
            if (size == 1) bytes[at] = (byte) value;
            else if (size == 2) SHORT.set(bytes, at, (short) value);
            else INT.set(bytes, at, value);
        }
    }

    private int loadStraddling(int address, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) value |= load(address + i, 1) << 8 * i;
        return value;
    }

    private int loadDevice(int address, int size) {
        DeviceClaim claim = device(address, size);
        if (claim != null) return claim.load(address, size);
        return size == 1 ? 0xFF : anyDevice(address, size) ? loadStraddling(address, size) : size == 2 ? 0xFFFF : -1;
    }

    private void storeDevice(int address, int size, int value) {
        DeviceClaim claim = device(address, size);
        if (claim != null) claim.store(address, size, value);
        else if (size > 1 && anyDevice(address, size))
            for (int i = 0; i < size; i++) storeDevice(address + i, 1, value >>> 8 * i & 0xFF);
    }

    private DeviceClaim device(int address, int size) {
        for (DeviceClaim claim : devices) if (claim.covers(address, size)) return claim;
        return null;
    }

    @Override
    public boolean device(int page) {
        return devices.length > 0 && pages[page & 0xFFFFF] < 0 && anyDevice(page << 12, PAGE);
    }

    private boolean anyDevice(int address, int size) {
        for (int i = 0; i < size; i++) if (device(address + i, 1) != null) return true;
        return false;
    }

    @Override
    public void read(int address, byte[] into, int from, int count) {
        for (int done = 0; done < count; ) {
            int offset = address + done & (PAGE - 1);
            int part = Math.min(count - done, PAGE - offset);
            int entry = pages[address + done >>> 12];
            if (entry < 0) Arrays.fill(into, from + done, from + done + part, (byte) 0xFF);
            else System.arraycopy(bytes, (entry & ~(PAGE - 1)) + offset, into, from + done, part);
            done += part;
        }
    }

    @Override
    public void write(int address, byte[] source, int from, int count) {
        for (int done = 0; done < count; ) {
            int offset = address + done & (PAGE - 1);
            int part = Math.min(count - done, PAGE - offset);
            int entry = pages[address + done >>> 12];
            if (entry >= 0) put((entry & ~(PAGE - 1)) + offset, source, from + done, part);
            done += part;
        }
    }

    private void put(int at, byte[] source, int from, int count) {
        written(at, count);
        System.arraycopy(source, from, bytes, at, count);
    }

    @Override
    public void watch(Watch watch) {
        watches = Arrays.copyOf(watches, watches.length + 1);
        watches[watches.length - 1] = watch;
    }

    @Override
    public void unwatch(Watch watch) {
        List<Watch> left = new ArrayList<>(List.of(watches));
        left.remove(watch);
        watches = left.toArray(new Watch[0]);
    }

    @Override
    public void mark(int index, int length) {
        for (int at = index, end = index + length; at < end; at = (at | PAGE - 1) + 1)
            marks[at >>> 12] |= granules(at, Math.min(end, (at | PAGE - 1) + 1) - at);
    }

    @Override
    public boolean marked(int index) {
        return marks[index >>> 12] != 0;
    }

    @Override
    public boolean marked(int index, int length) {
        return (marks[index >>> 12] & granules(index, length)) != 0;
    }

    /** Bits of the granules in one page that {@code length} bytes from {@code at} on touch. */
    private static int granules(int at, int length) {
        int first = (at & PAGE - 1) / GRANULE;
        int last = ((at & PAGE - 1) + length - 1) / GRANULE;
        return (-1 >>> 31 - last) & (-1 << first);
    }

    /** Takes the marks off and tells the CPUs, if {@code length} bytes at {@code at} hold decoded code. */
    private void written(int at, int length) {
        boolean code = false;
        for (int here = at, end = at + length; here < end; here = (here | PAGE - 1) + 1) {
            int touched = marks[here >>> 12] & granules(here, Math.min(end, (here | PAGE - 1) + 1) - here);
            marks[here >>> 12] &= ~touched;
            code |= touched != 0;
        }
        if (code) for (Watch watch : watches) watch.written(at, length);
    }

    /** To be called when pages changed, or the A20 gate. */
    void remapped() {
        for (Watch watch : watches) watch.remapped();
    }

    /** Whether main memory answers somewhere in {@code base .. base + size - 1}. */
    boolean main(int base, int size) {
        long first = Integer.toUnsignedLong(base);
        long last = first + size - 1;
        return first < HOLE || last >= HOLE_END && first < this.size;
    }

    /** Maps device registers; the caller has seen to it that nothing else answers there. */
    DeviceClaim device(int base, int size, MemoryPort port) {
        DeviceClaim claim = new DeviceClaim(base, size, port);
        devices = Arrays.copyOf(devices, devices.length + 1);
        devices[devices.length - 1] = claim;
        remapped();
        return claim;
    }

    void remove(DeviceClaim claim) {
        List<DeviceClaim> left = new ArrayList<>(List.of(devices));
        left.remove(claim);
        devices = left.toArray(new DeviceClaim[0]);
        remapped();
    }

    /**
     * Maps whole pages of RAM or ROM, zeroed.
     *
     * @throws IllegalArgumentException if there is no room left for it outside the hole
     */
    RamClaim ram(int base, int size, boolean writable) {
        boolean inHole = base >= HOLE && base + size <= HOLE_END;
        int at = inHole ? base : spare(size);
        Arrays.fill(bytes, at, at + size, (byte) 0);
        Arrays.fill(marks, at / PAGE, (at + size) / PAGE, 0);
        for (int i = 0; i < size; i += PAGE) pages[base + i >>> 12] = at + i | (writable ? WRITABLE : 0);
        remapped();
        return new RamClaim(base, size, at);
    }

    private int spare(int size) {
        int wanted = size / PAGE;
        int run = 0;
        for (int i = 0; i < spareTaken.length; i++) {
            run = spareTaken[i] ? 0 : run + 1;
            if (run == wanted) {
                Arrays.fill(spareTaken, i + 1 - wanted, i + 1, true);
                return this.size + (i + 1 - wanted) * PAGE;
            }
        }
        throw new IllegalArgumentException("no room left for " + size / 1024 + " KB of card RAM");
    }

    void remove(RamClaim claim) {
        if (claim.ended) return;
        claim.ended = true;
        for (int i = 0; i < claim.size; i += PAGE) pages[claim.base + i >>> 12] = NOT_RAM;
        Arrays.fill(marks, claim.at / PAGE, (claim.at + claim.size) / PAGE, 0);
        if (claim.at >= size) Arrays.fill(spareTaken, (claim.at - size) / PAGE, (claim.at - size + claim.size) / PAGE, false);
        remapped();
    }

    /** RAM or ROM of a card, as the card sees it. */
    final class RamClaim implements Ram {
        private final int base;
        private final int size;
        private final int at;
        private boolean ended;

        private RamClaim(int base, int size, int at) {
            this.base = base;
            this.size = size;
            this.at = at;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void read(int offset, byte[] into) {
            check(offset, into.length);
            System.arraycopy(bytes, at + offset, into, 0, into.length);
        }

        @Override
        public void write(int offset, byte[] from) {
            check(offset, from.length);
            put(at + offset, from, 0, from.length);
        }

        private void check(int offset, int count) {
            if (ended) throw new IllegalStateException("the claim of this RAM has ended");
            if (offset < 0 || count > size - offset)
                throw new IndexOutOfBoundsException(count + " bytes at " + offset + " of a RAM of " + size);
        }
    }
}
