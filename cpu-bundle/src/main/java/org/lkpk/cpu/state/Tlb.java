package org.lkpk.cpu.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.lkpk.api.cpu.Memory;

/**
 * The guest's memory by linear address, through translation look-aside buffers: one entry per linear page for reads and
 * one for writes, for user and supervisor each. An entry {@code e} gives {@code e ^ linear}, the index in
 * {@link Memory#bytes}; one whose low 12 bits are not 0 sends the access the slow way. A page that holds decoded code has
 * {@link #CODE} in its write entry, and a page with an access trap has no entries, so that the slow way sees those accesses.
 */
public final class Tlb {
    /** What a slow access asks the engine before it is made. */
    public interface Guard {
        /** A write of {@code size} bytes at {@code index} of RAM, in a page that holds code; may throw {@link Fault#REPLAY}. */
        void codeWrite(int index, int size);

        /** Whether accesses to the linear page must be told to {@link #accessed}. */
        boolean trapped(int page);

        /** A data access to a trapped page is about to be made; may throw {@link Fault#REPLAY}. */
        default void accessing(int linear, boolean write) { }

        /** The debug registers were written. */
        default void breakpoints() { }

        /** A data access to a trapped page was made. */
        void accessed(int linear, int size, boolean write);
    }

    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int PAGES = 1 << 20, EMPTY = 1, CODE = 2, FETCHES = 4096, LIST = 1 << 14,
            REGION = 1024, GLOBAL = 0;

    private final CpuState s;
    private final Memory memory;
    private final byte[] ram;
    private final int[] userRead = entries(), userWrite = entries(), systemRead = entries(), systemWrite = entries();
    /** Those of the present privilege. */
    private int[] read = systemRead, write = systemWrite;
    /** Linear pages that have entries: first those that a CR3 load drops, then (own list) the global ones. */
    private final int[] filled = new int[LIST], filledGlobal = new int[LIST];
    private int filledCount, filledGlobalCount;
    /** By page of RAM: no write entry for it lacks {@link #CODE}, though its last code may have been written over meanwhile. */
    private final boolean[] coded;
    /** By 4 MB of linear addresses: whether a page larger than 4 KB has had an entry there. */
    private final boolean[] large = new boolean[PAGES / REGION];
    /** Direct-mapped translations for instruction fetch: tag is linear page << 1 | user, and they are valid by their stamp. */
    private final int[] fetchTag = new int[FETCHES], fetchIndex = new int[FETCHES], fetchStamp = new int[FETCHES];
    /** The stamp of what the next CR3 load drops; that of global pages is {@link #GLOBAL}. */
    private int localStamp = GLOBAL + 1;
    /** Raised whenever what a user fetches, or a supervisor, may lie elsewhere. */
    public int userGeneration, systemGeneration;
    /** A bit for each linear page that may have been fetched from since all fetches were forgotten. */
    private final long[] fetched = new long[PAGES >> 6];
    /** Whether a supervisor has fetched from what the next CR3 load drops. */
    private boolean systemFetchedLocal;
    private long entered, flushes, localFlushes, pageFlushes, dropped;
    public Guard guard;

    Tlb(CpuState s) {
        this.s = s;
        memory = s.board.memory();
        ram = memory.bytes();
        coded = new boolean[ram.length + 0xFFF >>> 12];
        Arrays.fill(fetchTag, -1);
    }

    private static int[] entries() {
        int[] e = new int[PAGES];
        Arrays.fill(e, EMPTY);
        return e;
    }

    void select(boolean user) {
        read = user ? userRead : systemRead;
        write = user ? userWrite : systemWrite;
    }

    /** Memory as translated code sees it. */
    public View view(boolean user) {
        return user ? new View(ram, userRead, userWrite, this) : new View(ram, systemRead, systemWrite, this);
    }

    /** Memory as the hottest code sees it. */
    public Direct direct(boolean user) {
        return user ? new Direct(ram, userRead, userWrite, s) : new Direct(ram, systemRead, systemWrite, s);
    }

    // The fast ways

    public int load8(int a) {
        int e = read[a >>> 12];
        return (e & 0xFFF) != 0 ? slowLoad(a, 1) : ram[e ^ a] & 0xFF;
    }

