package org.lkpk.cpu.fpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.lkpk.api.bus.State;

/**
 * The FPU's registers: the stack with its tags, control and status word, and where the last instruction and its operand
 * were.
 */
class Registers {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN),
            LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Status word; the low six are also masks in the control word. */
    public static final int IE = 1, DE = 2, ZE = 4, OE = 8, UE = 0x10, PE = 0x20, SF = 0x40, ES = 0x80, C0 = 0x100, C1 = 0x200,
            C2 = 0x400, C3 = 0x4000, BUSY = 0x8000, EXCEPTIONS = 0x3F;
    /** Rounding control. */
    public static final int NEAREST = 0, DOWN = 1, UP = 2, CHOP = 3;
    private static final int CONDITIONS = C0 | C1 | C2 | C3, CONTROL_BITS = 0x1F3F, CONTROL_ONE = 0x40, RC = 0xC00,
            TOP = 0x3800;
    private static final int[] DROPPED = {40, 0, 11, 0};
    private static final int VALID = 0, ZERO = 1, SPECIAL = 2, NONE = 3;
    /** In {@link #words}: the register is empty. */
    static final int EMPTY = 0x10000;

    /** By physical number: significands; signs and exponents with {@link #EMPTY}. */
    final long[] significands = new long[8];
    final int[] words = new int[8];
    /** False only if no register is empty. */
    boolean vacant;
    int top;
    int control;
    /** Of {@link #control}: whether all exceptions are masked and rounding is to nearest; bits that the precision drops. */
    boolean nearestMasked;
    int drop;
    /** Whether it is not that with a precision of 64 bits. */
    boolean unusual;
    /** Without TOP and C1; PE is set too if {@link #inexact} is not 0. */
    int status;
    /** What was rounded off since PE was last looked at, ored together; and C1. */
    long inexact, up;
    /** Between steps of {@link Normals}: what lies below a significand, its sign and exponent, what C1 will be. */
    long rest, roundedUp;
    int exponent;
    /** FIP, FCS, FDP, FDS and FOP. */
    public int instructionOffset, instructionSelector, dataOffset, dataSelector, opcode;

    Registers() {
        reset();
    }

    /** FINIT's state, and zeros in the registers, as RESET leaves them. */
    public final void reset() {
        Arrays.fill(significands, 0);
        Arrays.fill(words, 0);
        initialize();
    }

    /** FNINIT. */
    public final void initialize() {
        status = top = 0;
        inexact = up = 0;
        control(0x37F);
        vacancies(0xFF);
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
        unusual = !nearestMasked || drop != 0;
        summarize();
    }

    public final int status() {
        return status | (inexact != 0 ? PE : 0) | (int) up << 9 | top << 11;
    }

    /** Sets the status word; ES and B follow from the exceptions and their masks. */
    public final void status(int value) {
        status = value & 0xFFFF & ~(TOP | C1);
        inexact = 0;
        up = value >> 9 & 1;
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
        if ((words[n] & EMPTY) != 0) return NONE;
        if (Encoding.zero(significands[n], words[n])) return ZERO;
        return Encoding.normal(significands[n], words[n]) ? VALID : SPECIAL;
    }

    /** Of a loaded tag word only "empty" counts; the rest is worked out from the contents. */
    public final void tags(int value) {
        int empty = 0;
        for (int n = 0; n < 8; n++) if ((value >> 2 * n & 3) == NONE) empty |= 1 << n;
        vacancies(empty);
    }

    /** Bit n: physical register n is empty. */
    private void vacancies(int bits) {
        for (int n = 0; n < 8; n++) words[n] = words[n] & ~EMPTY | (bits >> n & 1) * EMPTY;
        vacant = bits != 0;
    }

    private int vacancies() {
        int bits = 0;
        for (int n = 0; n < 8; n++) bits |= words[n] >>> 16 << n;
        return bits;
    }

    final void summarize() {
        if (inexact != 0) {
            status |= PE;
            inexact = 0;
        }
        if ((status & ~control & EXCEPTIONS) != 0) status |= ES | BUSY;
        else status &= ~(ES | BUSY);
    }

    /** Whether no exception stops anything. */
    public final boolean masked() {
        return (control & EXCEPTIONS) == EXCEPTIONS;
    }

    /** Whether an unmasked exception waits for the next waiting instruction. */
    public final boolean pending() {
        return (status & ES) != 0;
    }

    /** FNCLEX. */
    public final void clearExceptions() {
        status &= ~(EXCEPTIONS | SF | ES | BUSY);
        inexact = 0;
    }

    /** Masks all exceptions, as FNSTENV does after its store. */
    public final void maskAll() {
        control(control | EXCEPTIONS);
    }

    /** Sets C3..C0, from bits {@link #C0} … {@link #C3}. */
    public final void conditions(int bits) {
        status = status & ~CONDITIONS | bits & ~C1;
        up = bits >> 9 & 1;
    }

    public final void clearC1() {
        up = 0;
    }

    // The stack

    /** Physical number of ST(0). */
    public final int top() {
        return top;
    }

    private int physical(int i) {
        return top + i & 7;
    }

    public final boolean empty(int i) {
        return (words[physical(i)] & EMPTY) != 0;
    }

    /** Whether neither is empty. */
    final boolean full(int i, int j) {
        return ((words[physical(i)] | words[physical(j)]) & EMPTY) == 0;
    }

    public final long significand(int i) {
        return significands[physical(i)];
    }

    public final int signExponent(int i) {
        return words[physical(i)] & ~EMPTY;
    }

    /** Sign, exponent and {@link #EMPTY}. */
    final int word(int i) {
        return words[physical(i)];
    }

    public final void set(int i, long s, int e) {
        int n = physical(i);
        significands[n] = s;
        words[n] = e;
    }

    /** FFREE. */
    public final void free(int i) {
        words[physical(i)] |= EMPTY;
        vacant = true;
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
        int n = physical(i);
        significands[n] = s;
        words[n] = words[n] & EMPTY | e;
    }

    // MMX registers: the significands, whatever the stack's top

    /** What every MMX instruction but EMMS does: the stack's top is 0 and no register is empty. */
    public final void enterMmx() {
        top = 0;
        if (vacant) vacancies(0);
    }

    /** EMMS: all registers are empty. */
    public final void leaveMmx() {
        top = 0;
        vacancies(0xFF);
    }

    public final long mmx(int n) {
        return significands[n];
    }

    public final void mmx(int n, long value) {
        significands[n] = value;
        words[n] = words[n] & EMPTY | 0xFFFF;
    }

    /** Takes over what FNSAVE stored in 32-bit protected mode, FIP and the like apart. */
    public final void restore(byte[] image) {
        int word = (short) SHORT.get(image, 0) & 0xFFFF, tags = (short) SHORT.get(image, 8);
        if (word != control) control(word);
        status((short) SHORT.get(image, 4));
        for (int i = 0; i < 8; i++) {
            int n = physical(i);
            significands[n] = (long) LONG.get(image, 28 + 10 * i);
            words[n] = (short) SHORT.get(image, 36 + 10 * i) & 0xFFFF;
        }
        tags(tags);
    }

    // State as data

    public final State save() {
        State state = new State("x87", 1).with("control", control).with("status", status()).with("empty", vacancies())
                .with("fip", instructionOffset).with("fcs", instructionSelector).with("fdp", dataOffset)
                .with("fds", dataSelector).with("fop", opcode);
        for (int n = 0; n < 8; n++) state.with("significand" + n, significands[n]).with("exponent" + n, words[n] & ~EMPTY);
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
        int[] w = {state.word("control"), state.word("status"), state.word("empty"), state.word("fip"), state.word("fcs"),
            state.word("fdp"), state.word("fds"), state.word("fop")};
        System.arraycopy(numbers, 0, significands, 0, 8);
        System.arraycopy(exponents, 0, words, 0, 8);
        control(w[0]);
        status(w[1]);
        vacancies(w[2] & 0xFF);
        instructionOffset = w[3];
        instructionSelector = w[4];
        dataOffset = w[5];
        dataSelector = w[6];
        opcode = w[7];
    }
}
