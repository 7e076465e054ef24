package org.lkpk.bus;

import java.util.function.LongSupplier;

/**
 * Guest time made of instructions, {@link #NS} each, and of the jumps out of HLT to the next alarm. The host's clock has
 * no part in it: one seed, one run. An alarm rings before the first instruction whose number reaches its time.
 */
final class InstructionPace implements Pace {
    /** One instruction, as if the CPU did 100 MIPS. */
    static final long NS = 10;
    /** Bounds how late a command of the host is; without effect on the guest. */
    private static final long RUN_MAX = 100_000;

    private final LongSupplier instructions;
    private long origin;
    private long skipped;

    /** @param instructions executed since power-on, exact within an instruction */
    InstructionPace(LongSupplier instructions) {
        this.instructions = instructions;
    }

    @Override
    public long now(long due) {
        return (instructions.getAsLong() - origin) * NS + skipped;
    }

    @Override
    public void zero() {
        origin = instructions.getAsLong();
        skipped = 0;
    }

    @Override
    public void go() {
        // It goes by itself when instructions do.
    }

    @Override
    public void stand(long due) {
        // It stands when no instructions are executed.
    }

    @Override
    public long budget(long due) {
        long left = due - now(due);
        return Math.max(1, Math.min(RUN_MAX, left / NS + (left % NS == 0 ? 0 : 1)));
    }

    @Override
    public void measured(long count, long host) {
        // How fast the host is does not matter here.
    }

    @Override
    public long idle(long due) {
        if (due == NEVER) return NEVER;
        skipped += Math.max(0, due - now(due));
        return 0;
    }
}