    public int load16(int a) {
        int e = read[a >>> 12];
        return ((e | a & 1) & 0xFFF) != 0 ? slowLoad(a, 2) : (short) SHORT.get(ram, e ^ a) & 0xFFFF;
    }

    public int load32(int a) {
        int e = read[a >>> 12];
        return ((e | a & 3) & 0xFFF) != 0 ? slowLoad(a, 4) : (int) INT.get(ram, e ^ a);
    }

    public void store8(int a, int v) {
        int e = write[a >>> 12];
        if ((e & 0xFFF) != 0) slowStore(a, 1, v);
        else ram[e ^ a] = (byte) v;
    }

    public void store16(int a, int v) {
        int e = write[a >>> 12];
        if (((e | a & 1) & 0xFFF) != 0) slowStore(a, 2, v);
        else SHORT.set(ram, e ^ a, (short) v);
    }

    public void store32(int a, int v) {
        int e = write[a >>> 12];
        if (((e | a & 3) & 0xFFF) != 0) slowStore(a, 4, v);
        else INT.set(ram, e ^ a, v);
    }

    /** Loads what will be written next: faults as a write, so that the store after it cannot. */
    public int modify8(int a) {
        int e = write[a >>> 12];
        return (e & 0xFFF) != 0 ? slowModify(a, 1) : ram[e ^ a] & 0xFF;
    }

    public int modify16(int a) {
        int e = write[a >>> 12];
        return ((e | a & 1) & 0xFFF) != 0 ? slowModify(a, 2) : (short) SHORT.get(ram, e ^ a) & 0xFFFF;
    }

    public int modify32(int a) {
        int e = write[a >>> 12];
        return ((e | a & 3) & 0xFFF) != 0 ? slowModify(a, 4) : (int) INT.get(ram, e ^ a);
    }

    public long load64(int a) {
        int e = read[a >>> 12];
        if (((e | a & 7) & 0xFFF) == 0) return (long) LONG.get(ram, e ^ a);
        if ((a & 7) != 0) misaligned(a, 8);
        if ((e & 0xFFF) == 0 && (a & 0xFFF) <= 0xFF8) return (long) LONG.get(ram, e ^ a);
        return load32(a) & 0xFFFFFFFFL | (long) load32(a + 4) << 32;
    }

    public void store64(int a, long v) {
        int e = write[a >>> 12];
        if (((e | a & 7) & 0xFFF) == 0) {
            LONG.set(ram, e ^ a, v);
            return;
        }
        if ((a & 7) != 0) misaligned(a, 8);
        if ((e & 0xFFF) == 0 && (a & 0xFFF) <= 0xFF8) {
            LONG.set(ram, e ^ a, v);
            return;
        }
        writable(a, 8);
        store32(a, (int) v);
        store32(a + 4, (int) (v >>> 32));
    }

    /** Faults as a write of {@code size} bytes (at most 4096) at {@code a} would, and writes nothing. */
    public void writable(int a, int size) {
        reachable(write, a, size, true);
    }

    /** Faults as a write to a multiple of {@code alignment} would. */
    public void writable(int a, int size, int alignment) {
        aligned(a, alignment);
        writable(a, size);
    }

    /** #AC where it is wanted, for an access that is none to a multiple of {@code alignment}. */
    public void aligned(int a, int alignment) {
        if ((a & alignment - 1) != 0) misaligned(a, alignment);
    }

    /** Faults as a read would. */
    public void readable(int a, int size) {
        reachable(read, a, size, false);
    }

    private void reachable(int[] t, int a, int size, boolean store) {
        if ((t[a >>> 12] & EMPTY) != 0) translate(a, store, s.cpl == 3);
        int second = (a | 0xFFF) + 1;
        if ((a & 0xFFF) + size > 0x1000 && (t[second >>> 12] & EMPTY) != 0) translate(second, store, s.cpl == 3);
    }

    // Accesses to descriptor tables and task state: supervisor's whatever the privilege level

    public int systemLoad(int a, int size) {
        return asSupervisor(a, size, false, 0);
    }

    public void systemStore(int a, int size, int v) {
        asSupervisor(a, size, true, v);
    }

