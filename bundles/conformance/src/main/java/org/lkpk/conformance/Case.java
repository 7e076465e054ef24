package org.lkpk.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What a processor is given to do: the state before, and code. Registers stand in the order of their encoding. */
final class Case {
    /** Where code and data lie, in the host's program as in our processor's; {@code execute.c} says the same. */
    static final int CODE = 0x20000000, CODE_SIZE = 0x2000, DATA = 0x30000000, DATA_SIZE = 0x10000, SPAN = DATA_SIZE + CODE_SIZE;
    /** Layouts of segments: all flat; data and stack begin at the data; the stack has 16 bits; and so has the code. */
    static final int FLAT = 0, BASED = 1, SMALL_STACK = 2, SMALL_CODE = 3;
    /** How far it goes: one step, while EIP stays where it is, or until it is behind the code. */
    static final int ONE = 0, WHILE_THERE = 1, UNTIL_END = 2;
    static final int EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
    static final int CF = 1, ARITHMETIC = 0x8D5, IF = 0x200, DF = 0x400, NT = 0x4000, AC = 0x40000, ID = 0x200000;
    private static final int FLAT_DATA = 0x2B, FLAT_CODE = 0x23, WINDOW = 0x07, SMALL_DATA = 0x0F, SMALL_CODES = 0x17;
    private static final byte LOCK = (byte) 0xF0, ESCAPE = 0x0F;
    private static final byte[] JUMP_HERE = {(byte) 0xEB, (byte) 0xFE};

    /** Bytes of the data that are not those of the background. */
    record Patch(int offset, byte[] bytes) { }

    final Form form;
    private final byte[] background;
    final int[] r = new int[8];
    final List<Patch> patches = new ArrayList<>();
    int eip, eflags, layout, how, most = 1;
    /** Offset of the operand in the data. */
    int at;
    byte[] code;
    /** The bytes that lie there: the code, and a jump to itself behind it as far as there is room. */
    byte[] placed;
    /** What the FXSAVE image holds, or null if the case has nothing to do with it. */
    Image image;
    /** Whether our processor must do it with TF set too, since that shows. */
    boolean traced;

    Case(Form form, byte[] background) {
        this.form = form;
        this.background = background;
    }

    /** Offset of the code in CS. */
    int codeBase() {
        return layout == SMALL_CODE ? 0 : CODE;
    }

    /** Offset of the code in the code's pages. */
    int codeOffset() {
        return eip - codeBase();
    }

    /** Ends the making: the code is this, as far as there is room. */
    void place(byte[] instructions) {
        int room = CODE_SIZE - codeOffset();
        code = Arrays.copyOf(instructions, Math.min(instructions.length, room));
        placed = Arrays.copyOf(code, Math.min(code.length + JUMP_HERE.length, room));
        System.arraycopy(JUMP_HERE, 0, placed, code.length, placed.length - code.length);
    }

    /** Whether the jump behind the code is whole. */
    boolean jumps() {
        return placed.length == code.length + JUMP_HERE.length;
    }

    int end() {
        return eip + code.length;
    }

    /** ES CS SS DS FS GS. */
    int[] segments() {
        int data = layout == FLAT ? FLAT_DATA : WINDOW;
        return new int[] {data, layout == SMALL_CODE ? SMALL_CODES : FLAT_CODE, layout < SMALL_STACK ? data : SMALL_DATA, data, WINDOW, WINDOW};
    }

    /** Bytes of the data; what is beyond its end is at its begin. */
    void patch(int offset, byte[] bytes) {
        int from = offset & DATA_SIZE - 1, fit = Math.min(bytes.length, DATA_SIZE - from);
        patches.add(new Patch(from, Arrays.copyOf(bytes, fit)));
        if (fit < bytes.length) patch(0, Arrays.copyOfRange(bytes, fit, bytes.length));
    }

    /** A number of up to 8 bytes. */
    void patch(int offset, long value, int size) {
        byte[] b = new byte[size];
        for (int i = 0; i < size; i++) b[i] = (byte) (value >>> 8 * i);
        patch(offset, b);
    }

    /** The bytes of the data, or of the code behind them, before the case. */
    long load(int offset, int size) {
        long v = 0;
        for (int i = size - 1; i >= 0; i--) v = v << 8 | byteAt(offset + i & 0xFFFF) & 0xFF;
        return v;
    }

    byte byteAt(int offset) {
        if (offset >= DATA_SIZE) {
            int n = offset - DATA_SIZE - codeOffset();
            return n >= 0 && n < placed.length ? placed[n] : background[offset];
        }
        for (int n = patches.size() - 1; n >= 0; n--) {
            Patch p = patches.get(n);
            if (offset >= p.offset && offset < p.offset + p.bytes.length) return p.bytes[offset - p.offset];
        }
        return background[offset];
    }

    /** Whether the byte is one of the code's. */
    boolean holds(byte some) {
        for (byte b : code) if (b == some) return true;
        return false;
    }

    /** Whether there is a LOCK prefix. */
    boolean locked() {
        for (byte b : code) {
            if (b == LOCK) return true;
            if (b == ESCAPE) return false;
        }
        return false;
    }

    @Override
    public String toString() {
        StringBuilder b = new StringBuilder(HexFormat.of().formatHex(code)).append(" layout ").append(layout);
        for (int i = 0; i < 8; i++) b.append(String.format(" %s=%X", Outcome.NAMES[i], r[i]));
        b.append(String.format(" eip=%X eflags=%X", eip, eflags));
        for (Patch p : patches) b.append(String.format(" [%X]=", DATA + p.offset)).append(HexFormat.of().formatHex(p.bytes));
        if (image != null) b.append(' ').append(image);
        return b.toString();
    }
}
