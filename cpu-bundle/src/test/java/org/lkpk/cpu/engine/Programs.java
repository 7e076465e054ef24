package org.lkpk.cpu.engine;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.lkpk.cpu.protect.Bench;

/** Makes random programs of flat 32-bit code that never end: every fault and interrupt goes on with one of its instructions. */
final class Programs {
    static final int CODE = 0x10000, HANDLERS = 0x20000, DATA = 0x40000, STACK = 0x60000, DIRECTORY = 0x100000, TABLES = 0x101000;
    /** Where a table of places in the code lies. */
    private static final int PLACES = 0x50000;
    /** A data segment of less than 4 GB, so that its mode is not flat. */
    private static final int SMALL = Bench.FREE;
    /** One of all 4 GB that does not begin at 0, for FS and GS; and where it begins. */
    private static final int MOVED = Bench.FREE + 8 | 3, DISTANCE = 0x1000;
    /** A page of data that is not there. */
    private static final int MISSING = 0x44;
    /** The last page of RAM. */
    private static final int LAST = 0x7FF;

    private final Random random;
    private final List<byte[]> code = new ArrayList<>();
    /** Of each instruction: what it jumps to, or -1. */
    private final List<Integer> targets = new ArrayList<>();

    /** SSE's: mandatory prefix or 0, and opcode, of those with an XMM register and one or memory; and with an immediate. */
    private static final int[][] LANES = lanes(), WITH_IMMEDIATE = {{0, 0xC6}, {0x66, 0xC6}, {0x66, 0x70}, {0xF2, 0x70}, {0xF3, 0x70},
        {0, 0xC2}, {0x66, 0xC2}, {0xF2, 0xC2}, {0xF3, 0xC2}};

    /** How many of 100 instructions are x87's, and SSE's. */
    private final int numeric, simd;
    /** Whether it is for ring 3, where faults come on another stack: its own may lie anywhere then. */
    private final boolean user;

    Programs(Random random) {
        this(random, 0, 0, false);
    }

    Programs(Random random, int numeric, int simd, boolean user) {
        this.random = random;
        this.numeric = numeric;
        this.simd = simd;
        this.user = user;
    }

    private static int[][] lanes() {
        List<int[]> all = new ArrayList<>();
        for (int prefix : new int[] {0, 0x66, 0xF2, 0xF3}) {
            for (int opcode : new int[] {0x51, 0x58, 0x59, 0x5C, 0x5D, 0x5E, 0x5F}) // Arithmetic counts three times.
                for (int n = 0; n < 3; n++) all.add(new int[] {prefix, opcode});
            all.add(new int[] {prefix, 0x10});
            all.add(new int[] {prefix, 0x11});
            all.add(new int[] {prefix, 0x5A});
        }
        for (int prefix : new int[] {0, 0x66})
            for (int opcode : new int[] {0x14, 0x15, 0x28, 0x29, 0x2E, 0x2F, 0x54, 0x55, 0x56, 0x57, 0x12, 0x13, 0x16, 0x17, 0x5B})
                all.add(new int[] {prefix, opcode});
        for (int opcode = 0x60; opcode <= 0x6F; opcode++) all.add(new int[] {0x66, opcode});
        for (int opcode = 0xD1; opcode <= 0xFE; opcode++) if (opcode != 0xF0 && opcode != 0xF7) all.add(new int[] {0x66, opcode});
        for (int opcode : new int[] {0x74, 0x75, 0x76, 0x7E, 0x7F}) all.add(new int[] {0x66, opcode});
        for (int opcode : new int[] {0x2A, 0x2C, 0x2D}) for (int prefix : new int[] {0xF2, 0xF3}) all.add(new int[] {prefix, opcode});
        for (int opcode : new int[] {0x6F, 0x7F, 0x7E}) all.add(new int[] {0xF3, opcode});
        return all.toArray(new int[0][]);
    }

    /** A program and the registers it begins with. */
    record Program(byte[] bytes, int[] registers, int[] restarts, long[] numbers) {
        boolean absent(int page) {
            return page == MISSING;
        }

        /** Where a page lies: the data elsewhere than its address says, and before the page that is not there RAM ends. */
        int frame(int page) {
            return page == DATA >> 12 ? page + 8 : page == MISSING - 1 ? LAST : page;
        }

