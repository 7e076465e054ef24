package org.lkpk.conformance.privileged;

import static org.lkpk.conformance.privileged.Code.*;
import static org.lkpk.conformance.privileged.Layout.*;

import java.util.List;

/** Writes random instructions: such as need privilege, or may fault, with what they need in registers and memory. */
final class Instructions {
    static final int TF = 0x100, IF = 0x200, DF = 0x400, IOPL = 0x3000, NT = 0x4000, RF = 0x10000, VM = 0x20000, AC = 0x40000,
            VIF = 0x80000, VIP = 0x100000, ID = 0x200000;
    private static final int ARITHMETIC = 0x8D5;
    private static final int[] SELECTORS = {0, 3, KERNEL_CODE, KERNEL_DATA, USER_CODE, USER_DATA, CODE1, DATA1, CODE2, DATA2, KERNEL_CODE16,
        USER_CODE16, KERNEL_DATA16, USER_DATA16, CONFORMING0, CONFORMING3, TABLE, TASK0, TASK_USER, TASK_KERNEL, TASK16, TASK_V86,
        GATE_USER, GATE_INNER, GATE16, TASK_GATE, GATE_CONFORMING, GATE_LEVEL1, GATE_LEVEL2, DOWN, READ_ONLY, EXECUTE_ONLY, ABSENT_DATA,
        ABSENT_CODE, SHORT_DATA, SHORT_CODE, LANDING_CODE0, LANDING_CODE3, RANDOM, RANDOM + 8, 0x1F8, 0x200, 4, 7, 0xF, 0x14, 0x1F, 0x24,
        0x2F, 0x84};
    /** Vectors for INT n. */
    private static final int[] SOFT = {0, 3, 4, 13, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x40, 0x80, LANDED};
    private static final int FIRST_PORT = 0x5A0;

    private final Dice dice;
    private final Mode mode;
    private final Code c;
    /** Records of what memory operands need. */
    private final Code patches;
    private final List<Runnable> kinds;

    Instructions(Dice dice, Mode mode, Code code, Code patches) {
        this.dice = dice;
        this.mode = mode;
        this.c = code;
        this.patches = patches;
        kinds = List.of(this::segment, this::segment, this::segmentFromMemory, this::farDirect, this::farDirect, this::farIndirect, this::farReturn,
                this::interruptReturn, this::interruptReturn, this::interrupt, this::interrupt, this::interrupt, this::tables, this::look, this::look,
                this::control, this::control, this::debug, this::ports, this::ports, this::flags, this::flags, this::access, this::access, this::access,
                this::access, this::string, this::string, this::stack, this::invalid, this::shadow, this::shadow, this::fast, this::translation);
    }

    void one() {
        kinds.get(dice.below(kinds.size())).run();
    }

    // Pieces

    static int anySelector(Dice dice) {
        int selector = dice.of(SELECTORS);
        return dice.percent(20) ? selector & ~3 | dice.below(4) : selector;
    }

    private boolean v86() {
        return mode == Mode.V86;
    }

    private int selector() {
        return v86() ? dice.of(DATA >> 4, LANDING16 >> 4, Layout.CODE >> 4, STACK3 >> 12 << 8) : anySelector(dice);
    }

    private boolean anySize() {
        return dice.percent(mode.wide ? 80 : 50);
    }

    /** The prefix for that operand size, if it is not the code segment's. */
    private Code size(boolean wide) {
        return wide == mode.wide ? c : c.put(0x66);
    }

    private void immediate(boolean wide, int value) {
        if (wide) c.dword(value);
        else c.word(value);
    }

    /** MOV r32,imm32. */
    private void set(int register, int value) {
        size(true).set(register, value);
    }

    private void push(boolean wide, int value) {
        size(wide).put(0x68);
        immediate(wide, value);
    }

