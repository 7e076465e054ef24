package org.lkpk.cpu.state;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.api.cpu.Memory;

/**
 * Paging (SDM vol. 3, chapter 4): the walk through the guest's tables, with its checks and its marks. Not implemented:
 * PAT.
 */
public final class Paging {
    private static final long GLOBAL = 1, LARGE = 2;

    /** Bits of an entry. */
    private static final int P = 1, W = 2, U = 4, A = 0x20, D = 0x40, PS = 0x80, G = 0x100;
    /** Bits of #PF's error code; write, user and fetch tell what an access is. */
    private static final int ERROR_PRESENT = 1, ERROR_WRITE = 2, ERROR_USER = 4, ERROR_RESERVED = 8, ERROR_FETCH = 0x10;
    /** Reserved in the entry of a large page without PAT: of 4 MB, of the same with PSE-36, of 2 MB. */
    private static final int RESERVED_4M = 0x3FF000, RESERVED_4M_36 = 0x3E1000, RESERVED_2M = 0x1FF000;
    /** Bits 32 to 35 of the address in the entry of a 4 MB page. */
    private static final int HIGH_4M = 0x1E000;
    /** Reserved in the upper half of PAE's entries: physical addresses have 36 bits; and NX, unless EFER lets it count. */
    private static final int RESERVED_HIGH = 0x7FFFFFF0, NX = 0x80000000;
    private static final int RESERVED_POINTER = 0x1E6;
    /** A page below 4 GB where there never is anything: stands for all that lies above. */
    private static final int ABSENT = 0xFEFFF000;

    private Paging() { }

    /**
     * Walks for one access and marks the tables accessed and, for a store, dirty.
     *
     * @return for {@link #frame}, {@link #global} and {@link #large}
     * @throws Fault #PF with CR2 set
     */
    static long walk(CpuState s, int linear, boolean store, boolean user, boolean fetch) {
        if ((s.cr0 & CR0_PG) == 0) return linear & addressLines(s) & 0xFFFFF000L;
        int access = (store ? ERROR_WRITE : 0) | (user ? ERROR_USER : 0);
        if ((s.cr4 & CR4_PAE) == 0) return walk32(s, linear, access);
        return walkPae(s, linear, fetch && (s.efer & EFER_NXE) != 0 ? access | ERROR_FETCH : access);
    }

    private static long walk32(CpuState s, int linear, int access) {
        Memory memory = s.board.memory();
        int lines = addressLines(s);
        int directory = (s.cr3 & ~0xFFF | linear >>> 20 & 0xFFC) & lines;
        int pde = memory.load(directory, 4);
        if ((pde & P) == 0) throw fault(s, linear, access);
        if ((pde & PS) != 0 && (s.cr4 & CR4_PSE) != 0) {
            int reserved = s.model.has(Model.PSE36) ? RESERVED_4M_36 : RESERVED_4M;
            if ((pde & reserved) != 0) throw fault(s, linear, access | ERROR_PRESENT | ERROR_RESERVED);
            check(s, linear, pde, access);
            mark(memory, directory, pde, access);
            return found(s, (pde & HIGH_4M) != 0 ? ABSENT : pde & 0xFFC00000 | linear & 0x3FF000, pde, LARGE);
        }
        int table = (pde & ~0xFFF | linear >>> 10 & 0xFFC) & lines;
        int pte = memory.load(table, 4);
        if ((pte & P) == 0) throw fault(s, linear, access);
        check(s, linear, pde & pte, access);
        mark(memory, directory, pde, 0);
        mark(memory, table, pte, access);
        return found(s, pte, pte, 0);
    }

    private static long walkPae(CpuState s, int linear, int access) {
        Memory memory = s.board.memory();
        int lines = addressLines(s);
        long pointer = s.pdpte[linear >>> 30];
        if ((pointer & P) == 0) throw fault(s, linear, access);
        int directory = (low(pointer) + (linear >>> 18 & 0xFF8)) & lines;
        long pde = load64(memory, directory);
        checkPresent(s, linear, pde, access);
        if ((pde & PS) != 0) {
            if ((pde & RESERVED_2M) != 0) throw fault(s, linear, access | ERROR_PRESENT | ERROR_RESERVED);
            checkFetch(s, linear, pde, access);
            check(s, linear, (int) pde, access);
            mark(memory, directory, (int) pde, access);
            return found(s, above4G(pde) ? ABSENT : (int) pde & 0xFFE00000 | linear & 0x1FF000, (int) pde, LARGE);
        }
        int table = (low(pde) + (linear >>> 9 & 0xFF8)) & lines;
        long pte = load64(memory, table);
        checkPresent(s, linear, pte, access);
        checkFetch(s, linear, pde | pte, access);
        check(s, linear, (int) (pde & pte), access);
        mark(memory, directory, (int) pde, 0);
        mark(memory, table, (int) pte, access);
        return found(s, low(pte), (int) pte, 0);
    }

