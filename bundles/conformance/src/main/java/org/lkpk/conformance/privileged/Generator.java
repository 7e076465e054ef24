package org.lkpk.conformance.privileged;

import static org.lkpk.conformance.privileged.Instructions.*;
import static org.lkpk.conformance.privileged.Layout.*;

/** Makes cases of a seed: a random state of random descriptors, page tables and tasks, and instructions to run in it. */
public final class Generator {
    /** At most so many instructions, or pairs that belong together. */
    private static final int MOST = 7;
    private static final Mode[] MODES = {Mode.RING0, Mode.RING0, Mode.RING0, Mode.RING0, Mode.RING3, Mode.RING3, Mode.RING3, Mode.RING3,
        Mode.RING1, Mode.RING2, Mode.RING0_16, Mode.RING3_16, Mode.V86, Mode.V86, Mode.V86, Mode.V86};
    private static final int CR4_VME = 1, CR4_PVI = 2, CR4_TSD = 4, CR4_DE = 8, CR4_PSE = 0x10, CR4_PAE = 0x20, CR4_PGE = 0x80;
    private static final int P = 1, W = 2, U = 4, A = 0x20, PS = 0x80;

    private final long seed;

    public Generator(long seed) {
        this.seed = seed;
    }

    public Sequence sequence(int number) {
        return new Maker(new Dice(seed * 0x9E3779B97F4A7C15L + number), number).make();
    }

    private static final class Maker {
        private final Dice dice;
        private final int number;
        private final Mode mode;
        private final Code records = new Code(0), start = new Code(0);
        private int cr4, cr3, flags;
        private int end;

        Maker(Dice dice, int number) {
            this.dice = dice;
            this.number = number;
            mode = MODES[dice.below(MODES.length)];
        }

        Sequence make() {
            cr4 = dice.bits(CR4_VME | CR4_PVI | CR4_DE | CR4_PSE | CR4_PGE, 50) | dice.bits(CR4_TSD, 20) | dice.bits(CR4_PAE, 15);
            cr3 = (cr4 & CR4_PAE) != 0 ? POINTERS : DIRECTORY;
            code();
            if (dice.percent(50)) pages();
            if (dice.percent(50)) for (int n = dice.below(4); n >= 0; n--) descriptor();
            if (dice.percent(30)) gate();
            if (dice.percent(40)) tasks();
            for (int n = 0; n < 6; n++) if (n != 3 && cr3 != DIRECTORY) dword(TASKS + n * TASK_SIZE + 0x1C, cr3);
            start();
            records.dword(Layout.START).dword(start.size()).put(start.bytes()).dword(-1);
            return new Sequence(number, mode.name(), records.bytes());
        }

        private void dword(int address, int value) {
            records.dword(address).dword(4).dword(value);
        }

        private void quad(int address, long value) {
            records.dword(address).dword(8).dword((int) value).dword((int) (value >> 32));
        }

        private void code() {
            Code code = new Code(CODE);
            Instructions instructions = new Instructions(dice, mode, code, records);
            int count = 1 + dice.below(MOST);
            for (int n = 0; n < count; n++) {
                instructions.one();
                int next = CODE + (n + 1) * SLOT;
                if (code.here() <= next - 2) code.put(0xEB, next - code.here() - 2);
                code.upTo(next, 0xCC);
            }
            end = code.here();
            code.put(0xCD, Layout.END);
            records.dword(CODE).dword(code.size()).put(code.bytes());
        }

        /** Other rights for the pages of data and the window's table. */
        private void pages() {
            boolean pae = cr3 == POINTERS;
            for (int page = DATA >> 12; page < (DATA >> 12) + 4; page++) {
                if (dice.percent(60)) entry(pae ? TABLE_WINDOW_PAE : TABLE_WINDOW, page, pae);
                if (dice.percent(30)) entry(pae ? TABLE_LOW_PAE : TABLE_LOW, page, pae);
            }
            if (dice.percent(40)) {
                int table = pae ? TABLE_WINDOW_PAE : TABLE_WINDOW;
                boolean large = dice.percent(40);
                int entry = (large ? PS | (dice.percent(20) ? 0x200000 >> (pae ? 1 : 0) : 0) : table) | rights() | A;
                if (pae) quad(DIRECTORY_LOW + 16, entry);
                else dword(DIRECTORY + 4, entry);
            }
        }

