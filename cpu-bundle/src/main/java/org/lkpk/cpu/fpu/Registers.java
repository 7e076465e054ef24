package org.lkpk.cpu.fpu;

import java.util.Arrays;
import org.lkpk.api.bus.State;

/**
 * The FPU's registers: the stack with its tags, control and status word, and where the last instruction and its operand
 * were.
 */
class Registers {
    /** Status word; the low six are also masks in the control word. */
    public static final int IE = 1, DE = 2, ZE = 4, OE = 8, UE = 0x10, PE = 0x20, SF = 0x40, ES = 0x80, C0 = 0x100, C1 = 0x200,
            C2 = 0x400, C3 = 0x4000, BUSY = 0x8000, EXCEPTIONS = 0x3F;
    /** Rounding control. */
    public static final int NEAREST = 0, DOWN = 1, UP = 2, CHOP = 3;
    private static final int CONDITIONS = C0 | C1 | C2 | C3, CONTROL_BITS = 0x1F3F, CONTROL_ONE = 0x40, RC = 0xC00,
            TOP = 0x3800;
    private static final int[] DROPPED = {40, 0, 11, 0};
    private static final int VALID = 0, ZERO = 1, SPECIAL = 2, EMPTY = 3;

    private final long[] significand = new long[8];
    private final int[] signExponent = new int[8];
    /** Bit n: physical register n is empty. */
    private int empty;
    int top;
    int control;
    /** Of {@link #control}: whether all exceptions are masked and rounding is to nearest; bits that the precision drops. */
    boolean nearestMasked;
    int drop;
    /** Without TOP. */
    int status;
    /** FIP, FCS, FDP, FDS and FOP. */
    public int instructionOffset, instructionSelector, dataOffset, dataSelector, opcode;

    Registers() {
        reset();
    }

    /** FINIT's state, and zeros in the registers, as RESET leaves them. */
    public final void reset() {
        Arrays.fill(significand, 0);
        Arrays.fill(signExponent, 0);
        initialize();
    }

    /** FNINIT. */
    public final void initialize() {
        status = top = 0;
        control(0x37F);
        empty = 0xFF;
        instructionOffset = instructionSelector = dataOffset = dataSelector = opcode = 0;
    }

    // Control, status and tag words

    public final int control() {
        return control;
    }

    public final void control(int value) {
        control = value & CONTROL_BITS | CONTROL_ONE;
        nearestMasked = (control & (RC | EXCEPTIONS)) == EXCEPTIONS;
        drop = DROPPED[control >> 8 & 3];
        summarize();
    }

    public final int status() {
        return status | top << 11;
    }

    /** Sets the status word; ES and B follow from the exceptions and their masks. */
    public final void status(int value) {
        status = value & 0xFFFF & ~TOP;
        top = value >> 11 & 7;
        summarize();
    }

    /** Two bits for each physical register. */
    public final int tags() {
        int tags = 0;
        for (int n = 0; n < 8; n++) tags |= tag(n) << 2 * n;
        return tags;
    }

    private int tag(int n) {
        if ((empty >> n & 1) != 0) return EMPTY;
        if (Encoding.zero(significand[n], signExponent[n])) return ZERO;
        return Encoding.normal(significand[n], signExponent[n]) ? VALID : SPECIAL;
    }

    /** Of a loaded tag word only "empty" counts; the rest is worked out from the contents. */
    public final void tags(int value) {
        empty = 0;
        for (int n = 0; n < 8; n++) if ((value >> 2 * n & 3) == EMPTY) empty |= 1 << n;
    }

    final void summarize() {
        if ((status & ~control & EXCEPTIONS) != 0) status |= ES | BUSY;
        else status &= ~(ES | BUSY);
    }

    /** Whether an unmasked exception waits for the next waiting instruction. */
    public final boolean pending() {
        return (status & ES) != 0;
    }

    /** FNCLEX. */
    public final void clearExceptions() {
        status &= ~(EXCEPTIONS | SF | ES | BUSY);
    }

    /** Masks all exceptions, as FNSTENV does after its store. */
    public final void maskAll() {
        control(control | EXCEPTIONS);
    }

    /** Sets C3..C0, from bits {@link #C0} … {@link #C3}. */
    public final void conditions(int bits) {
        status = status & ~CONDITIONS | bits;
    }

    public final void clearC1() {
        status &= ~C1;
    }

    // The stack

    private int physical(int i) {
        return top + i & 7;
    }

    public final boolean empty(int i) {
        return (empty >> physical(i) & 1) != 0;
    }

    /** Whether neither is empty. */
    final boolean full(int i, int j) {
        return (empty >> (top + i & 7) & 1 | empty >> (top + j & 7) & 1) == 0;
    }

    public final long significand(int i) {
        return significand[physical(i)];
    }

    public final int signExponent(int i) {
        return signExponent[physical(i)];
    }

    public final void set(int i, long s, int e) {
        int n = physical(i);
        significand[n] = s;
        signExponent[n] = e;
        empty &= ~(1 << n);
    }

    /** FFREE. */
    public final void free(int i) {
        empty |= 1 << physical(i);
    }

    public final void pop() {
        free(0);
        top = top + 1 & 7;
    }

    /** FINCSTP, FDECSTP. */
    public final void rotate(int by) {
        top = top + by & 7;
    }

    /** Changes ST(i)'s contents and not its tag. */
    public final void replace(int i, long s, int e) {
        significand[physical(i)] = s;
        signExponent[physical(i)] = e;
    }

    // MMX registers: the significands, whatever the stack's top

    /** What every MMX instruction but EMMS does: the stack's top is 0 and no register is empty. */
    public final void enterMmx() {
        top = empty = 0;
    }

    /** EMMS: all registers are empty. */
    public final void leaveMmx() {
        top = 0;
        empty = 0xFF;
    }

    public final long mmx(int n) {
        return significand[n];
    }

    public final void mmx(int n, long value) {
        significand[n] = value;
        signExponent[n] = 0xFFFF;
    }

    // State as data

    public final State save() {
        State state = new State("x87", 1).with("control", control).with("status", status()).with("empty", empty)
                .with("fip", instructionOffset).with("fcs", instructionSelector).with("fdp", dataOffset)
                .with("fds", dataSelector).with("fop", opcode);
        for (int n = 0; n < 8; n++) state.with("significand" + n, significand[n]).with("exponent" + n, signExponent[n]);
        return state;
    }

    /** @throws org.lkpk.api.bus.StateRefused before anything is changed */
    public final void load(State state) {
        state.expect("x87", 1);
        long[] numbers = new long[8];
        int[] exponents = new int[8];
        for (int n = 0; n < 8; n++) {
            numbers[n] = state.number("significand" + n);
            exponents[n] = state.word("exponent" + n) & 0xFFFF;
        }
        int[] words = {state.word("control"), state.word("status"), state.word("empty"), state.word("fip"), state.word("fcs"),
            state.word("fdp"), state.word("fds"), state.word("fop")};
        System.arraycopy(numbers, 0, significand, 0, 8);
        System.arraycopy(exponents, 0, signExponent, 0, 8);
        control(words[0]);
        status(words[1]);
        empty = words[2] & 0xFF;
        instructionOffset = words[3];
        instructionSelector = words[4];
        dataOffset = words[5];
        dataSelector = words[6];
        opcode = words[7];
    }
}
