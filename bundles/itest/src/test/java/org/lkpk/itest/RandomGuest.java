package org.lkpk.itest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.lkpk.api.bus.Alarm;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Segment;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.Firmware;
import org.lkpk.api.machine.Machine;

/**
 * Firmware that loads no kernel but random bytes, and sets the CPU up in a random mode to execute them. A case ends when
 * its instruction budget is used up, at the guest's reset or with the machine; then comes the next one. The cards keep
 * what the cases before did to them. On the machine's thread.
 *
 * <p>Memory: page tables at 1000h (a directory, a PAE pointer table), GDT at 4000h, IDT at 5000h, TSS at 6000h, start-up
 * code at 7000h, random code from 8000h on.
 */
final class RandomGuest implements Firmware {
    private static final int DIRECTORY = 0x1000, POINTERS = 0x3000, GDT = 0x4000, IDT = 0x5000, TSS = 0x6000, START = 0x7000,
            CODE = 0x8000, CODE_SIZE = 0x4000;
    /** GDT: code and data of ring 0 and 3 with 32 bits, the same with 16, a TSS; the rest is random. */
    private static final int CODE32 = 0x08, DATA32 = 0x10, USER_CODE32 = 0x1B, USER_DATA32 = 0x23, CODE16 = 0x28, DATA16 = 0x30,
            TASK = 0x38, GDT_ENTRIES = 64;
    private static final int BUDGET = 20_000;
    private static final int VM = 0x20000, IF = 0x200;
    private static final int CR0_PE = 1, CR0_PG = 0x80000000, CR0_FREE = 0x0005003E, CR4_PSE = 0x10, CR4_PAE = 0x20,
            CR4_FREE = 0xFF;

    /** What makes more happen than chance would: prefixes, ports, strings, system instructions, far transfers, FPU. */
    private static final int[] SPICE = {0x0F, 0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x2E, 0x36, 0x64, 0xE4, 0xE5, 0xE6, 0xE7, 0xEC, 0xED,
        0xEE, 0xEF, 0x6C, 0x6D, 0x6E, 0x6F, 0xA4, 0xA5, 0xAA, 0xAB, 0xA6, 0xA7, 0xAE, 0xCD, 0xCF, 0xCB, 0xEA, 0x9A, 0xFF, 0x8E,
        0x8C, 0xFB, 0xFA, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0x9B, 0xC8, 0xC4, 0x62, 0x63};
    /** Second bytes after 0Fh: descriptor tables, control and debug registers, MSRs, TSC, CPUID, CMPXCHG8B, SYSENTER. */
    private static final int[] SYSTEM = {0x00, 0x01, 0x02, 0x03, 0x06, 0x08, 0x09, 0x20, 0x21, 0x22, 0x23, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35,
        0xA2, 0xA4, 0xAC, 0xAE, 0xB0, 0xB1, 0xC0, 0xC1, 0xC7};
    /** First ports and numbers of ports where something is. */
    private static final int[] PORTS = {0x00, 16, 0x20, 2, 0x40, 4, 0x60, 6, 0x70, 2, 0x80, 16, 0x92, 1, 0xA0, 2, 0xC0, 32,
        0xE9, 1, 0xF0, 16, 0x2F8, 8, 0x3F8, 8, 0xCF8, 8};
    /** Physical addresses where memory ends or is of another kind. */
    private static final int[] PLACES = {0x9FFF0, 0xA0000, 0xB8000, 0xC0000, 0xD0000, 0xE0000, 0xF0000, 0xFFFF0, 0xFFFFE, 0x100000,
        0xFFFFFE, 0x1000000, 0xFEC00000, 0xFEE00000, 0xFFFFFFF0, 0xFFFFFFFE};

    private final Random random;
    private final byte[] content = new byte[CODE_SIZE];
    private Alarm end;
    private Machine machine;
    private Cpu cpu;
    private volatile long cases;

    RandomGuest(long seed) {
        random = new Random(seed);
    }

    /** How many have been begun; any thread. */
    long cases() {
        return cases;
    }

    @Override
    public void load(Machine machine, Boot boot) {
        this.machine = machine;
        cpu = machine.cpus().get(0);
        begin();
    }

    private void begin() {
        cases++;
        if (end != null) end.cancel();
        end = machine.clock().after(BUDGET, this::begin);
        cpu.reset();
        tables();
        code(CODE);
        if (random.nextInt(4) == 0) code(random.nextInt(0x100) << 12);
        for (String name : new String[] {"eax", "ebx", "ecx", "edx", "esi", "edi", "ebp"}) cpu.register(name, number());
        cpu.register("esp", random.nextInt(4) == 0 ? number() : 0x2000 + random.nextInt(0x20000));
        switch (random.nextInt(3)) {
            case 0 -> real();
            case 1 -> start(CODE32, 0xC09B);
            default -> segments();
        }
    }

