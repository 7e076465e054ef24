package org.lkpk.cpu.fpu;

/** The x87 FPU's registers. */
public final class Fpu {
    /** FINIT's state. */
    public void reset() { }
}