        /** @param user whether every fault and interrupt goes on in ring 3 */
        void load(Bench b, boolean user) {
            for (int i = 0; i < bytes.length; i++) b.store(CODE + i, 1, bytes[i]);
            for (int i = 0; i < numbers.length; i++) b.store64((frame(DATA >> 12) << 12) + 8 * i, numbers[i]);
            for (int i = 0; i < restarts.length; i++) b.store(PLACES + 4 * i, 4, CODE + restarts[i]);
            b.gdt(SMALL, Bench.descriptor(0, 0xFFFFFF, 0xC093));
            b.gdt(MOVED, Bench.descriptor(DISTANCE, -1, 0xC0F3));
            for (int vector = 0; vector < 64; vector++) {
                int at = HANDLERS + 32 * vector;
                b.store64(Bench.IDT + 8 * vector, Bench.gate(0x8E, Bench.CODE0, at, 0));
                int restart = CODE + restarts[vector % restarts.length];
                if (user) {
                    // PUSH DATA3; PUSH STACK; PUSH IF; PUSH CODE3; PUSH restart; MOV EBX,DATA; IRET
                    int[] handler = {0x6A, Bench.DATA3, 0x68, 0, 0, STACK >> 16, 0, 0x68, 2, 2, 0, 0, 0x6A, Bench.CODE3,
                        0x68, restart & 0xFF, restart >> 8 & 0xFF, restart >> 16, 0, 0xBB, 0, 0, DATA >> 16, 0, 0xCF};
                    for (int i = 0; i < handler.length; i++) b.store(at + i, 1, handler[i]);
                    continue;
                }
                // MOV ESP,STACK; STI; MOV EBX,DATA; JMP restart
                int[] handler = {0xBC, 0, 0, STACK >> 16, 0, 0xFB, 0xBB, 0, 0, DATA >> 16, 0, 0xE9};
                for (int i = 0; i < handler.length; i++) b.store(at + i, 1, handler[i]);
                b.store(at + handler.length, 4, restart - (at + handler.length + 4));
            }
        }
    }

