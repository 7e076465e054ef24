package org.lkpk.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.lkpk.api.bus.Alarm;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Stop;
import org.lkpk.api.machine.Ending;
import org.lkpk.api.machine.Machine.Status;
import org.lkpk.api.machine.Machine.When;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's thread: commands, then alarms that are due, then input, then a run of the CPU up to the next alarm at most,
 * over and over. In HLT, paused or off it is parked until there is something to do; it never polls.
 */
final class RunLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RunLoop.class);
    /** Guest ns that the cards have, after a HLT that nothing ends, for what they hold: a UART's FIFO at 9600 baud. */
    private static final long LINGER = 20_000_000;

    private final Motherboard board;
    private final Backplane backplane;
    private final InputQueue inputs;
    private final Power power;
    private final Listeners listeners;
    private final Thread thread;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    /** Work that waits for user mode or idleness. */
    private final List<Rest<?>> waiting = new ArrayList<>();
    /** When the machine ends after such a HLT; null while there is none. */
    private Alarm end;
    private volatile boolean disposed;
    private volatile Status status = Status.OFF;
    private volatile long instructions;
    private volatile long guest;
    private volatile long busy;

    RunLoop(String name, Motherboard board, Backplane backplane, InputQueue inputs, Power power, Listeners listeners) {
        this.board = board;
        this.backplane = backplane;
        this.inputs = inputs;
        this.power = power;
        this.listeners = listeners;
        thread = new Thread(this, "lkpk " + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Whether the caller is the machine's thread. */
    boolean here() {
        return Thread.currentThread() == thread;
    }

    /** Has {@code command} run between two instructions, soon; any thread. */
    void post(Runnable command) {
        if (disposed) throw gone();
        commands.add(command);
        wake();
    }

    private IllegalStateException gone() {
        return new IllegalStateException(thread.getName() + " is gone");
    }

    private void wake() {
        board.interject();
        LockSupport.unpark(thread);
    }

    /** Ends the thread after what it is doing; any thread. */
    void dispose() {
        disposed = true;
        wake();
    }

    boolean disposed() {
        return disposed;
    }

    /** Waits for the thread's end. */
    void join(long millis) throws InterruptedException {
        thread.join(millis);
    }

    Status status() {
        return status;
    }

    long instructions() {
        return instructions;
    }

    long guest() {
        return guest;
    }

    long busy() {
        return busy;
    }

    /** Does the work now or keeps it until its moment comes; on the machine's thread. */
    void rest(Rest<?> rest) {
        if (disposed) rest.fail(gone());
        else if (rest.when() == When.ANY || quietNow()) rest.run();
        else waiting.add(rest);
    }

    /** Whether {@link When#USER_OR_IDLE} would be met now. */
    boolean quietNow() {
        return resting() || quiet();
    }

    private boolean resting() {
        return !power.on() || power.paused();
    }

    private boolean quiet() {
        Cpu cpu = board.cpu();
        return cpu != null && (cpu.privilege() == 3 || cpu.idle());
    }

    @Override
    public void run() {
        while (!disposed) {
            try {
                turn();
            } catch (RuntimeException | Error e) {
                LOG.error("{} failed", thread.getName(), e);
                listeners.told("the machine failed: " + e);
                power.end(new Ending(1, "the machine failed: " + e));
            }
        }
        for (Rest<?> rest : waiting) rest.fail(gone());
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) command.run();
    }

    private void turn() {
        // What the host does between two instructions takes no guest time: the alarms of a card may be away meanwhile.
        if (!commands.isEmpty() || !waiting.isEmpty()) board.clock.stand();
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) command.run();
        if (power.on()) asked();
        serve();
        long until = backplane.restUntil();
        if (until != 0) backplane.expire(System.nanoTime());
        Cpu cpu = board.cpu();
        boolean going = power.on() && !power.paused() && cpu != null && until == 0;
        publish();
        power.announce();
        if (!going) {
            forgetEnd();
            board.clock.stand();
            park(until == 0 ? Pace.NEVER : until - System.nanoTime());
            return;
        }
        board.clock.go();
        board.clock.ring();
        inputs.deliver(backplane, board.instructions());
        stopped(slice(cpu));
    }

    /** Reset or exit, if a card or the board asked for it. */
    private void asked() {
        int exit = board.exitStatus();
        String cause = board.resetCause();
        if (exit >= 0) power.end(new Ending(exit, "exit status " + exit + " asked for by a card"));
        else if (cause != null) power.reset(cause, 0);
    }

    /** Does the work whose moment has come. */
    private void serve() {
        if (waiting.isEmpty()) return;
        if (quietNow()) {
            List<Rest<?>> ready = new ArrayList<>(waiting);
            waiting.clear();
            for (Rest<?> rest : ready) rest.run();
        } else {
            waiting.removeIf(Rest::over);
        }
        Cpu cpu = board.cpu();
        if (cpu != null) cpu.stopInUserMode(!waiting.isEmpty());
    }

    private Stop slice(Cpu cpu) {
        long before = cpu.instructions();
        long limit = before + board.clock.budget();
        long start = System.nanoTime();
        Stop stop = cpu.run(limit);
        long took = System.nanoTime() - start;
        busy = busy + took;
        board.clock.measured(cpu.instructions() - before, took);
        count();
        return stop;
    }

    private void stopped(Stop stop) {
        if (stop != Stop.DEAD && stop != Stop.INTERJECTED) forgetEnd();
        switch (stop) {
            case HALT -> idle();
            case DEAD -> linger();
            case SHUTDOWN -> power.reset(tripleFault(), 3);
            default -> { }
        }
    }

    private void linger() {
        if (end == null) end = board.clock.after(LINGER, () -> { });
        if (board.clock.now() < end.due()) idle();
        else if (board.resetCause() == null && board.exitStatus() < 0) power.end(new Ending(0, "halted"));
    }

    private void forgetEnd() {
        if (end != null) end.cancel();
        end = null;
    }

    private void idle() {
        if (!commands.isEmpty() || !waiting.isEmpty()) return;
        if (board.resetCause() != null || board.exitStatus() >= 0) return;
        long wait = board.clock.idle();
        if (wait > 0) park(wait);
    }

    private String tripleFault() {
        Cpu cpu = board.cpu();
        StringBuilder line = new StringBuilder(String.format("triple fault at %04X:%08X", cpu.register("cs"), cpu.register("eip")));
        String separator = ", vectors ";
        for (String name : cpu.registers()) {
            if (!name.startsWith("vector")) continue;
            line.append(separator).append(String.format("%02X", cpu.register(name)));
            separator = " ";
        }
        return line.toString();
    }

    private void park(long nanos) {
        if (!commands.isEmpty() || disposed) return;
        if (nanos == Pace.NEVER) LockSupport.park(this);
        else if (nanos > 0) LockSupport.parkNanos(this, nanos);
    }

    /** Lets other threads see how the machine stands. */
    void publish() {
        status = !power.on() ? Status.OFF : board.cpu() == null ? Status.NO_CPU
                : power.paused() ? Status.PAUSED : Status.RUNNING;
        count();
    }

    private void count() {
        instructions = board.instructions();
        guest = board.clock.now();
    }
}
