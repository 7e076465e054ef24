package org.lkpk.bench;

/** A processor that all emulators have. */
enum Model {
    PENTIUM3("pentium3", "pentium3", "p3_katmai"),
    PENTIUM4("pentium4", "pentium3,+sse2,+clflush", "p4_willamette");

    /** Our own name for it. */
    final String title;
    final String qemu;
    final String bochs;

    Model(String title, String qemu, String bochs) {
        this.title = title;
        this.qemu = qemu;
        this.bochs = bochs;
    }
}
