package org.lkpk.cpu.fpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.lkpk.api.bus.State;
import org.lkpk.api.bus.StateRefused;

/**
 * The SIMD floating-point unit (Intel SDM vol. 1, chapters 10 and 11): XMM registers and MXCSR, and what the present
 * instruction raised. Each operation rounds once from the exact value, element by element, in {@link #single} or {@link #real}.
 */
public final class Simd {
    /** MXCSR beside the exceptions, whose flags are the low six bits and are numbered as {@link Fpu}'s. */
    public static final int DAZ = 0x40, MASKS = 0x1F80, FTZ = 0x8000;
    private static final int BEFORE = Fpu.IE | Fpu.DE | Fpu.ZE, RC = 0x6000;

    /** Of register n: low half at 2n, high half at 2n + 1. */
    public final long[] xmm = new long[16];
    private int mxcsr;
    /** Exceptions of the instruction's elements so far. */
    int raised;
    /** A 128-bit operand on its way. */
    public long low, high;

    public final SimdFormat single = new SimdFormat(this, 23, 127);
    public final SimdFormat real = new SimdFormat(this, 52, 1023);

    public Simd() {
        reset();
    }

    public void reset() {
        Arrays.fill(xmm, 0);
        mxcsr = MASKS;
    }

    public int mxcsr() {
        return mxcsr;
    }

    public void mxcsr(int value) {
        mxcsr = value;
    }

    /** Sets register n. */
    public void set(int n, long lowHalf, long highHalf) {
        xmm[2 * n] = lowHalf;
        xmm[2 * n + 1] = highHalf;
    }

    int rounding() {
        return mxcsr >> 13 & 3;
    }

    /**
     * Whether rounding is to nearest, no exception is unmasked and PE is set already, so that a result's being inexact,
     * of which Java's own arithmetic does not tell, changes nothing.
     */
    public boolean settled() {
        return (mxcsr & (RC | MASKS | Fpu.PE)) == (MASKS | Fpu.PE);
    }

    /** Whether exception {@code flag} is masked. */
    boolean masked(int flag) {
        return (mxcsr >> 7 & flag) != 0;
    }

    boolean has(int flag) {
        return (mxcsr & flag) != 0;
    }

    public void begin() {
        raised = 0;
    }

    /** Notes what was raised; tells whether all of it is masked and the result may be delivered. */
    public boolean completed() {
        int unmasked = raised & ~(mxcsr >> 7) & Fpu.EXCEPTIONS;
        // An exception found in the operands stops the instruction before any result is rounded.
        mxcsr |= (unmasked & BEFORE) != 0 ? raised & BEFORE : raised;
        return unmasked == 0;
    }

    // State as data

    public State save() {
        ByteBuffer b = ByteBuffer.allocate(8 * xmm.length).order(ByteOrder.LITTLE_ENDIAN);
        b.asLongBuffer().put(xmm);
        return new State("sse", 1).with("mxcsr", mxcsr).with("xmm", b.array());
    }

    /** @throws StateRefused before anything is changed */
    public void load(State state) {
        state.expect("sse", 1);
        int control = state.word("mxcsr");
        byte[] b = state.bytes("xmm");
        if (b.length != 8 * xmm.length) throw new StateRefused("sse: xmm has " + b.length + " bytes, not " + 8 * xmm.length);
        ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(xmm);
        mxcsr = control;
    }
}