    /** Real mode, anywhere. */
    private void real() {
        for (String name : new String[] {"ds", "es", "ss", "fs", "gs"}) realSegment(name, random.nextInt(0x10000));
        realSegment("cs", CODE >> 4);
        cpu.register("eip", random.nextInt(64));
        cpu.register("eflags", random.nextInt() & 0x7FD7);
    }

    private void realSegment(String name, int selector) {
        cpu.segment(name, new Segment(selector, selector << 4, 0xFFFF, 0x93));
    }

    /** Protected mode with segments as no descriptor table would have them. */
    private void segments() {
        cpu.register("cr0", CR0_PE | random.nextInt() & CR0_FREE);
        for (String name : new String[] {"ds", "es", "ss", "fs", "gs"}) {
            int limit = random.nextBoolean() ? -1 : random.nextInt() >>> random.nextInt(32);
            cpu.segment(name, new Segment(random.nextInt(0x10000), number() & 0xFFFFFF, limit, 0x93 | random.nextInt(16) << 12 | random.nextInt(8)));
        }
        cpu.segment("cs", new Segment(CODE32, CODE, 0xFFFF, random.nextBoolean() ? 0x409B : 0x9B));
        cpu.register("eip", random.nextInt(64));
        cpu.register("gdtr.base", GDT);
        cpu.register("gdtr.limit", random.nextInt(0x10000));
        cpu.register("idtr.base", IDT);
        cpu.register("idtr.limit", random.nextBoolean() ? 0x7FF : random.nextInt(0x10000));
        cpu.register("eflags", random.nextInt() & 0x7FD7);
    }

    /** Ring 0 with flat segments, where guest code takes the last steps: control registers, task, then IRET anywhere. */
    private void start(int selector, int access) {
        cpu.register("cr0", CR0_PE | 0x10);
        cpu.segment("cs", new Segment(selector, 0, -1, access));
        for (String name : new String[] {"ds", "es", "ss", "fs", "gs"}) cpu.segment(name, new Segment(DATA32, 0, -1, 0xC093));
        cpu.register("gdtr.base", GDT);
        cpu.register("gdtr.limit", GDT_ENTRIES * 8 - 1);
        cpu.register("idtr.base", IDT);
        cpu.register("idtr.limit", 0x7FF);
        cpu.register("eip", START);
        ByteBuffer code = buffer(256);
        if (random.nextInt(8) > 0) code.put(bytes(0x66, 0xB8)).putShort((short) TASK).put(bytes(0x0F, 0x00, 0xD8)); // ltr
        if (random.nextBoolean()) page(code);
        if (random.nextInt(3) == 0) poke(code);
        leave(code);
        store(START, code);
    }

    private void page(ByteBuffer code) {
        int cr4 = random.nextInt() & CR4_FREE;
        control(code, 4, cr4);
        control(code, 3, (cr4 & CR4_PAE) != 0 ? POINTERS : DIRECTORY);
        control(code, 0, CR0_PE | CR0_PG | random.nextInt() & CR0_FREE);
    }

    /** MOV EAX, value; MOV CRn, EAX. */
    private static void control(ByteBuffer code, int register, int value) {
        code.put((byte) 0xB8).putInt(value).put(bytes(0x0F, 0x22, 0xC0 | register << 3));
    }

    /** A few accesses to ports and to memory of all kinds. */
    private void poke(ByteBuffer code) {
        for (int i = random.nextInt(8); i >= 0; i--) {
            boolean memory = random.nextInt(3) == 0;
            code.put((byte) 0xB8).putInt(random.nextInt());
            code.put((byte) (memory ? 0xBB : 0xBA)).putInt(memory ? place() : port());
            if (random.nextBoolean()) code.put((byte) 0x66);
            if (memory) code.put(bytes(random.nextBoolean() ? 0x89 : 0x8B, 0x03)); // mov [ebx], eax or back
            else code.put((byte) (0xEC + random.nextInt(4)));
        }
    }

