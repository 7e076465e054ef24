package org.lkpk.cpu.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encodes instructions of x86-64 (SDM vol. 2, chapter 2). Registers are their numbers, RAX = 0 to R15 = 15; in an operand of
 * 8 bits 4 to 7 are AH to BH, which may not stand beside one above 7. An opcode is that for operands of 32 bits,
 * {@code 0x0Fnn} for two bytes; for 8 bits its lowest bit is cleared. Belongs to one thread.
 */
public final class Assembler {
    public static final int RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7, R8 = 8, R9 = 9, R10 = 10,
            R11 = 11, R12 = 12, R13 = 13, R14 = 14, R15 = 15;
    /** No base, or no index. */
    public static final int NONE = -1;

    /** Arithmetic, as bits 3 to 5 of an opcode name it, and a ModRM byte before a constant. */
    public static final int ADD = 0, OR = 1, ADC = 2, SBB = 3, AND = 4, SUB = 5, XOR = 6, CMP = 7;
    /** Shifts, as a ModRM byte names them. */
    public static final int ROL = 0, ROR = 1, SHL = 4, SHR = 5, SAR = 7;
    /** Opcodes that write rm, or test it; and that read it. */
    public static final int STORE = 0x89, TEST = 0x85, XCHG = 0x87, LOAD = 0x8B, LEA = 0x8D;
    /** Conditions, as the low half of an opcode names them. */
    public static final int B = 2, AE = 3, E = 4, NE = 5, A = 7, G = 15;

    /** Memory at {@code base + (index << scale) + displacement}. */
    public record Address(int base, int index, int scale, int displacement) {
        public Address(int base, int displacement) {
            this(base, NONE, 0, displacement);
        }
    }

    /** A place in the code, once that is known. */
    public static final class Label {
        private int at = -1;
        private final List<Integer> from = new ArrayList<>(2);

        public int at() {
            return at;
        }
    }

    /** Four bytes of the code that are to hold the distance to a routine that lies elsewhere. */
    public record Far(int at, int routine) { }

    private final List<Far> far = new ArrayList<>();
    private byte[] code = new byte[4096];
    private int size;

    /** Bytes so far. */
    public int size() {
        return size;
    }

    public byte[] code() {
        return Arrays.copyOf(code, size);
    }

    /** Where routines are jumped to or called. */
    public List<Far> far() {
        return far;
    }

    // Instructions

    /** One with two registers, or with an extension of its opcode in place of {@code reg}. */
    public void op(int bits, int opcode, int reg, int rm) {
        prefixes(bits, reg, 0, rm);
        opcode(bits, opcode);
        register(reg, rm);
    }

    public void op(int bits, int opcode, int reg, Address a) {
        prefixes(bits, reg, a.index, a.base);
        opcode(bits, opcode);
        memory(reg, a);
    }

    /** The opcode of arithmetic that writes rm; 2 more, and it writes reg. */
    public static int opcode(int arithmetic) {
        return arithmetic << 3 | 1;
    }

    /** Arithmetic with a constant. */
    public void constant(int bits, int arithmetic, int rm, int value) {
        prefixes(bits, 0, 0, rm);
        opcode(bits, grouped(bits, value));
        register(arithmetic, rm);
        value(bits, value, true);
    }

    public void constant(int bits, int arithmetic, Address a, int value) {
        prefixes(bits, 0, a.index, a.base);
        opcode(bits, grouped(bits, value));
        memory(arithmetic, a);
        value(bits, value, true);
    }

    private static int grouped(int bits, int value) {
        return bits != 8 && value == (byte) value ? 0x83 : 0x81;
    }

    /** TEST, MOV, IMUL, SHLD and the like, whose opcode is one of its own with a constant of {@code width} bits behind the operands. */
    public void followed(int bits, int opcode, int reg, int rm, int width, int value) {
        op(bits, opcode, reg, rm);
        value(width, value, false);
    }

    public void followed(int bits, int opcode, int reg, Address a, int width, int value) {
        op(bits, opcode, reg, a);
        value(width, value, false);
    }

