package org.lkpk.conformance.privileged;

import static org.lkpk.conformance.privileged.Layout.*;

import java.util.Arrays;

/** The memory before each case: descriptor tables, tasks, page tables, and code to land in. */
final class Memory {
    static final int PRESENT = 1, WRITABLE = 2, USER = 4;
    private static final int CODE32 = 0xC09B, DATA32 = 0xC093, CODE16 = 0x009B, DATA16 = 0x0093, DPL = 5;
    private static final int INT3 = 0xCC, MAP_END = 0x120;

    private final byte[] bytes = new byte[AREA_SIZE];

    /** Records of all that is not zero. */
    static byte[] records() {
        Memory m = new Memory();
        m.code();
        m.data();
        m.descriptors();
        m.gates();
        m.tasks();
        m.tables();
        return m.pack();
    }

    /** Records of page 0: the vectors of virtual-8086 mode, which lead to three places in turn. */
    static byte[] vectors() {
        Code c = new Code(0).dword(0).dword(0x400);
        for (int n = 0; n < 256; n++) c.word(0x200 + 0x40 * (n % 3)).word(LANDING16 >> 4);
        return c.dword(-1).bytes();
    }

    private byte[] pack() {
        Code c = new Code(0);
        for (int at = 0; at < AREA_SIZE; at += 64) {
            int end = at;
            while (end < AREA_SIZE && !blank(end)) end += 64;
            if (end > at) {
                c.dword(AREA + at).dword(end - at).put(Arrays.copyOfRange(bytes, at, end));
                at = end;
            }
        }
        return c.dword(-1).bytes();
    }

    private boolean blank(int at) {
        for (int i = at; i < at + 64; i++) if (bytes[i] != 0) return false;
        return true;
    }

    private void put(int address, int... values) {
        for (int i = 0; i < values.length; i++) bytes[address - AREA + i] = (byte) values[i];
    }

    private void word(int address, int value) {
        put(address, value, value >> 8);
    }

    private void dword(int address, int value) {
        put(address, value, value >> 8, value >> 16, value >> 24);
    }

    private void quad(int address, long value) {
        dword(address, (int) value);
        dword(address + 4, (int) (value >> 32));
    }

    private void code() {
        for (int at = CODE; at < CODE_END; at++) put(at, INT3);
        slots(LANDING, 0xCD, LANDED, -1, 0xCB, -1, 0xCD, END); // RETF
        slots(LANDING + 0x100, 0xCD, LANDED, -1, 0xCA, 8, 0, -1, 0xCD, END); // RETF 8
        slots(LANDING + 0x200, 0xCD, LANDED, -1, 0xCF, -1, 0xCD, RETURNED, -1, 0xCF); // IRET, as tasks do, twice
        slots(LANDING + 0x300, 0xCD, LANDED, -1, 0xCB, -1, 0xCD, END);
        slots(LANDING16, 0xCD, LANDED, -1, 0xCB, -1, 0xCD, END);
        slots(LANDING16 + 0x100, 0xCD, LANDED, -1, 0xCF, -1, 0xCD, RETURNED, -1, 0xCF);
        slots(LANDING16 + 0x200, 0xCF, -1, 0x9C, 0x9D, 0xCF, -1, 0x60, 0x0F, 0x06); // IRET; PUSHF, POPF, IRET; PUSHA, CLTS
        slots(LANDING16 + 0x2C0, 0x61, 0xCF); // POPA, IRET
    }

    /** Code in slots from {@code address} on; -1 begins the next one. */
    private void slots(int address, int... code) {
        int slot = address, at = slot;
        for (int b : code) {
            if (b < 0) {
                if (bytes[at - 1 - AREA] != (byte) 0xCF) put(at, 0xEB, SLOT - (at - slot) - 2);
                at = slot += SLOT;
            } else put(at++, b);
        }
    }

    private void data() {
        for (int at = DATA; at < DATA + 0x4000; at++) put(at, (at * 0x9E3779B1 >>> 13) ^ at >> 5);
    }

    // Descriptors

    static long descriptor(int base, int limit, int access) {
        long low = base << 16 | limit & 0xFFFF;
        int high = base & 0xFF000000 | limit & 0xF0000 | (access & 0xF0FF) << 8 | base >>> 16 & 0xFF;
        return low & 0xFFFFFFFFL | (long) high << 32;
    }

    static long gate(int selector, int offset, int access, int count) {
        return selector << 16 & 0xFFFFFFFFL | offset & 0xFFFF | (long) (offset & 0xFFFF0000 | access << 8 | count) << 32;
    }

    private void gdt(int selector, long descriptor) {
        quad(GDT + (selector & 0xFFF8), descriptor);
    }

