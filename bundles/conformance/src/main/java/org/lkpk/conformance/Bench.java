package org.lkpk.conformance;

import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Segment;

/**
 * A processor with nothing but RAM, set up as Linux does for a program: paging with only the program's code and data
 * present to it, the segments that {@code execute.c} has, and a handler for each exception that stays where it is. What the
 * bench itself needs lies where that program lies on the host.
 */
final class Bench implements Board {
    static final int TF = 0x100, OWN = 0x5A000000, OWN_SIZE = 0x200000;
    private static final int GDT = 0x1000, LDT = 0x1800, IDT = 0x2000, TSS = 0x3000, HANDLERS = 0x4000, STACK_TOP = 0x6000;
    private static final int IMAGES = 0x6000, STUBS = 0x7000, OUT = 0x200, SAVE = 0x80;
    private static final int DIRECTORY = 0x8000, TABLES = 0x9000, DATA = 0x20000, CODE = DATA + Case.DATA_SIZE, SIZE = 0x40000;
    private static final int JMP_HERE = 0xFEEB, PRESENT = 1, WRITABLE = 2, USER = 4;
    private static final int CR0 = 0x80050033, CR4_OSFXSR = 0x200, CR4_OSXMMEXCPT = 0x400;
    private static final int KERNEL_CODE = 0x08, KERNEL_DATA = 0x18, USER_CODE = 0x23, USER_DATA = 0x2B, LONG_CODE = 0x30, TASK = 0x40, LOCAL = 0x50,
            PROCESSOR = 0x78;
    private static final int GDT_LIMIT = 0x7F, LDT_LIMIT = 0x47, WINDOW = 0x07, SMALL_DATA = 0x0F, SMALL_CODE = 0x17;
    private static final int CODE_ACCESS = 0xC0FB, SMALL_CODE_ACCESS = 0xFB, DATA_ACCESS = 0xC0F3, BASED_ACCESS = 0x40F3,
            SMALL_STACK_ACCESS = 0xF3, TSS_BUSY = 0x8B, LDT_ACCESS = 0x82, GATE = 0x8E00, USER_GATE = 0xEE00;
    private static final int BREAKPOINT = 3, OVERFLOW = 4, PUSHES_ERROR = 0x27D00;
    private static final int[][] LOCALS = {{Case.DATA, 0xFFFF, 0x40F3}, {Case.DATA, 0xFFFF, 0xF3}, {Case.CODE, Case.CODE_SIZE - 1, 0xFB},
        {Case.DATA, 0xFFFF, 0x40F1}, {Case.DATA, 0x7FFF, 0x40F7}, {0, 0xFFFFF, 0xC0F9}, {Case.DATA, 0xFFFF, 0x4073},
        {0, 0xFFFFF, 0xC07B}, {0, 0xFFFFF, 0xC0FB}};

    private static final Segment FLAT = new Segment(USER_DATA, 0, -1, DATA_ACCESS), BASED = new Segment(WINDOW, Case.DATA, 0xFFFF, BASED_ACCESS),
            SMALL = new Segment(SMALL_DATA, Case.DATA, 0xFFFF, SMALL_STACK_ACCESS), CODE32 = new Segment(USER_CODE, 0, -1, CODE_ACCESS),
            CODE16 = new Segment(SMALL_CODE, Case.CODE, Case.CODE_SIZE - 1, SMALL_CODE_ACCESS);

    private final BenchMemory memory = new BenchMemory(SIZE);
    private int tables;
    final Cpu cpu;

    Bench(Cpu cpu, Engine engine, Profile profile, byte[] background) {
        this.cpu = cpu;
        map(OWN, 0, DATA, 0);
        map(Case.CODE, CODE, Case.CODE_SIZE, USER);
        map(Case.DATA, DATA, Case.DATA_SIZE, USER);
        memory.store(TABLES + (STUBS >>> 10), 4, STUBS | PRESENT | WRITABLE | USER);
        memory.store(TABLES + (IMAGES >>> 10), 4, IMAGES | PRESENT | WRITABLE | USER);
        descriptors();
        gates();
        stub(STUBS, 0x0DAE0F, IMAGES);
        stub(STUBS + SAVE, 0x05AE0F, IMAGES + OUT);
        restore(0, background);
        cpu.plug(this, profile, engine);
        cpu.segment("tr", new Segment(TASK, OWN + TSS, 0x67, TSS_BUSY));
        cpu.segment("ldtr", new Segment(LOCAL, OWN + LDT, LDT_LIMIT, LDT_ACCESS));
        cpu.register("gdtr.base", OWN + GDT);
        cpu.register("gdtr.limit", GDT_LIMIT);
        cpu.register("idtr.base", OWN + IDT);
        cpu.register("idtr.limit", 0xFF);
        cpu.register("cr3", DIRECTORY);
        cpu.register("cr4", CR4_OSFXSR | CR4_OSXMMEXCPT);
        cpu.register("cr0", CR0);
    }