    /** A linear address of data: in the middle of a page, at its end, or where two meet. */
    private int address() {
        int page = dice.below(4) << 12;
        int offset = switch (dice.below(4)) {
            case 0 -> 0xFF8 + dice.below(8);
            case 1 -> dice.below(0x40);
            case 2 -> 0x40 + 4 * dice.below(0x3F0);
            default -> 0xFFC + dice.below(4);
        };
        return (!v86() && dice.percent(60) ? WINDOW : 0) + DATA + page + offset;
    }

    /** An instruction with a memory operand at a linear address. */
    private void memory(boolean wide, int address, int register, int... opcode) {
        if (dice.percent(15)) c.put(dice.of(0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65));
        size(wide);
        if (v86()) c.put(opcode).put(6 | register << 3).word(address - DATA);
        else if (mode.wide) c.put(opcode).put(5 | register << 3).dword(address);
        else c.put(0x67).put(opcode).put(5 | register << 3).dword(address);
    }

    /** Lays out what a memory operand is to hold. */
    private void lay(int address, int low, int high) {
        int physical = address >= WINDOW ? address - WINDOW : address;
        patches.dword(physical).dword(6).dword(low).word(high);
    }

    /** An offset where code lies, in the segment that {@code selector} names. */
    private int target(int selector) {
        if (v86()) return dice.of(0, 0x100, 0x1FFF0);
        int landing = dice.of(0, 0x100, 0x200, 0x300);
        int s = selector & 0xFFFC;
        boolean based = s == LANDING_CODE0 || s == (LANDING_CODE3 & ~3);
        if (dice.percent(4)) return dice.number();
        return based ? landing & 0x100 : s == KERNEL_CODE16 || s == (USER_CODE16 & ~3) ? 0x3000 | landing & 0x100 : LANDING + landing;
    }

    // Kinds

    private void segment() {
        int segment = dice.percent(5) ? dice.of(CS, 6, 7) : dice.of(ES, SS, DS, FS, GS);
        if (dice.percent(60)) {
            set(EAX, selector());
            c.put(0x8E, 0xC0 | segment << 3);
        } else {
            // Words: processors do not agree whether 32 bits move with a 32-bit operand.
            push(false, selector());
            size(false);
            switch (segment) {
                case SS -> c.put(0x17);
                case DS -> c.put(0x1F);
                case FS -> c.put(0x0F, 0xA1);
                case GS -> c.put(0x0F, 0xA9);
                default -> c.put(0x07);
            }
        }
    }

    private void segmentFromMemory() {
        int a = address() & ~7, selector = selector(); // Bochs reads the selector first, a processor the offset.
        boolean wide = anySize();
        lay(a, wide ? dice.number() : selector << 16 | dice.below(0x10000), selector);
        switch (dice.below(6)) {
            case 0 -> memory(wide, a, EBX, 0xC4);
            case 1 -> memory(wide, a, ECX, 0xC5);
            case 2 -> {
                // LSS with a stack pointer that can be used.
                lay(a, wide ? STACK3 - 0x200 : selector << 16 | 0xE00, selector);
                memory(wide, a, ESP, 0x0F, 0xB2);
            }
            case 3 -> memory(wide, a, EDX, 0x0F, 0xB4);
            case 4 -> memory(wide, a, ESI, 0x0F, 0xB5);
            default -> {
                lay(a, selector, 0);
                memory(wide, a, dice.of(ES, SS, DS, FS, GS), 0x8E);
            }
        }
    }

    private void farDirect() {
        int selector = v86() ? LANDING16 >> 4 : selector();
        boolean wide = anySize();
        size(wide).put(dice.of(0x9A, 0xEA));
        immediate(wide, target(selector));
        c.word(selector);
    }

    private void farIndirect() {
        int selector = v86() ? LANDING16 >> 4 : selector(), offset = target(selector), a = address();
        boolean wide = anySize();
        lay(a, wide ? offset : selector << 16 | offset & 0xFFFF, selector);
        memory(wide, a, dice.of(3, 5), 0xFF);
    }