    private void descriptors() {
        for (int level = 0; level < 4; level++) {
            int code = level == 0 ? KERNEL_CODE : level == 1 ? CODE1 : level == 2 ? CODE2 : USER_CODE;
            int data = level == 0 ? KERNEL_DATA : level == 1 ? DATA1 : level == 2 ? DATA2 : USER_DATA;
            gdt(code, descriptor(0, 0xFFFFF, CODE32 | level << DPL));
            gdt(data, descriptor(0, 0xFFFFF, DATA32 | level << DPL));
        }
        gdt(KERNEL_CODE16, descriptor(CODE, 0xFFFF, CODE16));
        gdt(USER_CODE16, descriptor(CODE, 0xFFFF, CODE16 | 3 << DPL));
        gdt(KERNEL_DATA16, descriptor(STACK0 & ~0xFFF, 0xFFFF, DATA16));
        gdt(USER_DATA16, descriptor(STACK3 & ~0xFFF, 0xFFFF, DATA16 | 3 << DPL));
        gdt(CONFORMING0, descriptor(0, 0xFFFFF, CODE32 | 4));
        gdt(CONFORMING3, descriptor(0, 0xFFFFF, CODE32 | 4 | 3 << DPL));
        gdt(TABLE, descriptor(LDT, LDT_LIMIT, 0x82));
        gdt(GATE_USER, gate(USER_CODE, LANDING, 0xEC, 0));
        gdt(GATE_INNER, gate(KERNEL_CODE, LANDING + 0x100, 0xEC, 2));
        gdt(GATE16, gate(LANDING_CODE0, 0, 0xE4, 1));
        gdt(TASK_GATE, gate(TASK_USER, 0, 0xE5, 0));
        gdt(GATE_CONFORMING, gate(CONFORMING0, LANDING, 0xEC, 0));
        gdt(GATE_LEVEL1, gate(CODE1, LANDING + 0x100, 0xEC, 2));
        gdt(GATE_LEVEL2, gate(CODE2, LANDING, 0xEC, 0));
        gdt(HANDLERS16, descriptor(Harness.base16(), 0xFFFF, 0x409B));
        gdt(DOWN, descriptor(0, 0x14, DATA32 & ~1 | 4 | 3 << DPL));
        gdt(READ_ONLY, descriptor(0, 0xFFFFF, DATA32 & ~3 | 3 << DPL));
        gdt(EXECUTE_ONLY, descriptor(0, 0xFFFFF, CODE32 & ~3 | 3 << DPL));
        gdt(ABSENT_DATA, descriptor(0, 0xFFFFF, DATA32 & ~0x80 | 3 << DPL));
        gdt(ABSENT_CODE, descriptor(0, 0xFFFFF, CODE32 & ~0x80 | 3 << DPL));
        gdt(SHORT_DATA, descriptor(DATA, 0x1FFD, 0x4092 | 3 << DPL));
        gdt(SHORT_CODE, descriptor(LANDING, 0x3F, 0x409A | 3 << DPL));
        gdt(LANDING_CODE0, descriptor(LANDING16, 0xFFF, CODE16));
        gdt(LANDING_CODE3, descriptor(LANDING16, 0xFFF, CODE16 | 3 << DPL));
        gdt(RANDOM, descriptor(0, 0xFFFFF, DATA32 & ~1 | 3 << DPL));
        quad(LDT, descriptor(0, 0xFFFFF, CODE32 & ~1 | 3 << DPL));
        quad(LDT + 8, descriptor(0, 0xFFFFF, DATA32 & ~1 | 3 << DPL));
        quad(LDT + 0x10, descriptor(0, 0xFFFFF, CODE32 & ~1));
        quad(LDT + 0x18, descriptor(DATA, 0x3FFF, DATA16 & ~1 | 3 << DPL));
        quad(LDT + 0x20, gate(KERNEL_CODE, LANDING, 0xEC, 0));
        quad(LDT + 0x28, descriptor(DATA, 0xFFF, 0x4092 | 4 | 3 << DPL));
    }

    private void gates() {
        for (int n = 0; n < 256; n++) {
            boolean free = n >= 0x20 || n == 3 || n == 4;
            quad(IDT + 8 * n, gate(KERNEL_CODE, Harness.handler(n), free ? 0xEE : 0x8E, 0));
        }
        quad(IDT + 8 * 8, gate(TASK_FAULT, 0, 0x85, 0));
        quad(IDT + 8 * 0x30, gate(KERNEL_CODE, Harness.handler(0x30), 0xEF, 0));
        quad(IDT + 8 * 0x31, gate(HANDLERS16, Harness.handler16(0x31), 0xE6, 0));
        quad(IDT + 8 * 0x32, gate(HANDLERS16, Harness.handler16(0x32), 0xE7, 0));
        quad(IDT + 8 * 0x33, gate(TASK_KERNEL, 0, 0xE5, 0));
        quad(IDT + 8 * 0x34, gate(CODE1, LANDING + 0x200, 0xEE, 0));
        quad(IDT + 8 * 0x35, gate(CONFORMING0, LANDING + 0x200, 0xEF, 0));
        quad(IDT + 8 * 0x36, gate(KERNEL_CODE, Harness.handler(0x36), 0x6E, 0));
        quad(IDT + 8 * 0x37, gate(USER_CODE, LANDING + 0x200, 0xEE, 0));
    }

    // Tasks

