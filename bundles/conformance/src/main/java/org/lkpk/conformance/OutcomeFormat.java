package org.lkpk.conformance;

import java.util.ArrayList;
import java.util.List;
import org.lkpk.conformance.Outcome.Run;

/**
 * How a recording holds what came of its cases: what a case has not changed is left out, and what is the same as something
 * that the case began with is told as such. The same methods write and read.
 */
final class OutcomeFormat {
    private static final int SHAPE = 0, VECTOR = 1, STEPS = 2, ERROR = 3, ADDRESS = 5, CHANGED = 9, KIND = 10, REGISTER = 11, NEAR = 15,
            FLAGS = 17, EIP = 20, SEGMENT = 24, RUNS = 27, OFFSET = 28, LENGTH = 31, BYTES = 33, WORDS = 34, WORD_KIND = 37, WORD = 38,
            HEAD = 46, EXPONENTS = 51, EXPONENT = 52;
    /** How many columns there are. */
    static final int COUNT = 54;
    private static final int HAS_VECTOR = 1, HAS_STEPS = 2, HAS_EIP = 4, HAS_FLAGS = 8, HAS_RUNS = 16, HAS_SEGMENTS = 32, HAS_REGISTERS = 64,
            HAS_IMAGE = 128;
    /** Kinds of a register's value beside numbers of registers: that of the operand, a small difference, another. */
    private static final int OPERAND = 8, CLOSE = 9, OTHER = 10;
    private static final int SIGNIFICANDS = 8, HALVES = 16, IMAGE_WORDS = SIGNIFICANDS + HALVES;
    private static final int FIRST_OPERAND = IMAGE_WORDS, SECOND_OPERAND = FIRST_OPERAND + 1, LITERAL = SECOND_OPERAND + 1;

    private final Columns columns;

    OutcomeFormat(Columns columns) {
        this.columns = columns;
    }

    /** Writes {@code o}, or fills it in. */
    void pass(Case c, Outcome o) {
        int shape = columns.pass(SHAPE, columns.reading() ? 0 : shape(c, o));
        if ((shape & HAS_VECTOR) != 0) fault(o);
        if ((shape & HAS_STEPS) != 0) o.steps = columns.pass(STEPS, o.steps);
        int eip = c.eip + c.code.length;
        o.eip = (shape & HAS_EIP) != 0 ? eip + (int) columns.pass(EIP, o.eip - eip & 0xFFFFFFFFL, 4) : eip;
        o.eflags = c.eflags ^ ((shape & HAS_FLAGS) != 0 ? (int) columns.pass(FLAGS, o.eflags ^ c.eflags, 3) : 0);
        segments(c, o, (shape & HAS_SEGMENTS) != 0);
        registers(c, o, (shape & HAS_REGISTERS) != 0);
        if ((shape & HAS_RUNS) != 0) runs(c, o);
        if (c.image != null) image(c, o, (shape & HAS_IMAGE) != 0);
    }

    private static int shape(Case c, Outcome o) {
        int shape = 0;
        if (o.faulted()) shape |= HAS_VECTOR;
        if (o.steps != 1) shape |= HAS_STEPS;
        if (o.eip != c.eip + c.code.length) shape |= HAS_EIP;
        if (o.eflags != c.eflags) shape |= HAS_FLAGS;
        if (!o.runs.isEmpty()) shape |= HAS_RUNS;
        if (!java.util.Arrays.equals(o.segments, c.segments())) shape |= HAS_SEGMENTS;
        if (!java.util.Arrays.equals(o.r, c.r)) shape |= HAS_REGISTERS;
        if (c.image != null && !o.image.sameAs(c.image)) shape |= HAS_IMAGE;
        return shape;
    }

    private void fault(Outcome o) {
        o.vector = columns.pass(VECTOR, o.vector);
        o.error = (int) columns.pass(ERROR, o.error, 2);
        if (o.vector == Outcome.PAGE_FAULT) o.address = (int) columns.pass(ADDRESS, o.address & 0xFFFFFFFFL, 4);
    }

    private void segments(Case c, Outcome o, boolean changed) {
        int[] before = c.segments();
        int mask = 0;
        for (int n = 0; n < 6; n++) if (o.segments[n] != before[n]) mask |= 1 << n;
        if (changed) mask = columns.pass(SEGMENT, mask);
        else mask = 0;
        for (int n = 0; n < 6; n++)
            o.segments[n] = (mask >> n & 1) != 0 ? (int) columns.pass(SEGMENT + 1, o.segments[n], 2) : before[n];
    }

