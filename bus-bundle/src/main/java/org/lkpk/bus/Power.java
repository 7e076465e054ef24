package org.lkpk.bus;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Ending;
import org.lkpk.api.machine.Firmware;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Specification;

/** Power-on, reset, power-off, and the ways in which a machine ends by itself. Belongs to the machine's thread. */
final class Power {
    private final Machine machine;
    private final Motherboard board;
    private final Backplane backplane;
    private final CpuSocket socket;
    private final InputQueue inputs;
    private final Listeners listeners;
    private final Supplier<Firmware> firmware;
    private final Specification specification;
    private boolean on;
    private boolean paused;
    private volatile Boot boot;
    private Ending ended;
    /** Whether {@link #ending} belongs to a run that is over: its completion is asynchronous and tells too late. */
    private boolean announced;
    private volatile CompletableFuture<Ending> ending = new CompletableFuture<>();

    Power(Machine machine, Motherboard board, Backplane backplane, CpuSocket socket, InputQueue inputs,
            Listeners listeners, Supplier<Firmware> firmware) {
        this.machine = machine;
        this.board = board;
        this.backplane = backplane;
        this.socket = socket;
        this.inputs = inputs;
        this.listeners = listeners;
        this.firmware = firmware;
        specification = machine.specification();
    }

    boolean on() {
        return on;
    }

    boolean paused() {
        return paused;
    }

    /** What has been loaded; any thread. */
    Boot boot() {
        return boot;
    }

    /** How the present or last run ends; any thread. */
    CompletableFuture<Ending> ending() {
        return ending;
    }

    void pause(boolean wanted) {
        paused = wanted;
        if (wanted) board.clock.stand();
    }

    void on(Boot wanted) throws BootRefused {
        if (on) throw new IllegalStateException(specification.name() + " is on");
        board.zero(Seed.epoch(specification));
        load(wanted);
        boot = wanted;
        paused = false;
        on = true;
        announce();
        if (announced) ending = new CompletableFuture<>();
        announced = false;
        listeners.booted();
    }

    /** Brings RAM, chips, cards and CPU into the state after reset and the image into RAM. */
    private void load(Boot wanted) throws BootRefused {
        Firmware loader = firmware.get();
        if (loader == null) throw new BootRefused(wanted.title() + ": no firmware is there to boot it");
        Cpu cpu = board.cpu();
        if (cpu == null) throw new BootRefused(wanted.title() + ": machine " + specification.name() + " has no CPU");
        board.memory.clear();
        board.resetChips();
        backplane.reset();
        cpu.reset();
        loader.load(machine, wanted);
    }

    /** Pulses RESET; without reboot that is the end. */
    void reset(String cause, int status) {
        if (!on) return;
        if (!specification.rebootable()) {
            if (status != 0) listeners.told(cause);
            end(new Ending(status, cause));
            return;
        }
        listeners.told("reset: " + cause);
        listeners.ending(cause);
        try {
            load(boot);
            listeners.booted();
        } catch (BootRefused e) {
            end(new Ending(1, e.getMessage()));
        }
    }

    /** The machine ends by itself. */
    void end(Ending how) {
        if (!on) return;
        off(how.cause());
        ended = how;
    }

    /** Completes {@link #ending} if the machine has ended; to be called when everybody can see how it stands. */
    void announce() {
        Ending how = ended;
        if (how == null) return;
        ended = null;
        announced = true;
        // What depends on it is no work for the machine's thread.
        ending.completeAsync(() -> how);
    }

    void off(String cause) {
        if (!on) return;
        listeners.ending(cause);
        board.clock.stand();
        on = false;
        paused = false;
        inputs.clear();
        socket.powerOff();
        backplane.powerOff();
    }
}
