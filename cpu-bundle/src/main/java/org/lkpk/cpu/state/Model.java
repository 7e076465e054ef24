package org.lkpk.cpu.state;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.api.cpu.Profile;

/** What a processor model has: CPUID's answers and the registers that come with them. */
public final class Model {
    /** Features, as the bits of EDX from CPUID leaf 1. */
    public static final int FPU = 1, VME = 2, DE = 4, PSE = 8, TSC = 0x10, MSR = 0x20, PAE = 0x40, CX8 = 0x100, SEP = 0x800,
            PGE = 0x2000, CMOV = 0x8000;

    private final Profile profile;
    private final int features;

    public Model(Profile profile) {
        this.profile = profile;
        features = switch (profile) {
            case I486 -> FPU | VME;
            case PENTIUM -> FPU | VME | DE | PSE | TSC | MSR | CX8;
            case P6 -> FPU | VME | DE | PSE | TSC | MSR | PAE | CX8 | SEP | PGE | CMOV;
        };
    }

    public Profile profile() {
        return profile;
    }

    /** Whether it has all of {@code wanted}. */
    public boolean has(int wanted) {
        return (features & wanted) == wanted;
    }

    /** Type, family, model, stepping, as RESET leaves them in EDX. */
    public int signature() {
        return switch (profile) {
            case I486 -> 0x435;
            case PENTIUM -> 0x52C;
            case P6 -> 0x651; // Below 0x633 the system takes SYSENTER for the Pentium Pro's broken one.
        };
    }

    /** EAX, EBX, ECX, EDX of CPUID; a leaf beyond the last gives the last, as Intel's do. */
    public void cpuid(int leaf, int[] answer) {
        int last = profile == Profile.P6 ? 2 : 1;
        int known = Integer.compareUnsigned(leaf, last) > 0 ? last : leaf;
        switch (known) {
            case 0 -> set(answer, last, 0x756E6547, 0x6C65746E, 0x49656E69); // "GenuineIntel" in EBX, EDX, ECX
            case 1 -> set(answer, signature(), 0, 0, features);
            default -> set(answer, 0x03020101, 0, 0, 0x0C040843); // TLBs, 16 + 16 KB first and 512 KB second level
        }
    }

    private static void set(int[] answer, int eax, int ebx, int ecx, int edx) {
        answer[0] = eax;
        answer[1] = ebx;
        answer[2] = ecx;
        answer[3] = edx;
    }

    /** The bits of CR4 that may be set. */
    public int cr4() {
        int bits = 0;
        if (has(VME)) bits |= CR4_VME | CR4_PVI;
        if (has(TSC)) bits |= CR4_TSD;
        if (has(DE)) bits |= CR4_DE;
        if (has(PSE)) bits |= CR4_PSE;
        if (has(PAE)) bits |= CR4_PAE;
        if (has(PGE)) bits |= CR4_PGE;
        if (profile == Profile.P6) bits |= CR4_PCE;
        return bits;
    }
}