    private int asSupervisor(int a, int size, boolean store, int v) {
        int[] r = read, w = write;
        int level = s.cpl;
        try {
            s.cpl = 0;
            select(false);
            if (!store) return size == 1 ? load8(a) : size == 2 ? load16(a) : load32(a);
            if (size == 1) store8(a, v);
            else if (size == 2) store16(a, v);
            else store32(a, v);
            return 0;
        } finally {
            s.cpl = level;
            read = r;
            write = w;
        }
    }

    // Bulk access for string instructions

    /**
     * Index in {@link Memory#bytes} of the byte at {@code a}, or -1 if its page must be accessed the slow way; faults as
     * the access would. Valid for the rest of the page, save for writes to what {@link #code} tells.
     */
    public int index(int a, boolean store) {
        int[] t = store ? write : read;
        if ((t[a >>> 12] & EMPTY) != 0) translate(a, store, s.cpl == 3);
        int e = t[a >>> 12];
        return (e & EMPTY) != 0 ? -1 : e & ~CODE ^ a;
    }

    /** Whether there is code in the granules of {@code length} bytes at {@code index}, so that a write goes the slow way. */
    public boolean code(int index, int length) {
        return memory.marked(index, length);
    }

    public byte[] bytes() {
        return ram;
    }

    /** Index in {@link Memory#bytes} of the code byte at {@code a}, or -1 if it lies in a device or nowhere. */
    public int fetch(int a) {
        int page = a >>> 12;
        int tag = page << 1 | (s.cpl == 3 ? 1 : 0), n = page & FETCHES - 1;
        if (fetchTag[n] == tag && (fetchStamp[n] == localStamp || fetchStamp[n] == GLOBAL)) return fetchIndex[n] | a & 0xFFF;
        long walked = Paging.walk(s, a, false, s.cpl == 3, true);
        int index = memory.index(Paging.frame(walked));
        if (index < 0) return -1;
        if (Paging.large(walked)) large[page / REGION] = true;
        fetchTag[n] = tag;
        fetchIndex[n] = index;
        fetchStamp[n] = Paging.global(walked) ? GLOBAL : localStamp;
        fetched[page >> 6] |= 1L << page;
        if (fetchStamp[n] != GLOBAL && s.cpl != 3) systemFetchedLocal = true;
        return index | a & 0xFFF;
    }

    /** A code byte that {@link #fetch} does not find in RAM or ROM. */
    public int fetchFromDevice(int a) {
        long walked = Paging.walk(s, a, false, s.cpl == 3, true);
        int physical = Paging.frame(walked) << 12 | a & 0xFFF;
        exactly(physical);
        return memory.load(physical, 1);
    }

    /** Physical address behind a linear one, with no effect on the guest; -1 if there is none. */
    public long physical(int linear) {
        return Paging.probe(s, linear);
    }

    // The slow ways

    /** Notes which instruction of a region makes the access to come. */
    void progress(int number) {
        s.progress = number;
    }

    /** #AC where it is wanted; it comes behind a segment's limit and before a page fault. */
    private void misaligned(int a, int size) {
        if (!s.checksAlignment()) return;
        if ((a & 0xFFF) + size > 0x1000) notAcrossTheEnd(a);
        throw s.fault(Fault.AC, 0);
    }

    int slowLoad(int a, int size) {
        if ((a & size - 1) != 0) misaligned(a, size);
        if ((a & 0xFFF) + size > 0x1000) return straddlingLoad(a, size, false);
        int e = read[a >>> 12];
        return (e & 0xFFF) == 0 ? raw(e ^ a, size) : loadFrom(a, translate(a, false, s.cpl == 3), size);
    }

    int slowModify(int a, int size) {
        if ((a & size - 1) != 0) misaligned(a, size);
        if ((a & 0xFFF) + size > 0x1000) return straddlingLoad(a, size, true);
        int e = write[a >>> 12], index = e & ~CODE ^ a;
        if ((e & EMPTY) == 0 && ((e & CODE) == 0 || !memory.marked(index, size))) return raw(index, size);
        int physical = translate(a, true, s.cpl == 3);
        guard(physical, size);
        return loadFrom(a, physical, size);
    }

