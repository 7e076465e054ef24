package org.lkpk.bench.parts;

import java.util.HexFormat;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Segment;
import org.lkpk.api.cpu.testing.Ram;
import org.lkpk.cpu.X86Cpu;

/** A Pentium III with 16 MB and nothing else, in flat protected mode with paging, each page being where it is. */
class Rig extends Ram implements Board {
    static final int CODE = 0x100000, DATA = 0x400000, STACK = 0x80000;
    private static final int MEGABYTES = 16, DIRECTORY = 0x1000, TABLES = 0x2000;
    private static final int PRESENT_WRITABLE_USER = 7;
    private static final int CR0_PE = 1, CR0_PG = 0x80000000;

    final X86Cpu cpu = new X86Cpu("0");

    Rig() {
        super(MEGABYTES << 20);
        for (int page = 0; page < MEGABYTES << 8; page++)
            store(TABLES + 4 * page, 4, page << 12 | PRESENT_WRITABLE_USER);
        for (int table = 0; table < MEGABYTES / 4; table++)
            store(DIRECTORY + 4 * table, 4, TABLES + (table << 12) | PRESENT_WRITABLE_USER);
        cpu.plug(this, Profile.PENTIUM3);
        cpu.segment("cs", new Segment(0x08, 0, -1, 0xC09B));
        for (String name : new String[] {"ss", "ds", "es"}) cpu.segment(name, new Segment(0x10, 0, -1, 0xC093));
        cpu.register("cr3", DIRECTORY);
        cpu.register("cr0", CR0_PG | CR0_PE);
        cpu.register("esp", STACK);
    }

    /** A processor at the first of these instructions. */
    static Rig with(String hex) {
        Rig rig = new Rig();
        rig.code(CODE, hex);
        rig.cpu.register("eip", CODE);
        return rig;
    }

    void code(int address, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        write(address, bytes, 0, bytes.length);
    }

    void run(int instructions) {
        cpu.run(cpu.instructions() + instructions);
    }

    @Override
    public Memory memory() {
        return this;
    }

    @Override
    public int in(int port, int size) {
        return -1;
    }

    @Override
    public void out(int port, int size, int value) { }

    @Override
    public int acknowledge() {
        return 0;
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
