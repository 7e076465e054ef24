package org.lkpk.bus;

import java.util.function.Consumer;
import org.lkpk.api.bus.State;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket of the CPU. A CPU that goes leaves its state here, for the one that comes next. */
final class CpuSocket {
    private static final Logger LOG = LoggerFactory.getLogger(CpuSocket.class);

    private final Motherboard board;
    private final Profile profile;
    private final Engine engine;
    private final Consumer<String> told;
    private Object provider;
    private State kept;

    CpuSocket(Motherboard board, Profile profile, Engine engine, Consumer<String> told) {
        this.board = board;
        this.profile = profile;
        this.engine = engine;
        this.told = told;
    }

    /** Plugs a CPU, which goes on where the last one stopped; false if there is one or it refuses the state. */
    boolean fit(Cpu cpu, Object from) {
        if (board.cpu() != null) return false;
        try {
            cpu.plug(board, profile, engine);
            if (kept != null) cpu.load(kept);
        } catch (RuntimeException | Error e) {
            LOG.warn("CPU {} refused", from, e);
            told.accept("CPU refused: " + e.getMessage());
            unplug(cpu);
            return false;
        }
        board.cpu(cpu);
        provider = from;
        kept = null;
        return true;
    }

    /**
     * Takes the CPU out, if {@code from} gave it.
     *
     * @param keep whether a guest is to go on with the next one
     */
    boolean leave(Object from, boolean keep) {
        Cpu cpu = board.cpu();
        if (cpu == null || !provider.equals(from)) return false;
        board.clock.stand();
        try {
            if (keep) kept = cpu.save();
        } catch (RuntimeException | Error e) {
            LOG.error("CPU does not save its state", e);
        }
        board.cpu(null);
        provider = null;
        unplug(cpu);
        return true;
    }

    /** The machine's thread has ended; returns the CPU that was plugged, or null. */
    Cpu empty() {
        Cpu cpu = board.cpu();
        if (cpu != null) unplug(cpu);
        board.cpu(null);
        provider = null;
        return cpu;
    }

    boolean has(Object from) {
        return from.equals(provider);
    }

    void powerOff() {
        kept = null;
    }

    private static void unplug(Cpu cpu) {
        try {
            cpu.unplug();
        } catch (RuntimeException | Error e) {
            LOG.error("CPU failed at being unplugged", e);
        }
    }
}
