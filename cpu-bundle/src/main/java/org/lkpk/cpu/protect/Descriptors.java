package org.lkpk.cpu.protect;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** Segment and gate descriptors (SDM vol. 3, 3.4.5 and 5.8): their place in the tables and their fields. */
public final class Descriptors {
    /** Bits 0..7 of {@link #access}. */
    public static final int ACCESSED = 1, WRITABLE = 2, READABLE = 2, CONFORMING = 4, CODE = 8, SEGMENT = 0x10, PRESENT = 0x80;
    /** Bits 12..15 of {@link #access}. */
    public static final int BIG = 0x4000, GRANULAR = 0x8000;
    /** Types of system descriptors; a set bit 3 means 32 bits. */
    public static final int TSS_AVAILABLE = 1, LDT = 2, TSS_BUSY = 3, CALL_GATE = 4, TASK_GATE = 5, INTERRUPT_GATE = 6;
    public static final int BITS32 = 8, BUSY = 2;
    /** All but the requested privilege level, as error codes have it. */
    public static final int INDEX = 0xFFFC;

    private Descriptors() { }

    /**
     * Reads the descriptor that {@code selector} names.
     *
     * @throws Fault {@code vector} with the selector and {@code ext} if it lies outside its table
     */
    public static long read(CpuState s, int selector, int vector, int ext) {
        int a = address(s, selector);
        if (a == -1) throw s.fault(vector, selector & INDEX | ext);
        return s.tlb.systemLoad(a, 4) & 0xFFFFFFFFL | (long) s.tlb.systemLoad(a + 4, 4) << 32;
    }

    /** Linear address of a descriptor; -1 if the table has none. */
    static int address(CpuState s, int selector) {
        int offset = selector & 0xFFF8, base = s.gdtBase, limit = s.gdtLimit;
        if ((selector & 4) != 0) {
            if ((s.access[CpuState.LDTR] & PRESENT) == 0) return -1;
            base = s.base[CpuState.LDTR];
            limit = s.limit[CpuState.LDTR];
        }
        return Integer.compareUnsigned(offset + 7, limit) > 0 ? -1 : base + offset;
    }

    /** Marks the segment that {@code selector} names accessed, if it is not. */
    static void touch(CpuState s, int selector, long d) {
        if ((access(d) & ACCESSED) == 0) s.tlb.systemStore(address(s, selector) + 5, 1, access(d) & 0xFF | ACCESSED);
    }

    public static int base(long d) {
        return (int) (d >>> 16) & 0xFFFFFF | (int) (d >>> 32) & 0xFF000000;
    }

    /** In bytes, granularity applied. */
    public static int limit(long d) {
        int limit = (int) d & 0xFFFF | (int) (d >>> 32) & 0xF0000;
        return d << 8 < 0 ? limit << 12 | 0xFFF : limit;
    }

    /** As in {@link org.lkpk.api.cpu.Segment#access}. */
    public static int access(long d) {
        return (int) (d >>> 40) & 0xF0FF;
    }

    /** Type of a system descriptor, its S bit included: from 16 on it is a segment. */
    public static int type(long d) {
        return (int) (d >>> 40) & 0x1F;
    }

    public static int dpl(long d) {
        return (int) (d >>> 45) & 3;
    }

    static boolean present(long d) {
        return d << 16 < 0;
    }

    static boolean code(long d) {
        return (access(d) & (SEGMENT | CODE)) == (SEGMENT | CODE);
    }

    static boolean conforming(long d) {
        return (access(d) & CONFORMING) != 0;
    }

    static boolean writableData(long d) {
        return (access(d) & (SEGMENT | CODE | WRITABLE)) == (SEGMENT | WRITABLE);
    }

    static boolean readable(long d) {
        int a = access(d);
        return (a & SEGMENT) != 0 && (a & (CODE | READABLE)) != CODE;
    }

    /** Of a gate: the selector, and the offset in the width of its type. */
    static int gateSelector(long d) {
        return (int) (d >>> 16) & 0xFFFF;
    }

    static int gateOffset(long d) {
        return (int) d & 0xFFFF | ((type(d) & BITS32) != 0 ? (int) (d >>> 32) & 0xFFFF0000 : 0);
    }
}
