package org.lkpk.conformance;

/** What instructions of {@code system.ops} work on: selectors, far pointers, frames on the stack, bounds. */
final class SystemOperands {
    /** Those of Linux's GDT, of which a program may use two, and the end of it; and how many are in our LDT, with one too many. */
    private static final int[] GDT = {0x08, 0x10, 0x18, 0x20, 0x28, 0x40, 0x48, 0x50, 0x58, 0x60, 0x68, 0x70, 0x80, 0x100};
    private static final int LDT_ENTRIES = 10, LDT = 4, USER = 3, USER_DATA = 0x2B, USER_CODE = 0x23;
    /** In Linux's GDT: a code segment of 64 bits, and one whose limit is the number of the processor. */
    private static final int LONG_CODE = 0x30, PROCESSOR = 0x78;
    private static final int SYSTEM_CALL = 0x80, STACK = 2, VM = 0x20000;

    private final Form f;
    private final Case c;
    private final Dice d;

    SystemOperands(Case c, Dice d) {
        f = c.form;
        this.c = c;
        this.d = d;
    }

    int selector() {
        return switch (d.below(12)) {
            case 0 -> d.below(4);
            case 1, 2 -> USER_DATA;
            case 3 -> USER_CODE;
            case 4, 5, 6, 7 -> d.below(LDT_ENTRIES) << 3 | LDT | USER;
            case 8 -> d.below(LDT_ENTRIES) << 3 | LDT | d.below(4);
            case 9, 10 -> d.of(GDT) | d.below(4);
            default -> allowed(d.any32() & 0xFFFF);
        };
    }

    private static int allowed(int selector) {
        int entry = selector & ~3;
        return entry == LONG_CODE || entry == PROCESSOR ? USER_DATA : selector;
    }

    int codeSelector() {
        return switch (d.below(4)) {
            case 0 -> selector();
            case 1 -> d.of(0x17, 0x2F, 0x3F, 0x47);
            default -> USER_CODE;
        };
    }

    /** An offset to go to, in any code segment. */
    int target() {
        return d.chance(8) ? d.value() : (d.chance(3) ? 0 : Case.CODE) + d.below(Case.CODE_SIZE);
    }

    int vector() {
        int n = d.chance(4) ? d.of(3, 4) : d.any32() & 0xFF;
        return n == SYSTEM_CALL ? 3 : n;
    }

    /** Whether it ends with a shadow, which the instruction behind it shows. */
    boolean loadsStack(int reg) {
        return f.names("mov_segment") && reg == STACK || f.names("lss") || f.names("pop_segment") && f.has("SS");
    }

    /** A frame on the stack, for what takes one from there. */
    void stack(int at) {
        int size = f.bits() == 16 ? 2 : 4;
        if (d.chance(8)) return;
        switch (f.name()) {
            case "pop_segment" -> c.patch(at, selector(), size);
            case "popf" -> c.patch(at, flags(), size);
            case "ret", "ret_i" -> c.patch(at, target(), size);
            case "retf", "retf_drop" -> far(at, size);
            case "iret" -> {
                far(at, size);
                c.patch(at + 2 * size, flags(), size);
            }
            default -> { }
        }
    }

    private int flags() {
        return d.any32() & (d.chance(4) ? -1 : ~VM);
    }

    private void far(int at, int size) {
        c.patch(at, target(), size);
        c.patch(at + size, (d.chance(2) ? d.value() << 16 : 0) | codeSelector(), size);
    }

    /** The operand in memory. */
    void memory(int reg) {
        int size = f.bits() == 16 ? 2 : 4;
        if (f.has("Mp")) {
            boolean code = f.names("jmp_farMemory", "call_farMemory");
            c.patch(c.at, code ? target() : d.value(), size);
            c.patch(c.at + size, code ? codeSelector() : selector(), 2);
        } else if (f.names("bound")) {
            int value = c.r[reg], low = d.chance(2) ? value - d.below(3) : d.value(), high = d.chance(2) ? value + d.below(3) - 1 : d.value();
            c.patch(c.at, low, size);
            c.patch(c.at + size, high, size);
        } else if (takesSelector()) c.patch(c.at, selector(), 2);
        else if (f.names("jmp_e", "call_e")) c.patch(c.at, target(), size);
    }

    /** The operand in a register. */
    void register(int rm) {
        if (takesSelector()) c.r[rm] = d.value() & 0xFFFF0000 | selector();
        else if (f.names("jmp_e", "call_e")) c.r[rm] = target();
    }

    private boolean takesSelector() {
        return f.names("mov_segment", "verr", "verw", "lar", "lsl", "arpl", "lldt", "ltr");
    }
}