    private int raw(int index, int size) {
        return size == 4 ? (int) INT.get(ram, index) : size == 2 ? (short) SHORT.get(ram, index) & 0xFFFF : ram[index] & 0xFF;
    }

    private void raw(int index, int size, int v) {
        if (size == 4) INT.set(ram, index, v);
        else if (size == 2) SHORT.set(ram, index, (short) v);
        else ram[index] = (byte) v;
    }

    /** A flat segment ends with the last page: the instruction is made again with its checks. */
    private void notAcrossTheEnd(int a) {
        if (a >>> 12 == 0xFFFFF && !s.exact && (s.mode & CpuState.FLAT) != 0) throw s.fault(Fault.REPLAY);
    }

    private int straddlingLoad(int a, int size, boolean modify) {
        notAcrossTheEnd(a);
        boolean user = s.cpl == 3;
        int first = translate(a, modify, user), second = translate((a | 0xFFF) + 1, modify, user), v = 0;
        if (modify) guard(first, second, 0x1000 - (a & 0xFFF), size);
        for (int i = 0; i < size; i++) {
            int page = (a + i & ~0xFFF) == (a & ~0xFFF) ? first : second;
            v |= loadFrom(a + i, page & ~0xFFF | a + i & 0xFFF, 1) << 8 * i;
        }
        return v;
    }

    void slowStore(int a, int size, int v) {
        if ((a & size - 1) != 0) misaligned(a, size);
        boolean user = s.cpl == 3;
        if ((a & 0xFFF) + size <= 0x1000) {
            int e = write[a >>> 12], index = e & ~CODE ^ a;
            if ((e & EMPTY) == 0 && ((e & CODE) == 0 || !memory.marked(index, size))) raw(index, size, v);
            else storeTo(a, translate(a, true, user), size, v);
            return;
        }
        notAcrossTheEnd(a);
        int first = translate(a, true, user), second = translate((a | 0xFFF) + 1, true, user), head = 0x1000 - (a & 0xFFF);
        guard(first, second, head, size);
        for (int i = 0; i < size; i++) {
            int page = i < head ? first : second;
            storeTo(a + i, page & ~0xFFF | a + i & 0xFFF, 1, v >>> 8 * i);
        }
    }

    /** Lets the engine object before the first byte of a straddling store is written; {@code head} bytes are the first page's. */
    private void guard(int first, int second, int head, int size) {
        guard(first, head);
        guard(second & ~0xFFF, size - head);
    }

    /** Lets the engine object before anything is written, or computed that an instruction made again would see. */
    private void guard(int physical, int size) {
        int index = memory.index(physical >>> 12);
        if (index < 0) exactly(physical);
        else if (memory.marked(index)) guard.codeWrite(index | physical & 0xFFF, size);
    }

    private int loadFrom(int a, int physical, int size) {
        int index = memory.index(physical >>> 12), v;
        if (index >= 0) v = raw(index | physical & 0xFFF, size);
        else {
            exactly(physical);
            v = memory.load(physical, size);
        }
        if (guard.trapped(a >>> 12)) guard.accessed(a, size, false);
        return v;
    }

    private void storeTo(int a, int physical, int size, int v) {
        int index = memory.index(physical >>> 12);
        if (index < 0) exactly(physical);
        else if (memory.marked(index)) guard.codeWrite(index | physical & 0xFFF, size);
        memory.store(physical, size, v);
        if (guard.trapped(a >>> 12)) guard.accessed(a, size, true);
    }

    /** A device may look at the clock: have the instruction made again with the exact count, if it is not. */
    private void exactly(int physical) {
        if (!s.exact && memory.device(physical >>> 12)) throw s.fault(Fault.REPLAY);
    }

    /** Physical address for a linear one; enters the page where that is allowed. Faults as the access would. */
    private int translate(int a, boolean store, boolean user) {
        long walked = Paging.walk(s, a, store, user, false);
        int frame = Paging.frame(walked);
        int index = memory.index(frame);
        if (guard.trapped(a >>> 12)) guard.accessing(a, store);
        else if (index >= 0) enter(a, index, store && memory.writable(frame), walked);
        return frame << 12 | a & 0xFFF;
    }