    private void farReturn() {
        boolean wide = anySize();
        int selector = v86() ? LANDING16 >> 4 : selector();
        if (!v86() && dice.percent(60)) {
            push(wide, dice.percent(60) ? dice.of(USER_DATA, DATA1, DATA2, USER_DATA16) : selector());
            push(wide, dice.of(STACK3 - 0x100, 0xE00, 0xFFFFFFFE));
            if (dice.percent(30)) push(wide, dice.number());
        }
        push(wide, selector);
        push(wide, target(selector));
        size(wide);
        if (dice.percent(70)) c.put(0xCB);
        else c.put(0xCA, dice.of(wide ? 4 : 2, 4, 8), 0);
    }

    /** VIF or VIP; what both together do is not told. */
    static int virtual(Dice dice, int chance) {
        return dice.percent(chance) ? dice.of(VIF, VIP) : 0;
    }

    private int someFlags() {
        return 2 | dice.bits(ARITHMETIC, 50) | dice.bits(IF | IOPL | AC | ID, 40) | dice.bits(DF | RF | NT, 15) | virtual(dice, 25) | dice.bits(TF | VM, 10);
    }

    private void interruptReturn() {
        boolean wide = anySize();
        int flags = someFlags();
        if (mode.level == 0 && dice.percent(35)) {
            toV86(flags);
            return;
        }
        int selector = v86() ? LANDING16 >> 4 : selector();
        if (!v86() && dice.percent(60)) {
            push(wide, dice.percent(60) ? dice.of(USER_DATA, DATA1, DATA2, USER_DATA16) : selector());
            push(wide, dice.of(STACK3 - 0x100, 0xE00));
        }
        push(wide, flags);
        push(wide, selector);
        // In virtual-8086 mode the peers do not check the offset, against SDM vol. 2.
        push(wide, v86() ? dice.of(0, 0x100) : target(selector));
        size(wide).put(0xCF);
    }

    private void toV86(int flags) {
        for (int i = 0; i < 4; i++) push(true, dice.of(DATA >> 4, 0x1400, 0, dice.number()));
        push(true, STACK3 >> 12 << 8);
        push(true, 0xE00);
        push(true, flags | VM);
        push(true, LANDING16 >> 4);
        push(true, dice.of(0, 0x100, 0x200, 0x10000));
        size(true).put(0xCF);
    }

    private void interrupt() {
        switch (dice.below(10)) {
            case 0 -> c.put(0xCC);
            case 1 -> {
                set(EAX, 0x7FFFFFFF);
                size(true).put(0x83, 0xC0, dice.of(0, 1), 0xCE); // ADD, INTO
            }
            case 2, 3 -> c.put(0xF1);
            case 4 -> {
                int a = address();
                lay(a, dice.of(0, -5, 0x50000), dice.below(0x10000));
                memory(anySize(), a, dice.of(EAX, ECX, EDX), 0x62);
            }
            default -> c.put(0xCD, dice.percent(15) ? dice.below(256) : dice.of(SOFT));
        }
    }

    /** Descriptor tables and system segments. */
    private void tables() {
        int a = address();
        boolean wide = anySize();
        switch (dice.below(8)) {
            case 0 -> memory(wide, a, 0, 0x0F, 0x01);
            case 1 -> memory(wide, a, 1, 0x0F, 0x01);
            case 2 -> {
                lay(a, GDT << 16 | dice.of(GDT_LIMIT, 0x137, 0x1000), GDT >> 16);
                memory(wide, a, 2, 0x0F, 0x01);
            }
            case 3 -> {
                lay(a, IDT << 16 | dice.of(IDT_LIMIT, 0x1FF, 0x7F7, 0x19A), IDT >> 16);
                memory(wide, a, 3, 0x0F, 0x01);
            }
            case 4, 5 -> {
                set(EAX, dice.percent(50) ? dice.of(TABLE, TASK_USER, TASK_V86, TASK16, 0) : selector());
                c.put(0x0F, 0x00, 0xC0 | dice.of(2, 3) << 3);
            }
            default -> {
                if (dice.percent(50)) memory(wide, a, dice.of(0, 1), 0x0F, 0x00);
                else size(wide).put(0x0F, 0x00, 0xC0 | dice.of(0, 1) << 3 | EDX);
            }
        }
    }

