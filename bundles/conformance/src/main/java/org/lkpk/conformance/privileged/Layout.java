package org.lkpk.conformance.privileged;

/** Where everything lies: addresses, physical and linear alike but for the window, and selectors. */
final class Layout {
    /** What a case may change; compared with {@link #REFERENCE} in its end, and made anew from {@link #PRISTINE} for the next. */
    static final int AREA = 0x10000, AREA_SIZE = 0x20000, REFERENCE = 0x40000, PRISTINE = 0x60000;

    static final int CODE = 0x10000, LANDING = 0x12000, LANDING16 = 0x13000, CODE_END = 0x14000;
    static final int DATA = 0x14000, STACK3 = 0x18F00, STACK1 = 0x19F00, STACK2 = 0x1AF00, STACK0 = 0x1BF00;
    static final int GDT = 0x20000, GDT_LIMIT = 0x1FF, LDT = 0x20800, LDT_LIMIT = 0x7F, IDT = 0x21000, IDT_LIMIT = 0x7FF;
    static final int TASKS = 0x22000, TASK_SIZE = 0x400, BITMAP = 0x90;
    static final int DIRECTORY = 0x24000, TABLE_LOW = 0x25000, TABLE_TOP = 0x26000, TABLE_WINDOW = 0x29000;
    static final int POINTERS = 0x2A000, DIRECTORY_LOW = 0x2B000, DIRECTORY_TOP = 0x2C000, TABLE_LOW_PAE = 0x2D000,
            TABLE_WINDOW_PAE = 0x2E000, TABLE_TOP_PAE = 0x2F000;
    /** Behind the area: what the harness remembers. */
    static final int VARIABLES = 0x30000, HARNESS_STACK = 0x33000, FAULT_STACK = 0x1CF00, MAPPED = 0x35000;
    /** The data once more, through a directory entry and page table entries of their own. */
    static final int WINDOW = 0x400000;

    /** A case's instructions begin at multiples of this, and so a handler knows where the next one is. */
    static final int SLOT = 64;

    static final int ROM_SIZE = 0x80000, ROM = -ROM_SIZE;

    // Selectors
    static final int KERNEL_CODE = 0x08, KERNEL_DATA = 0x10, USER_CODE = 0x1B, USER_DATA = 0x23, CODE1 = 0x29, DATA1 = 0x31,
            CODE2 = 0x3A, DATA2 = 0x42, KERNEL_CODE16 = 0x48, USER_CODE16 = 0x53, KERNEL_DATA16 = 0x58, USER_DATA16 = 0x63;
    static final int CONFORMING0 = 0x68, CONFORMING3 = 0x73, TABLE = 0x78, TASK0 = 0x80, TASK_FAULT = 0xA8;
    static final int GATE_USER = 0xB0, GATE_INNER = 0xB8, GATE16 = 0xC0, TASK_GATE = 0xC8, GATE_CONFORMING = 0xD0, GATE_LEVEL1 = 0xD8,
            GATE_LEVEL2 = 0xE0;
    static final int HANDLERS16 = 0x100, DOWN = 0x108, READ_ONLY = 0x110, EXECUTE_ONLY = 0x118, ABSENT_DATA = 0x120, ABSENT_CODE = 0x128,
            SHORT_DATA = 0x130, SHORT_CODE = 0x138, LANDING_CODE0 = 0x140, LANDING_CODE3 = 0x14B, RANDOM = 0x150;
    /** Tasks: the one that a case begins in, others, and that of double faults. */
    static final int TASK_USER = 0x88, TASK_KERNEL = 0x90, TASK16 = 0x98, TASK_V86 = 0xA0;

    /** Vectors of INT n that say where code has come to; the last ends the case. */
    static final int LANDED = 0xE0, RETURNED = 0xE1, END = 0xFE;

    /** Other variables. */
    static final int NEXT = VARIABLES + 0x80, COUNT = NEXT + 4, LAST = NEXT + 8, NARROW = NEXT + 12, SCRATCH = NEXT + 16;
    /** Where a case says what to begin with. */
    static final int START = VARIABLES + 0x100;

    private Layout() { }
}