    Program program() {
        int count = 30 + random.nextInt(120);
        for (int n = 0; n < count; n++) instruction(count);
        int[] at = new int[count + 1];
        for (int n = 0; n < count; n++) at[n + 1] = at[n] + code.get(n).length;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int n = 0; n < count; n++) {
            byte[] i = code.get(n);
            if (targets.get(n) >= 0) put(i, i.length - 4, at[targets.get(n)] - at[n + 1]);
            out.writeBytes(i);
        }
        out.writeBytes(new byte[] {(byte) 0xE9, 0, 0, 0, 0});
        byte[] bytes = out.toByteArray();
        put(bytes, bytes.length - 4, -bytes.length);
        int[] registers = random.ints(8).toArray();
        registers[3] = DATA;
        return new Program(bytes, registers, random.ints(8, 0, count).map(n -> at[n]).toArray(),
                random.longs(numeric + simd == 0 ? 0 : 40).map(this::number).toArray());
    }

    /** A double mostly, of about 1, else two singles, or anything. */
    private long number(long any) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> any;
            case 2 -> Double.doubleToRawLongBits(random.nextInt(10) - 5);
            case 3, 4 -> any & 0x83FFFFFF83FFFFFFL | 0x3C0000003C000000L;
            default -> any & 0x801FFFFFFFFFFFFFL | 0x3FE0000000000000L;
        };
    }

    private static void put(byte[] into, int at, int value) {
        for (int i = 0; i < 4; i++) into[at + i] = (byte) (value >> 8 * i);
    }

    private void instruction(int count) {
        int kind = random.nextInt(100);
        if (random.nextInt(100) < numeric) x87();
        else if (random.nextInt(100) < simd) sse();
        else if (random.nextInt(3) == 0) form();
        else if (kind < 14) jump(count);
        else if (kind < 18) call(count);
        else if (kind < 20) add(-1, 0xC3);
        else if (kind < 45) arithmetic();
        else if (kind < 58) shiftsAndSteps();
        else if (kind < 72) moves();
        else if (kind < 80) both();
        else if (kind < 88) stack();
        else if (kind < 90) changeCode();
        else if (kind < 96) endsBlock();
        else other();
    }

    /** One or a few of x87: mostly what leaves the stack as deep as it was, sometimes anything. */
    private void x87() {
        switch (random.nextInt(12)) {
            case 0 -> add(-1, 0xDB, 0xE3); // FNINIT
            case 1 -> add(-1, 0xD8 + random.nextInt(8), 0xC0 + random.nextInt(64));
            case 2 -> add(-1, prefixed(0xD8 + random.nextInt(8), memory(random.nextInt(4))));
            case 3 -> add(-1, prefixed(0xD9, memory(4 + random.nextInt(4)))); // FLDENV, FLDCW, FNSTENV, FNSTCW
            case 4 -> add(-1, prefixed(0xDD, memory(4 + 2 * random.nextInt(2)))); // FRSTOR, FNSAVE
            case 5 -> add(-1, 0xDF, 0xE0); // FNSTSW AX
            default -> {
                int loads = 1 + random.nextInt(3);
                for (int n = 0; n < loads; n++) push();
                for (int n = random.nextInt(5); n > 0; n--) compute();
                while (loads-- > 0) popped();
            }
        }
    }

    private void push() {
        switch (random.nextInt(6)) {
            case 0 -> add(-1, 0xD9, 0xC0 + random.nextInt(3));
            case 1 -> add(-1, 0xD9, 0xE8 + random.nextInt(7));
            case 2 -> add(-1, prefixed(0xD9, memory(0)));
            case 3 -> add(-1, prefixed(0xDB, memory(random.nextInt(2) * 5)));
            default -> add(-1, prefixed(0xDD, memory(0)));
        }
    }

    private void compute() {
        switch (random.nextInt(7)) {
            case 0 -> add(-1, prefixed(0xDC, memory(random.nextInt(8))));
            case 1 -> add(-1, prefixed(0xD8, memory(random.nextInt(8))));
            case 2 -> add(-1, 0xD9, 0xC8 + random.nextInt(4));
            case 3 -> add(-1, 0xD9, new int[] {0xE0, 0xE1, 0xE4, 0xFA, 0xFC}[random.nextInt(5)]);
            case 4 -> add(-1, 0xDB + random.nextInt(3), 0xE8 + random.nextInt(12));
            case 5 -> add(-1, 0xD8 + 4 * random.nextInt(2), 0xC0 + random.nextInt(8) * 8 + random.nextInt(3));
            default -> add(-1, prefixed(0xDD, memory(2)));
        }
    }

    private void popped() {
        switch (random.nextInt(5)) {
            case 0 -> add(-1, 0xDE, 0xC1 + new int[] {0, 8, 0x20, 0x28, 0x30, 0x38}[random.nextInt(6)]);
            case 1 -> add(-1, prefixed(0xD9, memory(3)));
            case 2 -> add(-1, prefixed(0xDB, memory(3 + 4 * random.nextInt(2))));
            case 3 -> add(-1, 0xDD, 0xD8 + random.nextInt(3));
            default -> add(-1, prefixed(0xDD, memory(3)));
        }
    }

    /** Of SSE: mostly arithmetic, and loads of fresh numbers, so that they stay moderate. */
    private void sse() {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> lane(0, 0x28, wide(random.nextInt(8)));
            case 3 -> lane(0, 0x29, wide(random.nextInt(8)));
            case 4 -> lane(new int[] {0xF3, 0xF2}[random.nextInt(2)], 0x10, wide(random.nextInt(8)));
            case 5 -> add(-1, 0x66, 0x0F, 0x71 + random.nextInt(3), 0xD0 + random.nextInt(4) * 8 + random.nextInt(8), random.nextInt(40));
            case 6, 7 -> {
                int[] which = WITH_IMMEDIATE[random.nextInt(WITH_IMMEDIATE.length)], rest = operand();
                int[] all = Arrays.copyOf(rest, rest.length + 1);
                all[rest.length] = random.nextInt(256);
                lane(which[0], which[1], all);
            }
            case 8 -> {
                if (random.nextInt(8) != 0) lane(new int[] {0, 0x66}[random.nextInt(2)], 0x50, 0xC0 | target() << 3 | random.nextInt(8));
                else control();
            }
            default -> {
                int[] which = LANES[random.nextInt(LANES.length)];
                // What a general register is the first operand of must leave EBX and ESP alone, and so must MOVD to one.
                boolean general = which[1] == 0x2C || which[1] == 0x2D || which[1] == 0xD7, to = which[1] == 0x7E && which[0] == 0x66;
                if (which[1] == 0xD7) lane(0x66, 0xD7, 0xC0 | target() << 3 | random.nextInt(8));
                else if (to && random.nextBoolean()) lane(0x66, 0x7E, 0xC0 | random.nextInt(8) << 3 | target());
                else if (to) lane(0x66, 0x7E, wide(random.nextInt(8)));
                else lane(which[0], which[1], general ? wide(target()) : operand());
            }
        }
    }

    /** PUSH, LDMXCSR [ESP], POP: mostly rounding to nearest, all masked, PE set. */
    private void control() {
        int[] values = {0x1FA0, 0x1FA0, 0x1FA0, 0x1FA0, 0x1F80, 0x3FA0, 0x5FA0, 0x7FA0, 0x9FC0, 0x1FE0, 0x0FA0, 0x1EA0, 0x1C20, 0};
        int value = values[random.nextInt(values.length)];
        add(-1, 0x68, value & 0xFF, value >> 8, 0, 0, 0x0F, 0xAE, 0x14, 0x24, 0x58 | target());
    }

    /** An XMM register with another or with memory. */
    private int[] operand() {
        return random.nextInt(3) == 0 ? wide(random.nextInt(8)) : new int[] {0xC0 | random.nextInt(64)};
    }

    /** ModRM and displacement of memory at EBX, mostly a multiple of 16. */
    private int[] wide(int reg) {
        int[] any = memory(reg);
        if (random.nextInt(12) != 0) any[1] &= 0xF0;
        return any;
    }

    private void lane(int prefix, int opcode, int... rest) {
        int head = prefix == 0 ? 2 : 3;
        int[] all = new int[head + rest.length];
        all[0] = prefix;
        all[head - 2] = 0x0F;
        all[head - 1] = opcode;
        System.arraycopy(rest, 0, all, head, rest.length);
        add(-1, all);
    }

    // Integer instructions in all their forms

    /** Which operands of a ModRM byte are written. */
    private enum Written { REGISTER, OTHER, BOTH, NONE }

    private static final List<Integer> PREFIXES = List.of(0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65);
    /** Whether the operand at hand has an address of 16 bits. */
    private boolean shortAddress;
    /** A constant as wide as the operands. */
    private static final int WORD_OR_MORE = -1;

    private void form() {
        int wide = random.nextInt(2), group = random.nextInt(8);
        switch (random.nextInt(28)) {
            case 0, 1 -> form(group << 3 | wide, wide, group == 7 ? Written.NONE : Written.OTHER, 0);
            case 2, 3 -> form(group << 3 | 2 | wide, wide, group == 7 ? Written.NONE : Written.REGISTER, 0);
            case 4 -> group(0x80, 0, group, Written.OTHER, 1);
            case 5 -> group(0x81, 1, group, Written.OTHER, WORD_OR_MORE);
            case 6 -> group(0x83, 1, group, Written.OTHER, 1);
            case 7 -> prefixed(group << 3 | 4 | wide, wide == 0 ? 1 : WORD_OR_MORE); // AL or EAX with a constant
            case 8 -> form(0x84 | wide, wide, Written.NONE, 0); // TEST
            case 9 -> group(0xF6 | wide, wide, 0, Written.NONE, wide == 0 ? 1 : WORD_OR_MORE);
            case 10 -> prefixed(0xA8 | wide, wide == 0 ? 1 : WORD_OR_MORE);
            case 11 -> form(0x86 | wide, wide, Written.BOTH, 0); // XCHG
            case 12 -> form(0x88 | wide, wide, Written.OTHER, 0); // MOV
            case 13 -> form(0x8A | wide, wide, Written.REGISTER, 0);
            case 14 -> group(0xC6 | wide, wide, 0, Written.OTHER, wide == 0 ? 1 : WORD_OR_MORE);
            case 15 -> offset(0xA0 | random.nextInt(4));
            case 16 -> extended(0xB6 | random.nextInt(2) << 3 | wide, wide, Written.REGISTER, 0); // MOVZX, MOVSX
            case 17 -> group(0xFE | wide, wide, random.nextInt(2), Written.OTHER, 0); // INC, DEC
            case 18 -> group(0xF6 | wide, wide, 2 + random.nextInt(6), Written.OTHER, 0); // NOT to IDIV
            case 19 -> group(0xC0 | wide, wide, group, Written.OTHER, 1);
            case 20 -> group(0xD0 | random.nextInt(2) << 1 | wide, wide, group, Written.OTHER, 0);
            case 21 -> bits();
            case 22 -> extended(0xAF, 1, Written.REGISTER, 0); // IMUL
            case 23 -> form(random.nextBoolean() ? 0x69 : 0x6B, 1, Written.REGISTER, WORD_OR_MORE);
            case 24 -> extended((random.nextBoolean() ? 0xC0 : 0xB0) | wide, wide, Written.BOTH, 0); // XADD, CMPXCHG
            case 25 -> conditional();
            case 26 -> stacked();
            default -> alone();
        }
    }

    private void bits() {
        switch (random.nextInt(5)) {
            case 0 -> extended(0xA4 | random.nextInt(2) << 3, 1, Written.OTHER, 1); // SHLD, SHRD
            case 1 -> extended(0xA5 | random.nextInt(2) << 3, 1, Written.OTHER, 0);
            case 2 -> encode(new int[] {0x0F, 0xBA}, 4 + random.nextInt(4), 1, Written.OTHER, 1); // BT to BTC
            case 3 -> extended(0xBC | random.nextInt(2), 1, Written.REGISTER, 0); // BSF, BSR
            default -> {
                int bit = target();
                if (random.nextInt(3) != 0) add(-1, 0x0F, 0xBE, 0xC0 | bit << 3 | bit & 3); // MOVSX: not too far.
                encode(new int[] {0x0F, 0xA3 | random.nextInt(4) << 3}, bit, 1, Written.OTHER, 0);
            }
        }
    }

    private void conditional() {
        if (random.nextBoolean()) extended(0x40 | random.nextInt(16), 1, Written.REGISTER, 0);
        else encode(new int[] {0x0F, 0x90 | random.nextInt(16)}, 0, 0, Written.OTHER, 0);
    }

    private void stacked() {
        switch (random.nextInt(8)) {
            case 0 -> group(0xFF, 1, 6, Written.NONE, 0);
            case 1 -> group(0x8F, 1, 0, Written.OTHER, 0);
            case 2 -> prefixed(0x50 | register(), 0);
            case 3 -> prefixed(0x58 | any(), 0);
            case 4 -> prefixed(0x68, WORD_OR_MORE);
            case 5 -> add(-1, 0x89, 0xE5, 0xC9); // MOV EBP,ESP; LEAVE
            case 6 -> add(-1, 0xC8, random.nextInt(32), 0, random.nextInt(3)); // ENTER
            default -> add(-1, 0xC2, random.nextInt(8) * 4, 0); // RET
        }
    }

    /** Those without operands, or with one that is a register. */
    private void alone() {
        switch (random.nextInt(12)) {
            case 0 -> prefixed(0x98 | random.nextInt(2), 0); // CBW, CWD
            case 1 -> add(-1, 0x66, 0x0F, 0xC8 | target()); // BSWAP
            case 2 -> add(-1, 0x0F, 0xC8 | target());
            case 3 -> prefixed(0x90 | any(), 0); // XCHG with EAX
            case 4 -> prefixed(0x40 | random.nextInt(2) << 3 | target(), 0); // INC, DEC
            case 5 -> prefixed(0xB8 | target(), WORD_OR_MORE);
            case 6 -> add(-1, 0xB0 | byteTarget(), random.nextInt(256));
            case 7 -> {
                int[] rest = addressed(target());
                add(-1, prefix(concat(0x8D, rest))); // LEA
            }
            case 8 -> add(-1, 0x67, 0x8D, 0x40 | target() << 3 | random.nextInt(8), random.nextInt(256)); // LEA
            case 9 -> add(-1, prefix(0x9C)); // PUSHF
            case 10 -> encode(new int[] {0x0F, 0xC7}, 1, 2, Written.NONE, 0); // CMPXCHG8B
            default -> add(-1, 0x0F, 0xB6 | random.nextInt(2) << 3, 0xC0 | any() << 3 | register()); // MOVZX, MOVSX
        }
    }

    /** A move between EAX and an offset. */
    private void offset(int opcode) {
        add(-1, prefix(opcode, random.nextInt(256), 0x10 * random.nextInt(2), DATA >> 16, 0));
    }

    private void form(int opcode, int wide, Written written, int immediate) {
        encode(new int[] {opcode}, registerFor(wide, written), wide, written, immediate);
    }

    private void extended(int opcode, int wide, Written written, int immediate) {
        boolean moves = (opcode & 0xF6) == 0xB6; // To a wide register, whatever the source.
        encode(new int[] {0x0F, opcode}, registerFor(moves ? 1 : wide, written), wide, written, immediate);
    }

    private void group(int opcode, int wide, int extension, Written written, int immediate) {
        encode(new int[] {opcode}, extension, wide, written, immediate);
    }

    private int registerFor(int wide, Written written) {
        if (written == Written.OTHER || written == Written.NONE) return register();
        return wide == 0 ? byteTarget() : any();
    }

    /** @param wide 0: bytes; 2: memory alone */
    private void encode(int[] opcode, int reg, int wide, Written written, int immediate) {
        int rm = written == Written.OTHER || written == Written.BOTH ? wide == 0 ? byteTarget() : any() : register();
        int[] operands = wide != 2 && random.nextInt(3) == 0 ? new int[] {0xC0 | reg << 3 | rm} : addressed(reg);
        for (int n = opcode.length - 1; n >= 0; n--) operands = concat(opcode[n], operands);
        add(-1, constant(prefix(operands), opcode[0] == 0x6B ? 1 : immediate));
    }

    private void prefixed(int opcode, int immediate) {
        add(-1, constant(prefix(opcode), immediate));
    }

    /** A random constant behind it, with the size of its operands if that is what it is to have. */
    private int[] constant(int[] instruction, int bytes) {
        int n = bytes != WORD_OR_MORE ? bytes : word(instruction) ? 2 : 4;
        int[] all = Arrays.copyOf(instruction, instruction.length + n);
        int value = random.nextInt(3) == 0 ? random.nextInt(5) - 2 : random.nextInt();
        for (int k = 0; k < n; k++) all[instruction.length + k] = value >> 8 * k & 0xFF;
        return all;
    }

    private static boolean word(int[] instruction) {
        for (int n = 0; n < instruction.length && n < 3; n++) {
            if (instruction[n] == 0x66) return true;
            if (instruction[n] != 0x67 && !PREFIXES.contains(instruction[n])) return false;
        }
        return false;
    }

    /** At times with prefixes for operands of 16 bits, and for a segment. */
    private int[] prefix(int... instruction) {
        int[] all = instruction;
        if (random.nextInt(5) == 0) all = concat(0x66, all);
        if (random.nextInt(8) == 0) all = concat(PREFIXES.get(random.nextInt(PREFIXES.size())), all);
        if (shortAddress) all = concat(0x67, all);
        shortAddress = false;
        return all;
    }

    /** ModRM, SIB and displacement of memory in any form; what they need in registers is put there by instructions before. */
    private int[] addressed(int reg) {
        int r = reg << 3, d = random.nextInt(0x60) - 0x10, index = target(), scale = random.nextInt(4) << 6;
        switch (random.nextInt(11)) {
            case 0 -> {
                return new int[] {0x43 | r, d & 0x7F};
            }
            case 1 -> {
                return new int[] {0x03 | r};
            }
            case 2 -> {
                return new int[] {0x05 | r, d & 0x7F, 0, DATA >> 16, 0};
            }
            case 3 -> {
                add(-1, 0x83, 0xE0 | index, 0x3F); // AND index,3F
                return new int[] {0x44 | r, scale | index << 3 | 3, d & 0x7F};
            }
            case 4 -> {
                add(-1, 0x83, 0xE0 | index, 0x3F);
                return new int[] {0x04 | r, scale | index << 3 | 5, d & 0x7F, 0, DATA >> 16, 0};
            }
            case 5 -> {
                add(-1, 0x89, 0xD8 | index); // MOV index,EBX
                return new int[] {0x40 | r | index, d & 0x7F};
            }
            case 6 -> {
                add(-1, 0x89, 0xD8 | index);
                return new int[] {0x44 | r, 0x20 | index, d & 0x7F};
            }
            case 7 -> {
                return new int[] {0x44 | r, 0x24, d & 0x7C}; // ESP
            }
            case 8 -> {
                shortAddress = true;
                return new int[] {0x47 | r, d & 0x7F}; // BX
            }
            default -> {
                return memory(reg);
            }
        }
    }

    private void jump(int count) {
        if (random.nextInt(5) == 0) add(random.nextInt(count), 0xE9, 0, 0, 0, 0);
        else add(random.nextInt(count), 0x0F, 0x80 | random.nextInt(16), 0, 0, 0, 0);
    }

    private void call(int count) {
        add(random.nextInt(count), 0xE8, 0, 0, 0, 0);
    }

    /** Any of the eight with a register or memory at EBX, in bytes, words or doublewords; EBX and ESP are never changed. */
    private void arithmetic() {
        int op = random.nextInt(8) << 3;
        switch (random.nextInt(5)) {
            case 0 -> add(-1, op | 1, 0xC0 | register() << 3 | target());
            case 1 -> add(-1, prefixed(op | 3, memory(target())));
            case 2 -> add(-1, prefixed(op | random.nextInt(2), memory(register())));
            case 3 -> add(-1, 0x83, 0xC0 | op | target(), random.nextInt(256));
            default -> add(-1, op | 2, 0xC0 | byteTarget() << 3 | register());
        }
    }

    private void shiftsAndSteps() {
        switch (random.nextInt(6)) {
            case 0 -> add(-1, 0xC1, 0xC0 | random.nextInt(8) << 3 | target(), random.nextInt(40));
            case 1 -> add(-1, 0xD3, 0xC0 | random.nextInt(8) << 3 | target());
            case 2 -> add(-1, 0xD0, 0xC0 | random.nextInt(8) << 3 | byteTarget());
            case 3 -> add(-1, 0x40 | random.nextInt(2) << 3 | target());
            case 4 -> add(-1, 0x0F, 0xAF, 0xC0 | target() << 3 | register());
            default -> add(-1, 0xF7, 0xC0 | (2 + random.nextInt(6)) << 3 | target());
        }
    }

    private void moves() {
        switch (random.nextInt(8)) {
            case 0 -> add(-1, 0x89, 0xC0 | register() << 3 | target());
            case 1 -> add(-1, prefixed(0x8B, memory(target())));
            case 2 -> add(-1, prefixed(0x88 | random.nextInt(2), memory(register())));
            case 3 -> add(-1, 0x0F, 0xB6 | random.nextInt(2) << 3 | random.nextInt(2), 0xC0 | target() << 3 | register());
            case 4 -> add(-1, 0x0F, 0x90 | random.nextInt(16), 0xC0 | byteTarget());
            case 5 -> add(-1, 0x0F, 0x40 | random.nextInt(16), 0xC0 | target() << 3 | register());
            case 6 -> add(-1, 0x8D, 0x44 | target() << 3, random.nextInt(4) << 6 | target() << 3 | register(), random.nextInt(256));
            default -> add(-1, 0xB8 | target(), random.nextInt(256), random.nextInt(256), 0, random.nextInt(256));
        }
    }

    /** What reads and writes an operand in memory, or two registers, or flags in its own way. */
    private void both() {
        switch (random.nextInt(16)) {
            case 0 -> add(-1, prefixed(0x87, memory(target()))); // XCHG
            case 1 -> add(-1, escaped(0xC1, memory(target()))); // XADD
            case 2 -> add(-1, escaped(0xB1, memory(register()))); // CMPXCHG
            case 3 -> add(-1, prefixed(0x8F, memory(0))); // POP
            case 4 -> add(-1, prefixed(0xFF, memory(random.nextInt(2)))); // INC, DEC
            case 5 -> add(-1, prefixed(0xD1 | 2 * random.nextInt(2), memory(random.nextInt(8)))); // shifts
            case 6 -> add(-1, prefixed(0xF7, memory(2 + random.nextInt(6)))); // NOT to IDIV
            case 7 -> add(-1, escaped(0xA5 | 8 * random.nextInt(2), memory(register()))); // SHLD, SHRD
            case 8 -> add(-1, 0x0F, 0xA3 | random.nextInt(4) << 3, 0xC0 | register() << 3 | target()); // BT to BTC
            case 9 -> add(-1, 0x0F, 0xBC | random.nextInt(2), 0xC0 | target() << 3 | register()); // BSF, BSR
            case 10 -> add(-1, 0x9E | random.nextInt(2)); // SAHF, LAHF
            case 11 -> add(-1, new int[] {0xF5, 0x27, 0x2F, 0x37, 0x3F, 0x98, 0x60, 0xFD, 0xFC}[random.nextInt(9)]);
            case 12 -> add(-1, 0xD4 | random.nextInt(2), random.nextInt(12)); // AAM, AAD
            case 13 -> add(-1, escaped(0x40 | random.nextInt(16), memory(target()))); // CMOV
            case 14 -> add(-1, escaped(0x90 | random.nextInt(16), memory(0))); // SET
            default -> add(-1, prefixed(0x64 | random.nextInt(2), concat(0x8B, memory(target())))); // FS, GS
        }
    }

    private int[] escaped(int opcode, int[] rest) {
        return prefixed(0x0F, concat(opcode, rest));
    }

    private static int[] concat(int first, int[] rest) {
        int[] all = new int[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    private void stack() {
        if (user && random.nextInt(4) == 0) {
            anywhere();
            return;
        }
        switch (random.nextInt(5)) {
            case 0, 1 -> add(-1, 0x50 | register());
            case 2 -> add(-1, 0x58 | target());
            case 3 -> add(-1, prefixed(0xFF, memory(6)));
            default -> add(-1, 0x6A, random.nextInt(256));
        }
    }

    /** What moves the stack: mostly to the edge of the page that is not there. */
    private void anywhere() {
        int at = random.nextInt(4) == 0 ? random.nextInt(64) - 32 : (MISSING + random.nextInt(2) << 12) + random.nextInt(64) - 32;
        switch (random.nextInt(7)) {
            case 0 -> add(-1, 0xBC, at, at >> 8, at >> 16, at >> 24); // MOV ESP,at
            case 1 -> add(-1, 0xBD, at, at >> 8, at >> 16, at >> 24, 0xC9); // MOV EBP,at; LEAVE
            case 2 -> add(-1, 0x5C); // POP ESP
            case 3 -> add(-1, 0xC8, random.nextInt(64), 0, random.nextInt(3)); // ENTER
            case 4 -> add(-1, 0x8F, 0x44, 0x24, random.nextInt(256)); // POP [ESP+d]
            case 5 -> add(-1, 0xC2, random.nextInt(32), 0); // RET
            default -> add(-1, 0x83, 0x0C, 0x24, random.nextInt(256), 0x87, 0x2C, 0x24); // OR [ESP],d; XCHG [ESP],EBP
        }
    }

    /** MOV BYTE or DWORD PTR [place in the code],value: mostly the operand of a MOV or a shift's count, sometimes anything. */
    private void changeCode() {
        int at = CODE + random.nextInt(400);
        add(-1, 0xC6, 0x05, at & 0xFF, at >> 8 & 0xFF, at >> 16 & 0xFF, 0, new int[] {0x90, 0x40, 0xF8, 0xF9, random.nextInt(256)}[random.nextInt(5)]);
    }

    private void other() {
        switch (random.nextInt(10)) {
            case 0 -> add(-1, 0xFB);
            case 1 -> add(-1, 0xFA);
            case 2 -> add(-1, 0xF8 | random.nextInt(2));
            case 3 -> add(-1, 0x9C);
            case 4 -> add(-1, 0x99);
            case 5 -> add(-1, 0x0F, 0x0B);
            case 6 -> add(-1, 0xA1, random.nextInt(256), 0x0F + random.nextInt(2) * 0x30, MISSING >> 4, 0);
            case 7 -> add(-1, 0xB9, random.nextInt(20), 0, 0, 0, 0xBF, 0, 0x10, DATA >> 16, 0, 0xF3, 0xAA);
            case 8 -> add(-1, 0x87, 0xC0 | target() << 3 | target());
            default -> add(-1, 0x0F, 0xBA, 0xE0 | register(), random.nextInt(32));
        }
    }

    /** What ends a block and mostly goes on with the next one, or chooses of many. */
    private void endsBlock() {
        switch (random.nextInt(12)) {
            case 0, 1 -> add(-1, chosen(0xFF, 0x24, 0x8D)); // JMP [ECX*4+PLACES]
            case 2 -> add(-1, chosen(0xFF, 0x14, 0x8D)); // CALL
            case 3 -> popFlags();
            case 4 -> loadSegment();
            case 5 -> add(-1, 0x6A, selector(), new int[] {0x07, 0x17, 0x1F}[random.nextInt(3)]); // POP ES, SS, DS
            case 6 -> add(-1, 0x0F, 0x31); // RDTSC
            case 7 -> add(-1, 0x0F, 0x20, 0xC0 | 2 * random.nextInt(2) << 3 | target()); // MOV r,CR0 or CR2
            case 8 -> add(-1, 0xB9, 1 + random.nextInt(20), 0, 0, 0, 0x83, 0xC0 | 5, 3, 0xE0 | random.nextInt(3), 0xFB); // ADD EBP,3; LOOP
            case 9 -> add(-1, 0xE3, 1, 0x40 | target()); // JECXZ over an INC
            case 10 -> string();
            default -> add(-1, 0xFB);
        }
    }

    /** AND ECX,7 and an instruction with an operand in memory, of the places. */
    private int[] chosen(int... instruction) {
        return new int[] {0x83, 0xE1, 7, instruction[0], instruction[1], instruction[2], 0, 0, PLACES >> 16, 0};
    }

    /** PUSH flags; POPF: rarely with TF, or AC. */
    private void popFlags() {
        int flags = random.nextInt(0x10000) & 0xED5 & (random.nextInt(3) == 0 ? -1 : ~0x400) | (random.nextInt(4) == 0 ? 0x100 : 0);
        int alignment = user && random.nextInt(3) == 0 ? 4 : 0;
        add(-1, 0x68, flags & 0xFF, flags >> 8, alignment, 0, 0x9D);
    }

    /** MOV AX,selector; MOV segment,AX. */
    private void loadSegment() {
        int segment = segment(), selector = segment >= 4 && random.nextInt(4) != 0 ? MOVED : selector();
        add(-1, 0x66, 0xB8, selector, 0, 0x8E, 0xC0 | segment << 3);
    }

    private int selector() {
        return random.nextInt(4) == 0 ? SMALL : Bench.DATA0;
    }

    /** ES, SS, DS, FS or GS. */
    private int segment() {
        return new int[] {0, 2, 3, 4, 5}[random.nextInt(5)];
    }

    /** Any of the string instructions on the data, with a few elements if it is repeated. */
    private void string() {
        int opcode = new int[] {0xA4, 0xA6, 0xAA, 0xAC, 0xAE}[random.nextInt(5)] | random.nextInt(2), repeat = random.nextInt(3);
        int[] all = {0xB9, random.nextInt(20), 0, 0, 0, 0xBE, random.nextInt(256), 0, DATA >> 16, 0,
            0xBF, random.nextInt(256), random.nextInt(2), DATA >> 16, 0, repeat == 0 ? 0x90 : 0xF1 + repeat, opcode};
        add(-1, all);
    }

    private int register() {
        return random.nextInt(8);
    }

    /** A register that may change: all but EBX and ESP. */
    private int target() {
        return new int[] {0, 1, 2, 5, 6, 7}[random.nextInt(6)];
    }

    /** That, or ESP where faults come on another stack. */
    private int any() {
        return user && random.nextInt(16) == 0 ? 4 : target();
    }

    /** AL CL DL AH CH DH. */
    private int byteTarget() {
        return new int[] {0, 1, 2, 4, 5, 6}[random.nextInt(6)];
    }

    /** ModRM and displacement of memory at EBX: mostly in the first page, rarely at the edge of the missing one. */
    private int[] memory(int reg) {
        int at = random.nextInt(12) == 0 ? 0x3FF0 + random.nextInt(20) : random.nextInt(64) * 4 + (random.nextInt(6) == 0 ? 1 : 0);
        return new int[] {0x83 | reg << 3, at & 0xFF, at >> 8, 0, 0};
    }

    private int[] prefixed(int opcode, int[] rest) {
        boolean word = random.nextInt(8) == 0;
        int[] all = new int[rest.length + (word ? 2 : 1)];
        if (word) all[0] = 0x66;
        all[word ? 1 : 0] = opcode;
        System.arraycopy(rest, 0, all, word ? 2 : 1, rest.length);
        return all;
    }

    private void add(int target, int... bytes) {
        byte[] b = new byte[bytes.length];
        for (int i = 0; i < b.length; i++) b[i] = (byte) bytes[i];
        code.add(b);
        targets.add(target);
    }
}