    /** Looks at descriptors: LAR, LSL, VERR, VERW, ARPL. */
    private void look() {
        int selector = selector(), a = address();
        boolean wide = anySize(), inMemory = dice.percent(40);
        set(EAX, inMemory ? dice.below(4) : dice.number() & 0xFFFF0000 | selector);
        if (inMemory) lay(a, selector, 0);
        switch (dice.below(5)) {
            case 0 -> operand(inMemory, wide, a, ECX, 0x0F, 0x02);
            case 1 -> operand(inMemory, wide, a, ECX, 0x0F, 0x03);
            case 2 -> operand(inMemory, wide, a, 4, 0x0F, 0x00);
            case 3 -> operand(inMemory, wide, a, 5, 0x0F, 0x00);
            default -> operand(false, wide, a, dice.of(EAX, EBX), 0x63); // In memory the peers write always, a processor does not.
        }
    }

    /** EAX or memory as the operand. */
    private void operand(boolean inMemory, boolean wide, int address, int register, int... opcode) {
        if (inMemory) memory(wide, address, register, opcode);
        else size(wide).put(opcode).put(0xC0 | register << 3);
    }

    private void control() {
        switch (dice.below(12)) {
            case 0, 1 -> {
                int plain = 0x80000011 | dice.bits(0x1002A, 30) | dice.bits(0x4000C, 20);
                set(EAX, dice.percent(25) ? dice.of(0x80000010, 0xA0000011, 0xC0000011, 0x8000FFD1) : plain);
                c.put(0x0F, 0x22, 0xC0);
            }
            case 2 -> {
                set(EAX, dice.bits(0x9F, 40) | dice.of(0, 0, 0x800, 0x4000));
                c.put(0x0F, 0x22, 0xE0);
            }
            case 3 -> {
                c.put(0x0F, 0x20, 0xD8); // CR3 as it is, and perhaps with other cache bits.
                if (dice.percent(50)) c.put(0x0C, dice.of(8, 0x10, 0x18));
                c.put(0x0F, 0x22, 0xD8);
            }
            case 4 -> c.put(0x0F, 0x20, 0xC0 | dice.of(0, 2, 3, 4, 1, 5) << 3 | ECX);
            case 5 -> c.put(0x0F, 0x06);
            case 6 -> memory(mode.wide, address(), 7, 0x0F, 0x01);
            case 7 -> {
                set(EAX, dice.bits(0xF, 50));
                c.put(0x0F, 0x01, 0xF0);
            }
            case 8 -> size(anySize()).put(0x0F, 0x01, 0xE0 | ECX);
            case 9 -> memory(anySize(), address(), dice.of(4, 6), 0x0F, 0x01);
            case 10 -> c.put(0x0F, dice.of(0x08, 0x09));
            default -> {
                set(ECX, dice.of(0x174, 0x12345678));
                c.put(0x0F, 0x32);
            }
        }
    }

    private void debug() {
        int n = dice.percent(15) ? dice.of(4, 5) : dice.of(0, 1, 2, 3, 6, 7);
        if (dice.percent(50)) c.put(0x0F, 0x21, 0xC0 | n << 3 | EDX);
        else {
            set(EAX, n >= 6 || n == 5 ? (n == 7 || n == 5 ? control(dice) : dice.number()) : breakpoint(dice));
            c.put(0x0F, 0x23, 0xC0 | n << 3);
        }
    }

    /** A linear address to watch. */
    static int breakpoint(Dice dice) {
        return switch (dice.below(6)) {
            case 0 -> Layout.CODE + SLOT * dice.below(8);
            case 1 -> LANDING + 0x100 * dice.below(3);
            case 2 -> STACK3 - 4 * dice.below(10);
            case 3 -> FIRST_PORT + dice.below(8);
            default -> dice.of(0, WINDOW) + DATA + dice.of(0, 0x1000, 0x2000, 0x3000) + dice.of(0, 4, 8, 0xFFC, 0xFF8, 0x10);
        };
    }