    /** Whoever finds an entry looks no more whether what it gives is one of the bytes: it is seen here that the whole page is. */
    private void enter(int a, int index, boolean store, long walked) {
        if (index > ram.length - 0x1000) throw new IllegalStateException(String.format(
                "physical page %x is said to lie at %x of memory's bytes, and those end at %x", Paging.frame(walked), index, ram.length));
        int page = a >>> 12, e = page << 12 ^ index;
        entered++;
        boolean user = s.cpl == 3;
        if ((userRead[page] & systemRead[page] & EMPTY) != 0) list(page, walked);
        (user ? userRead : systemRead)[page] = e;
        if (!store) return;
        boolean code = memory.marked(index);
        (user ? userWrite : systemWrite)[page] = code ? e | CODE : e;
        if (!code) coded[index >>> 12] = false;
    }

    /** Notes that the page has entries, for the flush to come; a list that is full is flushed now. */
    private void list(int page, long walked) {
        if (Paging.large(walked)) large[page / REGION] = true;
        if (Paging.global(walked)) {
            if (filledGlobalCount == LIST) dropGlobal();
            filledGlobal[filledGlobalCount++] = page;
        } else {
            if (filledCount == LIST) dropLocal();
            filled[filledCount++] = page;
        }
    }

    // Flushes

    /** What has been counted: an entry is made when one was missing. */
    public void counters(Map<String, Long> into) {
        into.put("TLB misses", entered);
        into.put("TLB flushes of all", flushes);
        into.put("TLB flushes by CR3", localFlushes);
        into.put("TLB flushes of a page", pageFlushes);
        into.put("TLB entries flushed", dropped);
    }

    /** Drops all translations, global ones too. */
    public void flush() {
        flushes++;
        dropGlobal();
        dropLocal();
        Arrays.fill(large, false);
        forgetFetches();
    }

    /** Drops what a CR3 load drops. */
    public void flushLocal() {
        localFlushes++;
        dropLocal();
        if (++localStamp < GLOBAL) forgetFetches();
        userGeneration++;
        if (systemFetchedLocal) systemGeneration++;
        systemFetchedLocal = false;
    }

    /** INVLPG: of a large page it drops all parts. */
    public void flushPage(int a) {
        pageFlushes++;
        int page = a >>> 12;
        if (large[page / REGION]) {
            int from = page & -REGION;
            for (int[] t : new int[][] {userRead, userWrite, systemRead, systemWrite}) Arrays.fill(t, from, from + REGION, EMPTY);
            forgetFetches();
            return;
        }
        empty(page);
        if ((fetched[page >> 6] >> page & 1) == 0) return;
        fetched[page >> 6] &= ~(1L << page);
        fetchTag[page & FETCHES - 1] = -1;
        userGeneration++;
        systemGeneration++;
    }

    private void forgetFetches() {
        Arrays.fill(fetchTag, -1);
        Arrays.fill(fetched, 0);
        localStamp = GLOBAL + 1;
        userGeneration++;
        systemGeneration++;
        systemFetchedLocal = false;
    }

    private void dropLocal() {
        drop(filled, filledCount);
        filledCount = 0;
    }

    private void dropGlobal() {
        drop(filledGlobal, filledGlobalCount);
        filledGlobalCount = 0;
    }

    /** A RAM page has begun to hold decoded code: writes to it must go the slow way from now on. */
    public void protect(int index) {
        if (coded[index >>> 12]) return;
        coded[index >>> 12] = true;
        protect(filled, filledCount, index);
        protect(filledGlobal, filledGlobalCount, index);
    }

    private void protect(int[] list, int count, int index) {
        for (int i = 0; i < count; i++) {
            int page = list[i], e = page << 12 ^ index;
            if (userWrite[page] == e) userWrite[page] = e | CODE;
            if (systemWrite[page] == e) systemWrite[page] = e | CODE;
        }
    }

    private void drop(int[] list, int count) {
        dropped += count;
        for (int i = 0; i < count; i++) empty(list[i]);
    }

    private void empty(int page) {
        userRead[page] = userWrite[page] = systemRead[page] = systemWrite[page] = EMPTY;
    }
}