    /** Shifts 32 bits by a constant. */
    public void shift(int how, int rm, int by) {
        followed(32, 0xC1, how, rm, 8, by);
    }

    /** Moves a constant into all 64 bits of a register, unsigned. */
    public void move(int reg, int value) {
        prefixes(32, 0, 0, reg);
        put(0xB8 | reg & 7);
        value(32, value, false);
    }

    /** Moves a constant of 64 bits into a register. */
    public void move(int reg, long value) {
        prefixes(64, 0, 0, reg);
        put(0xB8 | reg & 7);
        value(32, (int) value, false);
        value(32, (int) (value >>> 32), false);
    }

    /** The address of a place before, wherever the code comes to lie. */
    public void address(int reg, int place) {
        prefixes(64, reg, 0, 0);
        bytes(0x8D, (reg & 7) << 3 | 5);
        value(32, place - size - 4, false);
    }

    public void push(int reg) {
        prefixes(32, 0, 0, reg);
        put(0x50 | reg & 7);
    }

    public void pop(int reg) {
        prefixes(32, 0, 0, reg);
        put(0x58 | reg & 7);
    }

    /** Bytes as they are. */
    public void bytes(int... bytes) {
        for (int b : bytes) put(b);
    }

    // Jumps

    public void label(Label l) {
        l.at = size;
        for (int from : l.from) distance(from, size);
        l.from.clear();
    }

    public void jump(Label l) {
        put(0xE9);
        to(l);
    }

    public void jump(int condition, Label l) {
        bytes(0x0F, 0x80 | condition);
        to(l);
    }

    public void jump(int routine) {
        put(0xE9);
        far(routine);
    }

    public void call(int routine) {
        put(0xE8);
        far(routine);
    }

    public void call(Label l) {
        put(0xE8);
        to(l);
    }

    private void to(Label l) {
        int from = size;
        value(32, 0, false);
        if (l.at >= 0) distance(from, l.at);
        else l.from.add(from);
    }

    private void far(int routine) {
        far.add(new Far(size, routine));
        value(32, 0, false);
    }

    private void distance(int from, int to) {
        write(code, from, to - from - 4);
    }

    /** Writes four bytes. */
    static void write(byte[] code, int at, int value) {
        for (int n = 0; n < 4; n++) code[at + n] = (byte) (value >> 8 * n);
    }

    // Parts

    private void prefixes(int bits, int reg, int index, int rm) {
        if (bits == 16) put(0x66);
        int rex = (bits == 64 ? 8 : 0) | high(reg) << 2 | high(index) << 1 | high(rm);
        if (rex != 0) put(0x40 | rex);
    }

    private static int high(int reg) {
        return reg > 7 ? 1 : 0;
    }

    private void opcode(int bits, int opcode) {
        if (opcode > 0xFF) put(opcode >> 8);
        put(bits == 8 ? opcode & ~1 : opcode);
    }

    private void register(int reg, int rm) {
        put(0xC0 | (reg & 7) << 3 | rm & 7);
    }

    private void memory(int reg, Address a) {
        int middle = (reg & 7) << 3;
        boolean indexed = a.index != NONE || (a.base & 7) == RSP;
        boolean none = a.base == NONE;
        boolean narrow = a.displacement == (byte) a.displacement;
        int mod = none || a.displacement == 0 && (a.base & 7) != RBP ? 0 : narrow ? 0x40 : 0x80;
        if (none || indexed) {
            put(mod | middle | 4);
            put(a.scale << 6 | (a.index == NONE ? RSP : a.index & 7) << 3 | (none ? RBP : a.base & 7));
        } else put(mod | middle | a.base & 7);
        if (none || mod == 0x80) value(32, a.displacement, false);
        else if (mod == 0x40) put(a.displacement);
    }

    private void value(int bits, int value, boolean shortened) {
        int bytes = shortened && value == (byte) value ? 1 : Math.min(bits, 32) >> 3;
        for (int n = 0; n < bytes; n++) put(value >> 8 * n);
    }

    private void put(int b) {
        if (size == code.length) code = Arrays.copyOf(code, 2 * size);
        code[size++] = (byte) b;
    }
}
