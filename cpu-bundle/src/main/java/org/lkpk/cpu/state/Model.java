package org.lkpk.cpu.state;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.api.cpu.Profile;

/** What a processor model has: CPUID's answers and the registers that come with them. */
public final class Model {
    /** Features, as the bits of EDX from CPUID leaf 1. */
    public static final int FPU = 1, VME = 2, DE = 4, PSE = 8, TSC = 0x10, MSR = 0x20, PAE = 0x40, CX8 = 0x100, SEP = 0x800,
            PGE = 0x2000, CMOV = 0x8000, PSE36 = 0x20000, CLFSH = 0x80000, MMX = 0x800000, FXSR = 0x1000000, SSE = 0x2000000, SSE2 = 0x4000000;
    private static final int P6_FEATURES = FPU | VME | DE | PSE | TSC | MSR | PAE | CX8 | SEP | PGE | CMOV,
            PENTIUM3_FEATURES = P6_FEATURES | PSE36 | MMX | FXSR | SSE;
    private static final int EXTENDED = 0x80000000, LAST_EXTENDED = 0x80000008;
    /** Of EDX from CPUID leaf 0x80000001. */
    private static final int NX = 0x100000;
    /** Second level: 1 MB in lines of 64 bytes, 8 ways. Physical and linear addresses: 36 and 32 bits. */
    private static final int SECOND_LEVEL = 0x4006040, ADDRESSES = 0x2024;
    private static final String BRAND = "Intel(R) Pentium(R) 4 CPU";

    private final Profile profile;
    private final int features;

    public Model(Profile profile) {
        this.profile = profile;
        features = switch (profile) {
            case I386 -> FPU;
            case I486 -> FPU | VME;
            case PENTIUM -> FPU | VME | DE | PSE | TSC | MSR | CX8;
            case P6 -> P6_FEATURES;
            case PENTIUM3 -> PENTIUM3_FEATURES;
            case PENTIUM4 -> PENTIUM3_FEATURES | CLFSH | SSE2;
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
            case PENTIUM3 -> 0x68A;
            case PENTIUM4 -> 0xF41; // Prescott's E0, the first with NX; but it has SSE3 too.
        };
    }

    /** EAX, EBX, ECX, EDX of CPUID; a leaf beyond the last gives the last, as Intel's do; zeroes if there is no CPUID. */
    public void cpuid(int leaf, int[] answer) {
        if (profile == Profile.I386) {
            set(answer, 0, 0, 0, 0);
            return;
        }
        if (profile == Profile.PENTIUM4 && leaf < 0 && leaf <= LAST_EXTENDED) {
            extended(leaf, answer);
            return;
        }
        int last = profile.compareTo(Profile.P6) >= 0 ? 2 : 1;
        int known = Integer.compareUnsigned(leaf, last) > 0 ? last : leaf;
        switch (known) {
            case 0 -> set(answer, last, 0x756E6547, 0x6C65746E, 0x49656E69); // "GenuineIntel" in EBX, EDX, ECX
            case 1 -> set(answer, signature(), brandIndex(), 0, features);
            default -> caches(answer);
        }
    }

    /** The brand's number in Intel's table and, in bits 8..15, the cache line that CLFLUSH flushes, in 8 bytes. */
    private int brandIndex() {
        return profile == Profile.PENTIUM4 ? 0x809 : profile == Profile.PENTIUM3 ? 2 : 0;
    }

    /** Leaf 2: TLBs and caches, by Intel's numbers. */
    private void caches(int[] answer) {
        switch (profile) {
            case PENTIUM4 -> set(answer, 0x605B5001, 0, 0, 0x007C7040); // 16 KB, 12 K micro-operations, 1 MB second level
            case PENTIUM3 -> set(answer, 0x03020101, 0, 0, 0x0C040882); // 16 + 16 KB first and 256 KB second level
            default -> set(answer, 0x03020101, 0, 0, 0x0C040843); // 16 + 16 KB first and 512 KB second level
        }
    }

    /** The leaves from 0x80000000 on: features, the brand string, the second-level cache, the widths of addresses. */
    private static void extended(int leaf, int[] answer) {
        switch (leaf - EXTENDED) {
            case 0 -> set(answer, LAST_EXTENDED, 0, 0, 0);
            case 1 -> set(answer, 0, 0, 0, NX);
            case 2, 3, 4 -> {
                for (int n = 0; n < 4; n++) answer[n] = brand(16 * (leaf - EXTENDED - 2) + 4 * n);
            }
            case 6 -> set(answer, 0, 0, SECOND_LEVEL, 0);
            case 8 -> set(answer, ADDRESSES, 0, 0, 0);
            default -> set(answer, 0, 0, 0, 0);
        }
    }

    /** The bits of EFER that may be set; 0 if there is none. */
    public int efer() {
        return profile == Profile.PENTIUM4 ? EFER_NXE : 0;
    }

    /** Four bytes of the brand string, which Intel's processors pad with spaces in front. */
    private static int brand(int at) {
        int word = 0, pad = 47 - BRAND.length();
        for (int n = at + 3; n >= at; n--) word = word << 8 | (n < pad ? ' ' : n < 47 ? BRAND.charAt(n - pad) : 0);
        return word;
    }

    /** The bits of MXCSR that may be set; 0 if there is none. */
    public int mxcsr() {
        return !has(SSE) ? 0 : has(SSE2) ? 0xFFFF : 0xFFBF; // Denormals-are-zeros came with the Pentium 4.
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

    /** Whether a bit test leaves OF as a rotation does. */
    public boolean rotatesToTest() {
        return profile == Profile.I386;
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
        if (profile.compareTo(Profile.P6) >= 0) bits |= CR4_PCE;
        if (has(FXSR)) bits |= CR4_OSFXSR;
        if (has(SSE)) bits |= CR4_OSXMMEXCPT;
        return bits;
    }
}
