package org.lkpk.cpu.engine;

import static org.lkpk.cpu.state.CpuState.CS;

import org.lkpk.api.cpu.Stop;
import org.lkpk.cpu.protect.Interrupts;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;

/** What comes between two blocks: faults, interrupts, single steps, and instructions that must be alone. */
final class Boundary {
    private final CpuState s;
    private final BlockReader reader;
    private final Forge forge;
    private final Breakpoints breakpoints;

    Boundary(CpuState s, BlockReader reader, Forge forge, Breakpoints breakpoints) {
        this.s = s;
        this.reader = reader;
        this.forge = forge;
        this.breakpoints = breakpoints;
    }

    /**
     * Delivers a fault whose instruction EIP stands at, or makes that instruction again with the exact count. The fault
     * counts in its place: a handler that faults at its first instruction must not make time stand still.
     */
    void take(Fault f) {
        if (f.vector == Fault.REPLAY) {
            alone(false);
            return;
        }
        deliver(f.vector, f.error);
        s.count++;
    }

    /** Delivers a fault or trap; the count is exact then, whatever the delivery touches. */
    private void deliver(int vector, int error) {
        s.exact = true;
        Interrupts.fault(s, vector, error);
        s.exact = false;
    }

    private void interrupt(int vector) {
        s.exact = true;
        Interrupts.hardware(s, vector);
        s.exact = false;
    }

    /**
     * Runs the one instruction at CS:EIP with an exact count and all checks of segments; returns whether it was completed.
     *
     * @param held whether breakpoints on it are held off
     */
    boolean alone(boolean held) {
        int start = s.eip, counted = 0, debug = s.debug;
        long limit = s.countLimit;
        s.exact = true;
        try {
            if (!held) breakpoints.execute(s.base[CS] + start);
            resumed();
            Insn i = reader.instruction();
            Op op = forge.make(i, s.mode & ~CpuState.FLAT);
            s.count += counted = 1;
            s.countLimit = s.count; // A repeated instruction does one iteration.
            op.run(s);
            if (!i.form.ends()) s.eip = start + i.length;
            return true;
        } catch (Fault f) {
            s.count -= counted;
            s.eip = start;
            s.debug &= debug; // Traps of an instruction that faults are not taken.
            if (s.debug == 0) s.attention &= ~CpuState.DEBUG;
            if (f.vector != Fault.WAIT) Interrupts.fault(s, f.vector, f.error);
            else {
                s.halted = true;
                s.attention |= CpuState.STOPPED;
            }
            s.count++;
            return false;
        } finally {
            s.exact = false;
            s.countLimit = limit;
        }
    }

    /** Looks at {@link CpuState#attention}; returns why to stop, or null to go on. */
    Stop attend() {
        if (s.calm()) return null;
        int a = s.attention;
        boolean held = (a & CpuState.HELD) != 0;
        if ((a & CpuState.DEBUG) != 0 && !held) {
            trap();
            return null;
        }
        if ((a & CpuState.SHADOW) != 0) {
            s.attention = a & ~CpuState.STACK_SHADOW;
            step(held);
            return null;
        }
        if ((a & CpuState.NMI) != 0 && !s.nmiBlocked) {
            s.attention = a & ~CpuState.NMI;
            interrupt(Fault.NMI);
            return null;
        }
        if ((a & CpuState.INTERRUPT) != 0) {
            interrupt(s.board.acknowledge());
            return null;
        }
        if (s.halted) return (s.system & CpuState.IF) != 0 ? Stop.HALT : Stop.DEAD;
        s.attention &= ~CpuState.STOPPED;
        if ((a & CpuState.USER_STOP) != 0 && s.cpl == 3) return Stop.USER;
        if ((a & (CpuState.STEP | CpuState.RESUME)) != 0) step(false);
        return null;
    }

    /** One instruction, and the single-step trap after it if TF was set before it. */
    private void step(boolean held) {
        s.stepping = (s.system & CpuState.TF) != 0;
        boolean done = alone(held);
        // Of several loads of SS in a row the first alone throws a shadow.
        if (held && (s.attention & CpuState.HELD) != 0) s.attention &= ~CpuState.STACK_SHADOW;
        // Such a load suppresses its own single-step trap; a breakpoint that it met is only held.
        if (done && s.stepping && (s.attention & CpuState.HELD) == 0) s.trap(CpuState.DR6_BS);
        s.stepping = false;
        if ((s.attention & (CpuState.DEBUG | CpuState.HELD)) == CpuState.DEBUG) trap();
    }

    /** RF passes over the breakpoints of one instruction. */
    private void resumed() {
        if ((s.system & CpuState.RF) == 0) return;
        s.system &= ~CpuState.RF;
        s.attend();
    }

    /** Delivers the #DB that waits; DR6 tells of breakpoints on the next instruction too. */
    private void trap() {
        s.debugged(breakpoints.met(s.base[CS] + s.eip));
        deliver(Fault.DB, 0);
    }
}