    private void map(int linear, int physical, int size, int user) {
        int table = TABLES + (tables++ << 12);
        memory.store(DIRECTORY + (linear >>> 22 << 2), 4, table | PRESENT | WRITABLE | USER);
        for (int at = 0; at < size; at += 0x1000)
            memory.store(table + (linear + at >>> 10 & 0xFFC), 4, physical + at | PRESENT | WRITABLE | user);
    }

    private void descriptors() {
        descriptor(GDT + KERNEL_CODE, 0, 0xFFFFF, 0xC09B);
        descriptor(GDT + 0x10, 0, 0xFFFFF, 0xA09B);
        descriptor(GDT + KERNEL_DATA, 0, 0xFFFFF, 0xC093);
        descriptor(GDT + (USER_CODE & ~3), 0, 0xFFFFF, CODE_ACCESS);
        descriptor(GDT + (USER_DATA & ~3), 0, 0xFFFFF, DATA_ACCESS);
        descriptor(GDT + LONG_CODE, 0, 0xFFFFF, 0xA0FB);
        descriptor(GDT + PROCESSOR, 0, 0, 0x40F5);
        descriptor(GDT + TASK, OWN + TSS, 0x67, TSS_BUSY);
        descriptor(GDT + LOCAL, OWN + LDT, LDT_LIMIT, LDT_ACCESS);
        for (int n = 0; n < LOCALS.length; n++) descriptor(LDT + 8 * n, LOCALS[n][0], LOCALS[n][1], LOCALS[n][2]);
        memory.store(TSS + 4, 4, OWN + STACK_TOP);
        memory.store(TSS + 8, 4, KERNEL_DATA);
        memory.store(TSS + 0x66, 2, 0x68);
    }

    private void descriptor(int at, int base, int limit, int access) {
        memory.store(at, 4, base << 16 | limit & 0xFFFF);
        memory.store(at + 4, 4, base & 0xFF000000 | limit & 0xF0000 | access << 8 | base >>> 16 & 0xFF);
    }

    private void gates() {
        for (int vector = 0; vector < 32; vector++) {
            int handler = OWN + HANDLERS + 16 * vector;
            memory.store(IDT + 8 * vector, 4, KERNEL_CODE << 16 | handler & 0xFFFF);
            memory.store(IDT + 8 * vector + 4, 4, handler & 0xFFFF0000 | (vector == BREAKPOINT || vector == OVERFLOW ? USER_GATE : GATE));
            memory.store(HANDLERS + 16 * vector, 2, JMP_HERE);
        }
    }

    /** FXRSTOR or FXSAVE, and then nothing. */
    private void stub(int at, int opcode, int image) {
        memory.store(at, 4, opcode);
        memory.store(at + 3, 4, OWN + image);
        memory.store(at + 7, 2, JMP_HERE);
    }

    /** Goes back to the program, with the segments of a case. */
    void segments(int layout) {
        Segment data = layout == Case.FLAT ? FLAT : BASED;
        cpu.segment("cs", layout == Case.SMALL_CODE ? CODE16 : CODE32);
        cpu.segment("ss", layout < Case.SMALL_STACK ? data : SMALL);
        cpu.segment("ds", data);
        cpu.segment("es", data);
        cpu.segment("fs", BASED);
        cpu.segment("gs", BASED);
    }

    void code(int offset, byte[] code) {
        memory.write(CODE + offset, code, 0, code.length);
    }

    /** Writes to the data, and to the code behind them. */
    void restore(int offset, byte[] bytes) {
        memory.write(DATA + offset, bytes, 0, bytes.length);
    }

    /** Where in {@link Memory#bytes} the data lie, the code following them. */
    int index() {
        return DATA;
    }

    int general(int register) {
        return (int) cpu.register(Outcome.NAMES[register]);
    }

    void image(Image image) {
        System.arraycopy(image.bytes, 0, memory.bytes(), IMAGES, Image.SIZE);
        cpu.register("eip", OWN + STUBS);
        cpu.run(cpu.instructions() + 1);
    }

    /** What the case has left. */
    Image image() {
        cpu.register("eip", OWN + STUBS + SAVE);
        cpu.run(cpu.instructions() + 1);
        return new Image(java.util.Arrays.copyOfRange(memory.bytes(), IMAGES + OUT, IMAGES + OUT + Image.SIZE));
    }

    /** The vector of the handler that runs, or {@link Outcome#NONE}. */
    int vector() {
        int eip = (int) cpu.register("eip") - OWN - HANDLERS;
        return cpu.privilege() == 3 || eip < 0 || eip >= 512 ? Outcome.NONE : eip >> 4;
    }

    static boolean pushesError(int vector) {
        return (PUSHES_ERROR >> vector & 1) != 0;
    }

    /** What the handler of {@code vector} finds on its stack: EIP, CS, EFLAGS, ESP, SS; -1 is the error code. */
    int pushed(int vector, int word) {
        int top = (int) cpu.register("esp") - OWN + (pushesError(vector) ? 4 : 0);
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