    /** IRET to ring 0 or 3, 16 or 32 bits, or to virtual-8086 mode. */
    private void leave(ByteBuffer code) {
        int flags = random.nextInt() & 0x7FD5 | 2;
        int target = random.nextInt(5);
        if (target == 4) {
            for (int i = 0; i < 4; i++) push(code, random.nextInt(0x10000)); // gs fs ds es
            push(code, random.nextInt(0x10000));
            push(code, random.nextInt(0x10000));
            push(code, flags | VM | IF);
            push(code, CODE >> 4);
        } else {
            int selector = new int[] {CODE32, USER_CODE32, CODE16, random.nextInt(GDT_ENTRIES * 8)}[target];
            if (target == 1) {
                push(code, USER_DATA32);
                push(code, 0x20000);
            }
            push(code, flags);
            push(code, selector);
        }
        push(code, target == 4 ? random.nextInt(64) : CODE + random.nextInt(64));
        code.put((byte) 0xCF);
    }

    private static void push(ByteBuffer code, int value) {
        code.put((byte) 0x68).putInt(value);
    }

    private void tables() {
        ByteBuffer gdt = buffer(GDT_ENTRIES * 8);
        gdt.putLong(0).putLong(0x00CF9B000000FFFFL).putLong(0x00CF93000000FFFFL).putLong(0x00CFFB000000FFFFL)
                .putLong(0x00CFF3000000FFFFL).putLong(0x00009B000000FFFFL).putLong(0x000093000000FFFFL)
                .putLong(0x0000890000000067L | (long) TSS << 16);
        while (gdt.hasRemaining()) gdt.putLong(descriptor());
        store(GDT, gdt);
        ByteBuffer idt = buffer(256 * 8);
        boolean sane = random.nextBoolean();
        for (int i = 0; i < 256; i++) idt.putLong(sane || random.nextInt(4) > 0 ? gate() : descriptor());
        store(IDT, idt);
        ByteBuffer tss = buffer(104);
        while (tss.hasRemaining()) tss.putInt(number());
        tss.putInt(4, 0x30000).putInt(8, DATA32);
        store(TSS, tss);
        pages();
    }

    private void pages() {
        ByteBuffer directory = buffer(4096);
        for (int i = 0; i < 1024; i++)
            directory.putInt(i < 4 ? i << 22 | 0x80 | random.nextInt(8) | (random.nextInt(8) > 0 ? 7 : 0) : random.nextInt() >>> random.nextInt(32));
        store(DIRECTORY, directory);
        ByteBuffer pointers = buffer(32);
        for (int i = 0; i < 4; i++) pointers.putLong(i == 0 ? DIRECTORY | 1 : random.nextLong() & 0xFFFF_F001L);
        store(POINTERS, pointers);
    }

    /** An interrupt or trap gate to random code. */
    private long gate() {
        int type = new int[] {0x8E, 0x8F, 0xEE, 0xEF, 0x86, 0x87}[random.nextInt(6)];
        long offset = CODE + random.nextInt(CODE_SIZE);
        return offset & 0xFFFF | (long) CODE32 << 16 | (long) type << 40 | offset >> 16 << 48;
    }

    /** A present descriptor of any type; now and then nothing sensible. */
    private long descriptor() {
        if (random.nextInt(4) == 0) return random.nextLong();
        long base = CODE + random.nextInt(CODE_SIZE);
        return random.nextInt(0x10000) | base << 16 | (long) (0x80 | random.nextInt(128)) << 40 | (long) random.nextInt(16) << 52;
    }

    /** Random bytes, seasoned or not. */
    private void code(int address) {
        random.nextBytes(content);
        int spice = random.nextInt(4);
        for (int i = 0; spice > 0 && i < content.length - 1; i += 1 + random.nextInt(4 * spice)) {
            content[i] = (byte) SPICE[random.nextInt(SPICE.length)];
            if (content[i] == 0x0F && random.nextBoolean()) content[i + 1] = (byte) SYSTEM[random.nextInt(SYSTEM.length)];
        }
        machine.memory().write(address, content, 0, content.length);
    }

    private int number() {
        return switch (random.nextInt(4)) {
            case 0 -> place();
            case 1 -> port();
            case 2 -> random.nextInt(0x100000);
            default -> random.nextInt();
        };
    }

    private int port() {
        int i = random.nextInt(PORTS.length / 2) * 2;
        return random.nextInt(4) == 0 ? random.nextInt(0x10000) : PORTS[i] + random.nextInt(PORTS[i + 1]);
    }

    private int place() {
        return PLACES[random.nextInt(PLACES.length)] + (random.nextBoolean() ? random.nextInt(0x1000) : 0);
    }

    private void store(int address, ByteBuffer content) {
        machine.memory().write(address, content.array(), 0, content.capacity());
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
        return bytes;
    }
}
