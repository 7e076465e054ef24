package org.lkpk.bench;

/** Rows of the table that belong together and have one goal: our CPU time, divided by QEMU's, at most. */
enum Group {
    CPU("CPU-bound", 1.0, 0.7),
    X87("x87", 0.3, 0.1),
    SIMD("SSE", 0, 0),
    STRINGS("rep movs, stos, cmps, scas", 0.3, 0.1),
    CODE("self-modifying code", 0, 0),
    SYSTEM("system calls, faults, processes", 1.5, 1.0),
    BOOT("boot", 2.0, 1.2),
    QUICK_BOOT("boot, cryptomgr.notests", 4.0, 2.0),
    IDLE("idle", 0, 0);

    final String title;
    /** What must be reached; 0 if that is no ratio. */
    final double reach;
    final double aim;

    Group(String title, double reach, double aim) {
        this.title = title;
        this.reach = reach;
        this.aim = aim;
    }

    /** As {@code --only} takes it. */
    String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