    /** DR7 with no length that is undefined. */
    static int control(Dice dice) {
        int v = 0x400 | dice.bits(0xFF, 40) | dice.bits(0x300, 20) | (dice.percent(3) ? 0x2000 : 0);
        for (int n = 0; n < 4; n++) {
            int kind = dice.of(0, 1, 3, 3);
            v |= (kind | (kind == 0 ? 0 : dice.of(0, 1, 3) << 2)) << 16 + 4 * n;
        }
        return v;
    }

    private void ports() {
        int port = FIRST_PORT + dice.below(0x40);
        boolean wide = anySize();
        switch (dice.below(6)) {
            case 0 -> size(wide).put(dice.of(0xE4, 0xE5), dice.of(0xA8, 0xAA, 0xAC));
            case 1 -> {
                set(EDX, port);
                set(ECX, 1 + dice.below(3));
                int a = address();
                set(EDI, v86() ? a - DATA : a);
                if (dice.percent(50)) c.put(0xF3);
                size(wide).put(dice.of(0x6C, 0x6D));
            }
            case 2 -> {
                set(EDX, port);
                int a = address();
                set(ESI, v86() ? a - DATA : a);
                size(wide).put(dice.of(0x6E, 0x6F));
            }
            default -> {
                set(EDX, port);
                size(wide).put(dice.of(0xEC, 0xED, 0xEE, 0xEF));
            }
        }
    }

    private void flags() {
        boolean wide = anySize();
        switch (dice.below(6)) {
            case 0 -> c.put(0xFA);
            case 1 -> c.put(0xFB);
            case 2 -> size(wide).put(0x9C);
            default -> {
                push(wide, someFlags() & (dice.percent(80) ? ~TF : -1));
                size(wide).put(0x9D);
            }
        }
    }

    /** Plain instructions on memory whose pages, segments and alignment may not allow them. */
    private void access() {
        int a = address();
        boolean wide = anySize();
        switch (dice.below(12)) {
            case 0, 1 -> memory(wide, a, ECX, 0x8B);
            case 2, 3 -> memory(wide, a, EDX, 0x89);
            case 4 -> memory(wide, a, EBX, 0x01);
            case 5 -> memory(wide, a, EBX, 0x87);
            case 6 -> memory(wide, a, ECX, 0x0F, 0xB1);
            case 7 -> memory(wide, a, 6, 0xFF);
            case 8 -> memory(wide, a, 0, 0x8F);
            case 9 -> memory(wide, a, 2, 0xF7);
            case 10 -> memory(wide, a, EDX, 0x0F, 0xC1);
            default -> memory(wide, a, ECX, dice.of(0x8A, 0x88, 0x86));
        }
    }

    private void string() {
        int from = address(), to = address();
        set(ESI, v86() ? from - DATA : from);
        set(EDI, v86() ? to - DATA : to);
        set(ECX, dice.below(12));
        if (dice.percent(80)) c.put(dice.of(0xF3, 0xF3, 0xF2));
        if (mode == Mode.RING0_16 || mode == Mode.RING3_16) c.put(0x67);
        size(anySize()).put(dice.of(0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF));
    }

    /** Pushes and pops at the edge of a page or of the stack's segment. */
    private void stack() {
        int a = address() & ~3;
        set(EBP, v86() ? a - DATA : a);
        boolean wide = anySize();
        if (mode.wide) {
            c.put(0x87, 0xE5); // XCHG ESP,EBP
            inner(wide);
            c.put(0x87, 0xE5);
        } else inner(wide);
    }