        private int rights() {
            return dice.bits(P, 90) | dice.bits(W, 70) | dice.bits(U, 75) | dice.bits(0x178, 20) | dice.bits(0xE00, 10);
        }

        private void entry(int table, int page, boolean pae) {
            int entry = page << 12 | rights();
            if (pae) quad(table + 8 * page, entry | (dice.percent(8) ? 1L << 36 + dice.below(26) : 0));
            else dword(table + 4 * page, entry);
        }

        /** One of the descriptors that cases load, with something else in it. */
        private void descriptor() {
            int at = dice.percent(30) ? LDT + 8 * dice.below(7) : GDT + dice.of(RANDOM, RANDOM + 8, DOWN, READ_ONLY, EXECUTE_ONLY, SHORT_DATA, SHORT_CODE,
                    CONFORMING0, GATE_USER & ~7, GATE_INNER, GATE16, TASK_GATE, GATE_CONFORMING, LANDING_CODE0, TASK_USER, TASK16, TASK_V86,
                    TASK_KERNEL, CODE1 & ~7, DATA1 & ~7, DATA2 & ~7, USER_DATA16 & ~7, TABLE);
            quad(at, switch (dice.below(4)) {
                case 0 -> Memory.descriptor(dice.of(0, DATA, LANDING), dice.of(0xFFFFF, 0x3FFF, 0x14, 0x1FFF), dice.number());
                case 1 -> Memory.descriptor(0, 0xFFFFF, 0xC010 | dice.bits(0x8F, 60) | dice.of(0, 0x60) | 0x80);
                case 2 -> Memory.gate(anySelector(dice), LANDING + 0x100 * dice.below(3), dice.bits(0x80, 90) | dice.below(4) << 5 | dice.of(4, 5, 0xC, 0xC, 0xE),
                        dice.below(6));
                default -> Memory.descriptor(TASKS + TASK_SIZE * (1 + dice.below(4)), dice.of(0x67, 0x66, 0x2B, 0x2A, 0x120), dice.bits(0x80, 90)
                        | dice.below(4) << 5 | dice.of(1, 3, 9, 9, 11, 2));
            });
        }

        /** A gate of the IDT with something else in it. */
        private void gate() {
            int vector = dice.percent(40) ? dice.of(0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 17) : 0x30 + dice.below(8);
            int type = dice.of(0xE, 0xE, 0xF, 0x6, 0x7, 0x5, 0xC);
            boolean narrow = type == 6 || type == 7, plain = dice.percent(60);
            int selector = type == 5 ? dice.of(TASK_KERNEL, TASK_USER, TASK_FAULT) : plain ? (narrow ? HANDLERS16 : KERNEL_CODE) : anySelector(dice);
            int offset = narrow ? Harness.handler16(vector) : plain ? Harness.handler(vector) : LANDING + 0x200;
            quad(IDT + 8 * vector, Memory.gate(selector, offset, dice.bits(0x80, 92) | dice.below(4) << 5 | type, 0));
        }

