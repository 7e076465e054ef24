package org.lkpk.cpu.state;

/**
 * A fault of the guest on its way from an access to the engine's loop. One preallocated instance per CPU, without a
 * stack trace; the instruction has had no effect.
 */
public final class Fault extends RuntimeException {
    public static final int DE = 0, DB = 1, NMI = 2, BP = 3, OF = 4, BR = 5, UD = 6, NM = 7, DF = 8, TS = 10, NP = 11,
            SS = 12, GP = 13, PF = 14, MF = 16, AC = 17, XM = 19;

    /** Not a fault: the access must be made again by an engine that knows the exact instruction count. */
    public static final int REPLAY = -1;
    /** Not a fault: the instruction waits for an interrupt, and is then made again. Only where the count is exact. */
    public static final int WAIT = -2;

    /** Not a fault: the rest of the block is for the interpreter, from the instruction that makes the access. */
    public static final int MISS = -3;

    private static final long serialVersionUID = 1;

    /** Exception number, {@link #REPLAY}, {@link #WAIT} or {@link #MISS}. */
    public int vector;
    /** Error code; meaningful for 8, 10..14 and 17. */
    public int error;

    Fault() {
        super(null, null, false, false);
    }

    /** Whether the CPU pushes an error code for this vector. */
    public static boolean pushesError(int vector) {
        return vector == DF || vector >= TS && vector <= PF || vector == AC;
    }
}