    private void inner(boolean wide) {
        switch (dice.below(8)) {
            case 0 -> size(wide).put(0x60);
            case 1 -> size(wide).put(0x61, 0x90);
            case 2 -> size(wide).put(0xC8, dice.of(0, 0x10), 0, dice.below(4));
            case 3 -> size(wide).put(0xC9);
            case 4 -> size(false).put(dice.of(0x06, 0x0E, 0x16, 0x1E));
            case 5 -> size(wide).put(0x58 | dice.of(EAX, EBX));
            case 6 -> size(wide).put(0x50 | dice.of(EAX, EBX, ESP));
            default -> memory(wide, address(), dice.of(6, 2), 0xFF);
        }
    }

    private void invalid() {
        switch (dice.below(8)) {
            case 0 -> {
                c.put(0xF0);
                memory(mode.wide, address(), EAX, 0x8B);
            }
            case 1 -> {
                c.put(0xF0);
                memory(mode.wide, address(), EAX, dice.of(0x01, 0x31, 0x87, 0x39));
            }
            case 2 -> c.put(0xF0, 0x01, 0xC8);
            case 3 -> c.put(0x0F, 0x0B);
            case 4 -> c.put(0x9B);
            case 5 -> c.put(0xD9, 0xD0);
            case 6 -> c.put(0x0F, 0xEF, 0xC0);
            default -> c.put(0x0F, dice.of(0x04, 0x0A, 0xFF, 0x24, 0xA6));
        }
    }

    /** Loads of SS from watched memory, STI and what comes behind them. */
    private void shadow() {
        int ss = mode == Mode.V86 ? STACK3 >> 12 << 8 : mode == Mode.RING0 ? KERNEL_DATA : mode == Mode.RING1 ? DATA1 : mode == Mode.RING2 ? DATA2
                : mode == Mode.RING3 ? USER_DATA : mode == Mode.RING0_16 ? KERNEL_DATA16 : USER_DATA16;
        int a = (v86() ? 0 : dice.of(0, WINDOW)) + DATA + dice.of(0, 0x1000, 0x2000) + dice.of(0, 4, 8, 0x10);
        switch (dice.below(4)) {
            case 0, 1 -> {
                lay(a, ss, 0);
                memory(mode.wide, a, SS, 0x8E);
            }
            case 2 -> {
                size(false).put(0x16, 0x90); // PUSH SS, NOP
                size(false).put(0x17);
            }
            default -> c.put(0xFB);
        }
        switch (dice.below(10)) {
            case 0 -> c.put(0xF1);
            case 1 -> c.put(0xCC);
            case 2 -> c.put(0xCD, dice.of(SOFT));
            case 3 -> c.put(0x0F, 0x0B);
            case 4 -> c.put(0x9C, 0x58);
            case 5 -> memory(mode.wide, a, ECX, 0x8B);
            case 6 -> memory(mode.wide, a, SS, 0x8E);
            case 7 -> {
                push(mode.wide, someFlags());
                c.put(0x9D);
            }
            default -> c.put(0x90);
        }
        c.put(0x90);
    }

    private void fast() {
        if (dice.percent(50)) c.put(0x0F, 0x34);
        else {
            set(EDX, dice.percent(80) ? LANDING : 0x10200);
            set(ECX, STACK3 - 0x100);
            c.put(0x0F, 0x35);
        }
    }

    /** At level 0: another page table entry, and INVLPG. Else an access. */
    private void translation() {
        if (mode != Mode.RING0) {
            access();
            return;
        }
        int page = (DATA >> 12) + dice.below(4), entry = Memory.page(page) & ~7 | dice.bits(7, 70);
        boolean window = dice.percent(70);
        c.put(0xC7, 5).dword((window ? TABLE_WINDOW : TABLE_LOW) + 4 * page).dword(entry);
        c.put(0x0F, 0x01, 0x3D).dword((window ? WINDOW : 0) + (page << 12) + dice.below(0x1000));
        c.put(0x8B, 0x0D).dword((window ? WINDOW : 0) + (page << 12) + 4 * dice.below(0x3FF));
    }
}
