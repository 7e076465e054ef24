package org.lkpk.api.cpu;

/** Processor models, oldest first. */
public enum Profile {
    /** 80386DX with an 80387: no CPUID, no CR4. */
    I386("386"),
    /** 80486DX2: CPUID, whose features are FPU and VME. */
    I486("486"),
    /** Pentium (P5): TSC, MSRs, CMPXCHG8B, 4 MB pages. */
    PENTIUM("pentium"),
    /** Pentium Pro (P6): CMOV, SYSENTER, global pages, PAE. */
    P6("686"),
    /** Pentium III: MMX, SSE, FXSAVE, PSE-36. */
    PENTIUM3("pentium3"),
    /** Pentium 4: SSE2, CLFLUSH, NX. */
    PENTIUM4("pentium4");

    private final String title;

    Profile(String title) {
        this.title = title;
    }

    /** The name on the command line. */
    public String title() {
        return title;
    }

    /** @throws IllegalArgumentException naming the models there are */
    public static Profile of(String title) {
        StringBuilder known = new StringBuilder();
        for (Profile p : values()) {
            if (p.title.equals(title)) return p;
            known.append(known.isEmpty() ? "" : ", ").append(p.title);
        }
        throw new IllegalArgumentException("cpu " + title + ": no such model; there are " + known);
    }
}