        /** Fields of the task states with something else in them. */
        private void tasks() {
            for (int n = 1 + dice.below(4); n > 0; n--) {
                int task = TASKS + TASK_SIZE * dice.of(0, 0, 1, 2, 4);
                switch (dice.below(8)) {
                    case 0 -> dword(task + dice.of(8, 0x10, 0x18), anySelector(dice));
                    case 1 -> dword(task + dice.of(4, 0xC, 0x14), dice.of(DATA + 0x2000, DATA + 0x3004, 0, 4, 0x18, dice.number()));
                    case 2 -> dword(task + 0x48 + 4 * dice.below(6), anySelector(dice));
                    case 3 -> dword(task + 0x24, 2 | dice.bits(IF | IOPL | AC | NT | ID | RF, 30) | virtual(dice, 50) | dice.bits(TF | VM, 20));
                    case 4 -> dword(task + 0x60, anySelector(dice));
                    case 5 -> dword(task + 0x64, dice.of(BITMAP, BITMAP + 4, 0x11F, 0x40, 0x200, 0x68) << 16 | dice.below(2));
                    case 6 -> dword(task, anySelector(dice));
                    default -> dword(task + 0x20, dice.of(LANDING, LANDING + 0x300, 0x100, 0x20000));
                }
            }
        }

        private int segment(int level) {
            int plain = level == 0 ? KERNEL_DATA : level == 1 ? DATA1 : level == 2 ? DATA2 : USER_DATA;
            return dice.percent(70) ? plain : dice.of(0, USER_DATA, SHORT_DATA | 3, READ_ONLY | 3, DOWN | 3, plain);
        }

        private void start() {
            flags = 2 | dice.bits(0x8D5, 30) | dice.bits(IF | IOPL, 50) | dice.bits(AC | ID, 25) | dice.bits(NT | DF | RF | TF, 9) | virtual(dice, 18);
            start.word(GDT_LIMIT).dword(GDT).word(0).word(IDT_LIMIT).dword(IDT).word(0).dword(cr4).dword(cr3);
            start.dword(0x80000011 | dice.bits(0x10000, 50) | dice.bits(0x40000, 50) | dice.bits(0x20, 50) | dice.bits(0xE, 10));
            start.dword(dice.percent(90) ? TABLE : 0).dword(dice.percent(95) ? TASK0 : TASK_USER & ~3);
            boolean watch = dice.percent(35);
            for (int n = 0; n < 4; n++) start.dword(breakpoint(dice));
            start.dword(0).dword(watch ? control(dice) : 0x400);
            for (int n = 0; n < 3; n++) start.dword(mode == Mode.V86 ? 0 : segment(mode.level));
            start.dword(mode == Mode.V86 ? 0 : dice.percent(90) ? plainData() : segment(mode.level));
            for (int n = 0; n < 7; n++) start.dword(dice.percent(50) ? dice.number() : anySelector(dice));
            if (mode == Mode.RING0) start.dword(STACK0).dword(KERNEL_DATA);
            else if (mode == Mode.RING0_16) start.dword(STACK0 & 0xFFF).dword(KERNEL_DATA16);
            else start.dword(HARNESS_STACK).dword(KERNEL_DATA);
            start.dword(dice.percent(50) ? RF : 0).dword(end - (mode.wide ? 0 : CODE)).dword(number);
            frame();
        }

        private int plainData() {
            return mode.level == 0 ? KERNEL_DATA : mode.level == 1 ? DATA1 : mode.level == 2 ? DATA2 : USER_DATA;
        }

        /** What IRET begins the case with. */
        private void frame() {
            switch (mode) {
                case RING0 -> frame(flags, KERNEL_CODE, CODE);
                case RING0_16 -> frame(flags, KERNEL_CODE16, 0);
                case RING1 -> frame(DATA1, STACK1 - 0x200, flags, CODE1, CODE);
                case RING2 -> frame(DATA2, STACK2 - 0x200, flags, CODE2, CODE);
                case RING3 -> frame(USER_DATA, STACK3, flags, USER_CODE, CODE);
                case RING3_16 -> frame(USER_DATA16, STACK3 & 0xFFF, flags, USER_CODE16, 0);
                default -> frame(DATA >> 4, DATA >> 4, DATA >> 4, DATA >> 4, STACK3 >> 12 << 8, STACK3 & 0xFFF, flags | VM, CODE >> 4, 0);
            }
        }

        private void frame(int... values) {
            start.dword(values.length);
            for (int v : values) start.dword(v);
        }
    }
}
