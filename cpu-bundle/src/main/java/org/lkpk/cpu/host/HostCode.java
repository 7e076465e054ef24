package org.lkpk.cpu.host;

import static org.lkpk.cpu.host.Assembler.*;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.Assembler.Far;
import org.lkpk.cpu.host.Assembler.Label;
import org.lkpk.cpu.state.CpuState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Machine code of the host for guest code, and how it is entered and left. Guest registers are the host's of the same number,
 * ESP is {@link #STACK}; memory is accessed by the tables of {@link org.lkpk.cpu.state.Tlb}. It is there on Linux on x86-64 whose JVM has its
 * compiler interface open. Belongs to the machine's thread.
 */
public final class HostCode {
    /** What registers hold, beside the guest's: the state, RAM, and the tables for reads and writes. */
    public static final int STATE = R13, RAM = R14, READ = R15, WRITE = R12;
    /** The guest's ESP; R9 to R11 are free. */
    public static final int STACK = R8;

    /**
     * How the guest's flags are kept: in the state, or as they are to be made of {@link Frame#LEFT} and the state's result: of
     * a sum, a difference, a result without carries, a difference of 8 bits; or as EFLAGS in {@link Frame#LEFT}.
     */
    public static final int IN_STATE = 0, SUM = 1, DIFFERENCE = 2, RESULT = 3, DIFFERENCE8 = 4, EFLAGS = 5;

    /** What lies on the host's stack while code runs: offsets from RSP. */
    public static final class Frame {
        /** How flags are kept, and of what: EFLAGS, or the left operand. */
        public static final int FLAGS = 0, LEFT = 8;
        /** Offset in CS of the page that runs. */
        public static final int BASE = 16;
        /** Whether the host's x87 is the guest's; and what x87 instruction ran last: {@link #place}, or 0. */
        public static final int LOADED = 24, PLACE = 28;
        /** What x87 instruction with an operand in memory ran last: that one's offset in its segment, and which that is. */
        public static final int DATA = 32, SEGMENT = 36;
        /** Free for one instruction. */
        public static final int SPARE = 40;
        /** The count at which it must be left. */
        public static final int LIMIT = 48;
        /** Whether the host's XMM registers are the guest's. */
        public static final int LANES = 80;
        static final int REGISTERS = 56, KEY = 64, OFFSET = 72, OPCODE = 76, SIZE = 88;
        /** What was passed on the stack, behind registers that are kept and the return address. */
        private static final int PASSED = SIZE + 8 * (Routines.PUSHES + 1);
        /** By segment, its base and the rights of one that is all of memory: addresses of arrays. */
        public static final int BASES = PASSED, RIGHTS = PASSED + 8;
        static final int FPU = PASSED + 16, SIGNIFICANDS = PASSED + 24, WORDS = PASSED + 32, IMAGE = PASSED + 40, SIMD = PASSED + 48,
                XMM = PASSED + 56;

        private Frame() { }
    }

    /**
     * Routines: leave for EIP in R9; leave before the instruction whose number R9 holds, of the code that begins where R10 says;
     * have flags in the host's, R9 kept; have the guest's x87 in the host's, or its XMM registers, unless R11 says with another
     * number than 0 that the interpreter must do their instructions.
     */
    public static final int LEAVE = 0, MISS = 1, RESTORE = 2, LOAD_FPU = 3, LOAD_SIMD = 4;
    static final int ROUTINES = 5;

    /** The image of the x87: behind FNSAVE's, FIP, FOP or -1, FDP, its segment or -1; and whether code has left one. */
    public static final int NOTED = 108, CHANGED = 124, LONGEST_IMAGE = 128;
    static final int PLACE_OPCODE = 12;
    /** Of the x87's control word. */
    private static final int MASKS = 0x3F, PRECISION = 0x300, RESERVED = 0x100;

    private static final Logger LOG = LoggerFactory.getLogger(HostCode.class);
    /** Linux on x86-64. */
    private static final int MMAP = 9, MUNMAP = 11, READ_WRITE_EXECUTE = 7, PRIVATE_ANONYMOUS = 0x22;
    private static final int ROOM = 64 << 20, SMALLEST = 8;
    /** Links between code: how many there may be as a logarithm, and what one takes. */
    static final int LINKS = 14, ENTRY = 32, HASH = 0x9E3779B1;
    /** No key. */
    private static final long NOWHERE = -1;
    private static final Layout LAYOUT = Layout.linked();

    /** By the logarithm of their size: places that code has left. */
    private final List<Deque<Long>> free = Stream.generate(() -> (Deque<Long>) new ArrayDeque<Long>()).limit(Integer.SIZE).toList();
    private final long[] routines = new long[ROUTINES];
    /** By place, whose code begins there. */
    private final Object[] owners;
    /** By link, its key. */
    private final long[] keys = new long[1 << LINKS];
    private final byte[] entry = new byte[ENTRY], image = new byte[LONGEST_IMAGE];
    private final ByteBuffer link = ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN);
    private final long start;
    private final int room;
    /** Behind the routines; what is free from there on has not been divided yet from {@link #end} on. */
    private final long first;
    private long end;
    /** Pieces of code that are there, the routines apart. */
    private int held;
    private boolean closed;

    private HostCode(long start, int room) {
        this.start = start;
        this.room = room;
        owners = new Object[room >> SMALLEST];
        end = start + (ENTRY << LINKS);
        Routines r = new Routines(LAYOUT, start);
        long at = install(r.code(), new Far[0], this);
        for (int n = 0; n < routines.length; n++) routines[n] = at + r.at(n);
        first = end;
        held = 0;
    }

    /** Room for a machine's code, or null where this host has no way to run it. */
    public static HostCode open() {
        return open(ROOM);
    }

    /** @param room how many bytes for code, links and routines; half a megabyte is links */
    public static HostCode open(int room) {
        if (LAYOUT == null) return null;
        long start = system(MMAP, 0, room, READ_WRITE_EXECUTE, PRIVATE_ANONYMOUS, -1, 0);
        if (start > 0) return new HostCode(start, room);
        LOG.warn("guest code is not translated to machine code: no memory that is executable ({})", start);
        return null;
    }

    /** A place of {@link Frame}. */
    public static Address frame(int offset) {
        return new Address(RSP, offset);
    }

    /**
     * Emits a jump to {@code no} unless the x87's control word in R11 masks all exceptions, and its precision is none that is
     * reserved. Uses R9.
     */
    public static void masked(Assembler a, Label no) {
        a.op(32, STORE, R11, R9);
        a.constant(32, AND, R9, MASKS);
        a.constant(32, CMP, R9, MASKS);
        a.jump(NE, no);
        a.op(32, STORE, R11, R9);
        a.constant(32, AND, R9, PRECISION);
        a.constant(32, CMP, R9, RESERVED);
        a.jump(E, no);
    }

    /** An x87 instruction as one number: never 0. */
    public static int place(int offset, int opcode) {
        return 1 << 31 | opcode << PLACE_OPCODE | offset;
    }

    /** Gives all memory back; from then on there is no room. Nothing is there to be run then: its owners have dropped it. */
    public void close() {
        if (closed) return; // Others may have got that memory since.
        closed = true;
        system(MUNMAP, start, room, 0, 0, 0, 0);
    }

    /** Where the parts of objects lie. */
    public static Layout layout() {
        return LAYOUT;
    }

    /** Takes code in; its address, or 0 if there is no room. */
    public long install(byte[] code, Far[] far, Object owner) {
        long at = closed ? 0 : find(size(code.length));
        if (at == 0) return 0;
        for (Far f : far) Assembler.write(code, f.at(), (int) (routines[f.routine()] - at - f.at() - 4));
        copy(code, LAYOUT.bytes, at, code.length);
        owners[(int) (at - start >> SMALLEST)] = owner;
        held++;
        return at;
    }

    /** Where code leaves the x87: see {@link #NOTED}. */
    public byte[] image() {
        return image;
    }

    /** A place of a size: one that was left, fresh room, or part of a larger one that was left; 0 if there is none. */
    private long find(int size) {
        if (free.get(size).isEmpty() && end + (1L << size) <= start + room) {
            end += 1L << size;
            return end - (1L << size);
        }
        for (int larger = size; larger < free.size(); larger++) {
            Long at = free.get(larger).poll();
            if (at == null) continue;
            while (--larger >= size) free.get(larger).add(at + (1L << larger));
            return at;
        }
        return 0;
    }

    /** Whose code begins at an address. */
    public Object owner(long at) {
        return owners[(int) (at - start >> SMALLEST)];
    }

    /**
     * Other code that is left for the EIP that {@code key} begins with, in the same mode and with the same translations, goes on at
     * {@code at}.
     * @param key the EIP in its upper half, in its lower what the rest is known by
     * @param most how many instructions may be done there before the limit is looked at again
     * @return by what the link is known
     */
    public int link(long key, long at, int most) {
        int slot = (int) (key >>> 32) * HASH >>> 32 - LINKS;
        if (keys[slot] == key) return slot;
        keys[slot] = key;
        link.putLong(0, key).putLong(8, at).putLong(16, most);
        copy(entry, LAYOUT.bytes, start + slot * ENTRY, ENTRY);
        return slot;
    }

    /** Nothing goes on there any more. */
    public void unlink(int slot) {
        if (closed) return;
        keys[slot] = NOWHERE;
        link.putLong(0, NOWHERE);
        copy(entry, LAYOUT.bytes, start + slot * ENTRY, ENTRY);
    }

    /** Code of so many bytes at an address is not needed any more. */
    public void remove(long at, int length) {
        owners[(int) (at - start >> SMALLEST)] = null;
        free.get(size(length)).add(at);
        if (--held > 0) return;
        for (Deque<Long> places : free) places.clear(); // They become one again.
        end = first;
    }

    private static int size(int length) {
        return Math.max(SMALLEST, 32 - Integer.numberOfLeadingZeros(length - 1));
    }

    /**
     * Runs code until it leaves: whether it has come to another instruction, and not to one that it cannot do.
     * @param read the tables of the privilege level
     * @param code where to begin
     * @param bases the segments', and the rights of those that are all of memory
     * @param significands of the x87's registers; in {@code words} their signs, exponents and whether they are empty
     * @param image where it leaves the x87 if it has changed that
     */
    public static native boolean enter(CpuState s, int[] registers, int[] read, int[] write, byte[] ram, long code, int[] bases, int[] rights,
            Fpu fpu, long[] significands, int[] words, byte[] image, Simd simd, long[] xmm);

    private static native long system(long number, long a, long b, long c, long d, long e, long f);

    private static native void copy(byte[] from, long first, long to, long length);

    /** What this JVM's objects look like. */
    public static final class Layout {
        public final int result, carries, eip, count, countLimit, attention, interjected, progress, place, placed, system, cpl, intr, cr0, cr4;
        /** In the x87, and in the SIMD unit. */
        public final int control, status, top, inexact, up, mxcsr;
        /** Where the first element of an array lies. */
        public final int ints, bytes, longs;

        private Layout(Link link) throws ReflectiveOperationException {
            result = offset(link, "result");
            carries = offset(link, "carries");
            eip = offset(link, "eip");
            count = offset(link, "count");
            countLimit = offset(link, "countLimit");
            attention = offset(link, "attention");
            interjected = offset(link, "interjected");
            progress = offset(link, "progress");
            place = offset(link, "place");
            system = offset(link, "system");
            cpl = offset(link, "cpl");
            intr = offset(link, "intr");
            placed = offset(link, "placed");
            cr0 = offset(link, "cr0");
            cr4 = offset(link, "cr4");
            mxcsr = link.offset(Simd.class.getDeclaredField("mxcsr"));
            control = ofFpu(link, "control");
            status = ofFpu(link, "status");
            top = ofFpu(link, "top");
            inexact = ofFpu(link, "inexact");
            up = ofFpu(link, "up");
            longs = link.arrayBase("Long");
            ints = link.arrayBase("Int");
            bytes = link.arrayBase("Byte");
        }

        private static int offset(Link link, String field) throws ReflectiveOperationException {
            return link.offset(CpuState.class.getField(field));
        }

        private static int ofFpu(Link link, String field) throws ReflectiveOperationException {
            return link.offset(Fpu.class.getSuperclass().getDeclaredField(field));
        }

        /** Links the native methods; null if that cannot be. */
        private static Layout linked() {
            if (!System.getProperty("os.arch").equals("amd64") || !System.getProperty("os.name").equals("Linux")) return null;
            try {
                Link link = new Link();
                Layout layout = new Layout(link);
                for (Method m : HostCode.class.getDeclaredMethods()) {
                    if (!Modifier.isNative(m.getModifiers())) continue;
                    link.install(m, switch (m.getName()) {
                        case "system" -> Routines.system();
                        case "copy" -> Routines.copy();
                        default -> Routines.enter(layout);
                    });
                }
                return layout;
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                LOG.debug("guest code is not translated to machine code", e);
                return null;
            }
        }

        /** A field of the state, as one of the above says where it lies. */
        public Address state(int field) {
            return new Address(STATE, field);
        }
    }
}