    private void registers(Case c, Outcome o, boolean changed) {
        int mask = 0;
        for (int n = 0; n < 8; n++) if (o.r[n] != c.r[n]) mask |= 1 << n;
        if (changed) mask = columns.pass(CHANGED, mask);
        else mask = 0;
        for (int n = 0; n < 8; n++) o.r[n] = (mask >> n & 1) != 0 ? register(c, o, n) : c.r[n];
    }

    private int register(Case c, Outcome o, int n) {
        int kind = OTHER, operand = (int) c.load(c.at, 4);
        if (!columns.reading()) {
            int difference = o.r[n] - c.r[n];
            if (difference == (short) difference) kind = CLOSE;
            if (o.r[n] == operand) kind = OPERAND;
            for (int i = 0; i < 8; i++) if (o.r[n] == c.r[i]) kind = i;
        }
        kind = columns.pass(KIND, kind);
        return switch (kind) {
            case OPERAND -> operand;
            case CLOSE -> c.r[n] + (short) columns.pass(NEAR, o.r[n] - c.r[n], 2);
            case OTHER -> c.r[n] ^ (int) columns.pass(REGISTER, (o.r[n] ^ c.r[n]) & 0xFFFFFFFFL, 4);
            default -> c.r[kind];
        };
    }

    private void runs(Case c, Outcome o) {
        int count = columns.pass(RUNS, o.runs.size());
        List<Run> runs = new ArrayList<>(count);
        for (int n = 0; n < count; n++) {
            Run run = columns.reading() ? new Run(0, new byte[0]) : o.runs.get(n);
            int offset = c.at + (int) columns.pass(OFFSET, run.offset() - c.at, 3) & 0xFFFFFF;
            byte[] bytes = new byte[(int) columns.pass(LENGTH, run.bytes().length, 2)];
            for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) columns.pass(BYTES, columns.reading() ? 0 : run.bytes()[i]);
            runs.add(new Run(offset, bytes));
        }
        o.runs = runs;
    }

    // The FXSAVE image: by registers, since the stack's order turns with every push

    private void image(Case c, Outcome o, boolean changed) {
        if (columns.reading()) o.image = new Image(c.image.bytes.clone());
        if (!changed) return;
        Image from = c.image, to = o.image;
        int status = from.status() ^ (int) columns.pass(HEAD, to.status() ^ from.status(), 2);
        int control = from.control() ^ (int) columns.pass(HEAD + 2, to.control() ^ from.control(), 2);
        int tags = from.tags() ^ columns.pass(HEAD + 4, to.tags() ^ from.tags());
        int exponents = columns.pass(EXPONENTS, exponents(from, to)), words = (int) columns.pass(WORDS, words(from, to), 3);
        int[] exponent = new int[8];
        for (int n = 0; n < 8; n++)
            exponent[n] = from.exponent(n) ^ ((exponents >> n & 1) != 0 ? (int) columns.pass(EXPONENT, to.exponent(n) ^ from.exponent(n), 2) : 0);
        long[] word = new long[IMAGE_WORDS];
        for (int n = 0; n < IMAGE_WORDS; n++) word[n] = (words >> n & 1) != 0 ? word(c, n, word(to, n)) : word(from, n);
        to.mxcsr(from.mxcsr() ^ (int) columns.pass(REGISTER, to.mxcsr() ^ from.mxcsr(), 2));
        to.status(status);
        to.control(control);
        to.tags(tags);
        for (int n = 0; n < SIGNIFICANDS; n++) to.register(n, word[n], exponent[n]);
        for (int n = 0; n < HALVES; n++) to.xmm(n, word[SIGNIFICANDS + n]);
    }

    private static int exponents(Image from, Image to) {
        int mask = 0;
        for (int n = 0; n < 8; n++) if (from.exponent(n) != to.exponent(n)) mask |= 1 << n;
        return mask;
    }

    private static int words(Image from, Image to) {
        int mask = 0;
        for (int n = 0; n < IMAGE_WORDS; n++) if (word(from, n) != word(to, n)) mask |= 1 << n;
        return mask;
    }

    private static long word(Image image, int n) {
        return n < SIGNIFICANDS ? image.significand(n) : image.xmm(n - SIGNIFICANDS);
    }

    /** A word that has changed. */
    private long word(Case c, int n, long value) {
        int kind = LITERAL;
        if (!columns.reading()) {
            for (int i = 0; i < LITERAL && kind == LITERAL; i++) if (value == known(c, i)) kind = i;
        }
        kind = columns.pass(WORD_KIND, kind);
        if (kind != LITERAL) return known(c, kind);
        return word(c.image, n) ^ columns.pass(WORD, value ^ word(c.image, n), 8);
    }

    private static long known(Case c, int kind) {
        return kind < FIRST_OPERAND ? word(c.image, kind) : c.load(kind == FIRST_OPERAND ? c.at : c.at + 8, 8);
    }
}