    private static void checkPresent(CpuState s, int linear, long entry, int access) {
        if ((entry & P) == 0) throw fault(s, linear, access);
        int reserved = (s.efer & EFER_NXE) != 0 ? RESERVED_HIGH : RESERVED_HIGH | NX;
        if (((int) (entry >>> 32) & reserved) != 0) throw fault(s, linear, access | ERROR_PRESENT | ERROR_RESERVED);
    }

    /** Checks the fetch of an instruction against NX, where {@code entries} has it, the disjunction of all on the way. */
    private static void checkFetch(CpuState s, int linear, long entries, int access) {
        if ((access & ERROR_FETCH) != 0 && entries < 0) throw fault(s, linear, access | ERROR_PRESENT);
    }

    /** Checks {@code rights}, the conjunction of all entries on the way. */
    private static void check(CpuState s, int linear, int rights, int access) {
        boolean user = (access & ERROR_USER) != 0, store = (access & ERROR_WRITE) != 0;
        if (user && (rights & U) == 0 || store && (rights & W) == 0 && (user || (s.cr0 & CR0_WP) != 0))
            throw fault(s, linear, access | ERROR_PRESENT);
    }

    private static void mark(Memory memory, int address, int entry, int access) {
        int marked = entry | ((access & ERROR_WRITE) != 0 ? A | D : A);
        if (marked != entry) memory.store(address, 4, marked);
    }

    private static long found(CpuState s, int address, int entry, long large) {
        long global = (entry & G) != 0 && (s.cr4 & CR4_PGE) != 0 ? GLOBAL : 0;
        return address & addressLines(s) & 0xFFFFF000L | global | large;
    }

    private static Fault fault(CpuState s, int linear, int error) {
        s.cr2 = linear;
        return s.fault(Fault.PF, error);
    }

    /**
     * Loads PAE's four page-directory pointers, as a load of CR3 does.
     *
     * @throws Fault #GP(0) if one has reserved bits set; then none is taken over
     */
    public static void loadPointers(CpuState s, int cr3) {
        Memory memory = s.board.memory();
        int table = cr3 & ~0x1F, lines = addressLines(s);
        for (int i = 0; i < 4; i++) {
            long pointer = load64(memory, table + 8 * i & lines);
            if ((pointer & P) != 0 && ((pointer & RESERVED_POINTER) != 0 || ((int) (pointer >>> 32) & (RESERVED_HIGH | NX)) != 0))
                throw s.fault(Fault.GP, 0);
        }
        for (int i = 0; i < 4; i++) s.pdpte[i] = load64(memory, table + 8 * i & lines);
    }

    /** Physical address behind a linear one, whatever the rights, with no effect on the guest; -1 if none. */
    public static long probe(CpuState s, int linear) {
        if ((s.cr0 & CR0_PG) == 0) return linear & addressLines(s) & 0xFFFFFFFFL;
        Memory memory = s.board.memory();
        int lines = addressLines(s), large;
        long pde, pte;
        if ((s.cr4 & CR4_PAE) != 0) {
            long pointer = s.pdpte[linear >>> 30];
            if ((pointer & P) == 0) return -1;
            pde = load64(memory, (low(pointer) + (linear >>> 18 & 0xFF8)) & lines);
            large = (pde & PS) != 0 ? 0x1FFFFF : 0;
            pte = large != 0 ? pde : load64(memory, (low(pde) + (linear >>> 9 & 0xFF8)) & lines);
        } else {
            pde = memory.load((s.cr3 & ~0xFFF | linear >>> 20 & 0xFFC) & lines, 4);
            large = (pde & PS) != 0 && (s.cr4 & CR4_PSE) != 0 ? 0x3FFFFF : 0;
            pte = large != 0 ? pde : memory.load(((int) pde & ~0xFFF | linear >>> 10 & 0xFFC) & lines, 4);
        }
        if ((pde & pte & P) == 0) return -1;
        if (large == 0x3FFFFF && (pde & HIGH_4M) != 0) return ABSENT & 0xFFFFFFFFL;
        int offset = large != 0 ? large : 0xFFF;
        return (low(pte) & ~offset | linear & offset) & lines & 0xFFFFFFFFL;
    }

    private static long load64(Memory memory, int address) {
        return memory.load(address, 4) & 0xFFFFFFFFL | (long) memory.load(address + 4, 4) << 32;
    }

    /** Address of the page that an entry of PAE's points to. */
    private static int low(long entry) {
        return above4G(entry) ? ABSENT : (int) entry & ~0xFFF;
    }

    private static boolean above4G(long entry) {
        return (entry >>> 32 & ~(long) NX & 0xFFFFFFFFL) != 0;
    }

    private static int addressLines(CpuState s) {
        return s.board.a20() ? -1 : ~0x100000;
    }

    /** Number of the physical page. */
    static int frame(long walked) {
        return (int) (walked >>> 12);
    }

    static boolean global(long walked) {
        return (walked & GLOBAL) != 0;
    }

    static boolean large(long walked) {
        return (walked & LARGE) != 0;
    }
}
