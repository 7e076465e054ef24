package org.lkpk.conformance;

import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Segment;

/**
 * A processor with nothing but RAM, set up as an operating system does for a user program: paging with only the
 * program's code and data present to it, and a handler for each exception that stays where it is.
 */
final class Bench implements Board {
    private static final int GDT = 0x1000, IDT = 0x2000, TSS = 0x3000, HANDLERS = 0x4000, STACK_TOP = 0x6000;
    private static final int DIRECTORY = 0x8000, TABLES = 0x9000, CODE = 0x10000, DATA = 0x20000, SIZE = 0x40000;
    private static final int JMP = 0xEB;
    private static final int PRESENT = 1, WRITABLE = 2, USER = 4;
    private static final int CR0_PE = 1, CR0_WP = 0x10000, CR0_PG = 0x80000000;
    private static final int KERNEL_CODE = 0x08, KERNEL_DATA = 0x10;
    private static final int CODE_ACCESS = 0xC0FB, SMALL_CODE_ACCESS = 0xFB, DATA_ACCESS = 0xC0F3, BASED_ACCESS = 0x40F3,
            SMALL_STACK_ACCESS = 0xF3, TSS_BUSY = 0x8B;
    private static final int FLAT = 0, BASED = 1, SMALL_CODE = 3;
    private static final int PUSHES_ERROR = 0x27D00;
    private static final String[] GENERAL = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};

    private final BenchMemory memory = new BenchMemory(SIZE);
    private final int codeBase, codeSize, dataBase, dataSize;
    private int tables;
    final Cpu cpu;

    Bench(Cpu cpu, Profile profile, int codeBase, int codeSize, int dataBase, int dataSize) {
        this.cpu = cpu;
        this.codeBase = codeBase;
        this.codeSize = codeSize;
        this.dataBase = dataBase;
        this.dataSize = dataSize;
        map(0, 0, SIZE, 0);
        map(codeBase, CODE, codeSize, USER);
        map(dataBase, DATA, dataSize, USER);
        descriptor(KERNEL_CODE, 0x00CF9B00);
        descriptor(KERNEL_DATA, 0x00CF9300);
        for (int vector = 0; vector < 32; vector++) {
            memory.store(IDT + 8 * vector, 4, KERNEL_CODE << 16 | HANDLERS + 16 * vector);
            memory.store(IDT + 8 * vector + 4, 4, 0x8E00);
            memory.store(HANDLERS + 16 * vector, 2, JMP | 0xFE00); // to itself
        }
        memory.store(TSS + 4, 4, STACK_TOP);
        memory.store(TSS + 8, 4, KERNEL_DATA);
        memory.store(TSS + 0x66, 2, 0x68);
        cpu.plug(this, profile);
        cpu.segment("tr", new Segment(0x18, TSS, 0x67, TSS_BUSY));
        cpu.register("gdtr.base", GDT);
        cpu.register("gdtr.limit", 0x17);
        cpu.register("idtr.base", IDT);
        cpu.register("idtr.limit", 0xFF);
        cpu.register("cr3", DIRECTORY);
        cpu.register("cr0", CR0_PG | CR0_WP | CR0_PE);
    }

    private void map(int linear, int physical, int size, int user) {
        int table = TABLES + (tables++ << 12);
        memory.store(DIRECTORY + (linear >>> 22 << 2), 4, table | PRESENT | WRITABLE | USER);
        for (int at = 0; at < size; at += 0x1000)
            memory.store(table + (linear + at >>> 10 & 0xFFC), 4, physical + at | PRESENT | WRITABLE | user);
    }

    private void descriptor(int selector, int high) {
        memory.store(GDT + selector, 4, 0xFFFF);
        memory.store(GDT + selector + 4, 4, high);
    }

    /** Goes back to the program, with the segments of a recording's layout. */
    void segments(int layout) {
        Segment flat = new Segment(0x2B, 0, -1, DATA_ACCESS), based = new Segment(0x07, dataBase, dataSize - 1, BASED_ACCESS);
        Segment data = layout == FLAT ? flat : based;
        cpu.segment("cs", layout != SMALL_CODE ? new Segment(0x23, 0, -1, CODE_ACCESS)
                : new Segment(0x17, codeBase, codeSize - 1, SMALL_CODE_ACCESS));
        cpu.segment("ss", layout <= BASED ? data : new Segment(0x0F, dataBase, dataSize - 1, SMALL_STACK_ACCESS));
        cpu.segment("ds", data);
        cpu.segment("es", data);
        cpu.segment("fs", based);
        cpu.segment("gs", based);
    }

    /** Puts {@code code} in place, and a short jump by {@code distance} behind it. */
    void code(int offset, byte[] code, int distance) {
        memory.write(CODE + offset, code, 0, code.length);
        memory.store(CODE + offset + code.length, 2, JMP | (distance & 0xFF) << 8);
    }

    void data(int offset, byte[] bytes) {
        memory.write(DATA + offset, bytes, 0, bytes.length);
    }

    /** Where in {@link Memory#bytes} the data lie. */
    int dataIndex() {
        return DATA;
    }

    void general(int[] values) {
        for (int i = 0; i < 8; i++) cpu.register(GENERAL[i], values[i]);
    }

    int general(int register) {
        return (int) cpu.register(GENERAL[register]);
    }

    /** The vector of the handler that runs, or {@link Case#NONE}. */
    int vector() {
        int eip = (int) cpu.register("eip") - HANDLERS;
        return cpu.privilege() == 3 || eip < 0 || eip >= 512 ? Case.NONE : eip >> 4;
    }

    /** What the handler of {@code vector} finds on its stack: EIP, CS, EFLAGS, ESP, SS. */
    int pushed(int vector, int word) {
        int top = (int) cpu.register("esp") + ((PUSHES_ERROR >> vector & 1) != 0 ? 4 : 0);
        return memory.load(top + 4 * word, 4);
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public int in(int port, int size) {
        return -1 >>> 32 - 8 * size;
    }

    @Override
    public void out(int port, int size, int value) { }

    @Override
    public int acknowledge() {
        return 0xFF;
    }

    @Override
    public long ticks() {
        return cpu.instructions();
    }

    @Override
    public boolean a20() {
        return true;
    }
}
