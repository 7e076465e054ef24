package org.lkpk.bench;

/** A processor that all emulators have. */
enum Model {
    PENTIUM3("pentium3", "pentium3"),
    PENTIUM4("pentium4", "pentium3,+sse2,+clflush");

    /** Our own name for it. */
    final String title;
    final String qemu;

    Model(String title, String qemu) {
        this.title = title;
        this.qemu = qemu;
    }
}