    private void tasks() {
        for (int n = 0; n < 6; n++) {
            int tss = TASKS + n * TASK_SIZE, selector = TASK0 + 8 * n;
            boolean narrow = selector == TASK16;
            gdt(selector, descriptor(tss, narrow ? 0x2B : MAP_END, (narrow ? 0x81 : 0x89) | (n == 5 ? 0 : 3 << DPL)));
            if (narrow) task16(tss);
            else {
                task(tss);
                dword(tss + 0x1C, DIRECTORY);
                word(tss + 0x60, TABLE);
                word(tss + 0x66, BITMAP);
                for (int i = 0; i < 32; i++) put(tss + BITMAP - 32 + i, 0x5A ^ i << 3);
                put(tss + BITMAP - 1, 0xFF); // The vectors that tell are the monitor's.
                for (int i = BITMAP; i < MAP_END; i++) put(tss + i, i % 3 == 0 ? 0x0F : 0x30 << i % 2);
                put(tss + MAP_END, 0xFF);
            }
        }
        state(TASKS + TASK_SIZE, LANDING + 0x200, 0x3202, STACK3 - 0x80, USER_CODE, USER_DATA, USER_DATA);
        state(TASKS + 2 * TASK_SIZE, LANDING + 0x200, 0x2, STACK0 - 0x400, KERNEL_CODE, KERNEL_DATA, KERNEL_DATA);
        state(TASKS + 4 * TASK_SIZE, 0x100, 0x23202, 0xE80, LANDING16 >> 4, STACK3 >> 12 << 8, DATA >> 4);
        state(TASKS + 5 * TASK_SIZE, Harness.taskHandler(), 0x2, FAULT_STACK, KERNEL_CODE, KERNEL_DATA, KERNEL_DATA);
    }

    private void task(int tss) {
        dword(tss + 4, STACK0);
        dword(tss + 8, KERNEL_DATA);
        dword(tss + 0xC, STACK1);
        dword(tss + 0x10, DATA1);
        dword(tss + 0x14, STACK2);
        dword(tss + 0x18, DATA2);
    }

    private void state(int tss, int eip, int eflags, int esp, int cs, int ss, int ds) {
        dword(tss + 0x20, eip);
        dword(tss + 0x24, eflags);
        for (int i = 0; i < 8; i++) dword(tss + 0x28 + 4 * i, i == 4 ? esp : 0x11111111 * i);
        int[] segments = {ds, cs, ss, ds, ds, 0};
        for (int i = 0; i < 6; i++) dword(tss + 0x48 + 4 * i, segments[i]);
    }

    private void task16(int tss) {
        word(tss + 2, 0xF00);
        word(tss + 4, KERNEL_DATA16);
        word(tss + 6, STACK1 & 0xFFFF);
        word(tss + 8, DATA1);
        word(tss + 0xE, 0x100);
        word(tss + 0x10, 0x3002);
        for (int i = 0; i < 8; i++) word(tss + 0x12 + 2 * i, i == 4 ? 0xE00 : 0x2222 * i);
        int[] segments = {USER_DATA, LANDING_CODE3, USER_DATA16, USER_DATA};
        for (int i = 0; i < 4; i++) word(tss + 0x22 + 2 * i, segments[i]);
        word(tss + 0x2A, TABLE);
    }

    // Page tables

    /** What the page table entry of a page of the first megabyte says. */
    static int page(int page) {
        int at = page << 12;
        boolean user = at >= CODE && at < STACK1 - 0xF00;
        return at | PRESENT | (at == 0 ? USER : WRITABLE | (user ? USER : 0));
    }

    private void tables() {
        // Directory entries are accessed already: when that happens in a walk that fails is not defined.
        dword(DIRECTORY, TABLE_LOW | 0x27);
        dword(DIRECTORY + 4, TABLE_WINDOW | 0x27);
        dword(DIRECTORY + 0xFFC, TABLE_TOP | 0x23);
        quad(POINTERS, DIRECTORY_LOW | 1);
        quad(POINTERS + 24, DIRECTORY_TOP | 1);
        quad(DIRECTORY_LOW, TABLE_LOW_PAE | 0x27);
        quad(DIRECTORY_LOW + 16, TABLE_WINDOW_PAE | 0x27);
        quad(DIRECTORY_TOP + 0xFF8, TABLE_TOP_PAE | 0x23);
        for (int n = 0; n < MAPPED >> 12; n++) {
            dword(TABLE_LOW + 4 * n, page(n));
            quad(TABLE_LOW_PAE + 8 * n, page(n));
            if (n < DATA >> 12 || n >= (DATA >> 12) + 4) continue;
            dword(TABLE_WINDOW + 4 * n, page(n));
            quad(TABLE_WINDOW_PAE + 8 * n, page(n));
        }
        for (int at = ROM; at != 0; at += 0x1000) {
            dword(TABLE_TOP + (at >>> 10 & 0xFFC), at | PRESENT);
            quad(TABLE_TOP_PAE + (at >>> 9 & 0xFF8), (at | PRESENT) & 0xFFFFFFFFL);
        }
    }
}
