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
            case I386 -> FPU;
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
            case I386 -> 0x308;
            case I486 -> 0x435;
            case PENTIUM -> 0x52C;
            case P6 -> 0x651; // Below 0x633 the system takes SYSENTER for the Pentium Pro's broken one.
        };
    }

    /** EAX, EBX, ECX, EDX of CPUID; a leaf beyond the last gives the last, as Intel's do; zeroes if there is no CPUID. */
    public void cpuid(int leaf, int[] answer) {
        if (profile == Profile.I386) {
            set(answer, 0, 0, 0, 0);
            return;
        }
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

    /** The bits of CR0 that can be set; ET cannot be cleared from the 80486 on. */
    public int cr0() {
        int bits = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_PG;
        return profile == Profile.I386 ? bits : bits | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD;
    }

    /** The bits of CR0 that are always set. */
    public int cr0Fixed() {
        return profile == Profile.I386 ? 0 : CR0_ET;
    }

    /** The bits of EFLAGS beside the arithmetic ones. */
    public int flags() {
        int bits = TF | IF | DF | IOPL | NT | RF | VM;
        return profile == Profile.I386 ? bits : bits | AC | VIF | VIP | ID;
    }

    /** DR7's bits that always read as ones. */
    public int dr7Ones() {
        return profile == Profile.I386 ? 0 : 0x400;
    }

    /** The first of the test registers up to TR7; 8 if there are none. */
    public int firstTestRegister() {
        return profile == Profile.I386 ? 6 : profile == Profile.I486 ? 3 : 8;
    }

    /** Whether a selector pushed with a 32-bit operand is written as a word, with the upper one left as it was. */
    public boolean pushesWords() {
        return profile.compareTo(Profile.I486) <= 0;
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
