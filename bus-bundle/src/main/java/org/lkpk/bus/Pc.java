package org.lkpk.bus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.lkpk.api.bus.Clock;
import org.lkpk.api.bus.SerialEnd;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Ending;
import org.lkpk.api.machine.Firmware;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.SlotView;
import org.lkpk.api.machine.SlotView.Claim;
import org.lkpk.api.machine.Specification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One PC, as other threads see it: what they ask for is handed to the machine's thread. */
final class Pc implements Machine {
    private static final Logger LOG = LoggerFactory.getLogger(Pc.class);
    /** How long a caller waits for the machine's thread before something must be wrong with it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** A boot fills and moves up to 1.5 GB. */
    private static final Duration BOOT_PATIENCE = Duration.ofSeconds(60);
    private static final long MEGABYTE = 1 << 20;

    private final Specification specification;
    private final Motherboard board;
    private final Backplane backplane;
    private final CpuSocket socket;
    private final InputQueue inputs = new InputQueue();
    private final Listeners listeners = new Listeners();
    private final Power power;
    private final RunLoop loop;
    private final AtomicBoolean disposing = new AtomicBoolean();
    private final List<Runnable> disposal = new CopyOnWriteArrayList<>();

    /** @throws IllegalArgumentException if there can be no such machine */
    Pc(Specification specification, Supplier<Firmware> firmware) {
        check(specification);
        this.specification = specification;
        board = new Motherboard((int) specification.memory(), specification.deterministic(), Seed.ticks(specification));
        backplane = new Backplane(board, listeners::told);
        socket = new CpuSocket(board, specification.profile(), specification.engine(), listeners::told);
        power = new Power(this, board, backplane, socket, inputs, listeners, firmware);
        loop = new RunLoop(specification.name(), board, backplane, inputs, power, listeners);
        loop.start();
    }

    private static void check(Specification wanted) {
        if (wanted.name() == null || !wanted.name().matches("[A-Za-z0-9][A-Za-z0-9._-]*"))
            throw new IllegalArgumentException("\"" + wanted.name() + "\" is no name for a machine");
        if (wanted.memory() < Specification.LEAST_MEMORY || wanted.memory() > Specification.MOST_MEMORY
                || wanted.memory() % MEGABYTE != 0)
            throw new IllegalArgumentException("machine " + wanted.name() + ": memory of " + wanted.memory()
                    + " bytes is not 16 MB to 1.5 GB in whole MB");
    }

    @Override
    public String name() {
        return specification.name();
    }

    @Override
    public Specification specification() {
        return specification;
    }

    @Override
    public Status status() {
        return loop.status();
    }

    @Override
    public Boot boot() {
        return power.boot();
    }

    @Override
    public void boot(Boot boot) throws BootRefused {
        try {
            atRest(When.ANY, BOOT_PATIENCE, () -> {
                power.on(boot);
                loop.publish();
                return null;
            });
        } catch (BootRefused | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw stuck(e);
        }
    }

    @Override
    public void pause() {
        command(() -> power.pause(true));
    }

    @Override
    public void resume() {
        command(() -> power.pause(false));
    }

    @Override
    public void reset() {
        command(() -> {
            if (power.on()) board.reset("asked for");
        });
    }

    @Override
    public void off() {
        command(() -> power.off("power off"));
    }

    @Override
    public void dispose() {
        dispose("power off");
    }

    /** As {@link #dispose()}; {@code cause} is told to the listeners. */
    void dispose(String cause) {
        if (loop.here()) throw new IllegalStateException(name() + ": the machine's own thread cannot dispose of it");
        if (!disposing.compareAndSet(false, true)) return;
        try {
            command(() -> {
                if (power.on()) listeners.told(cause);
                power.off(cause);
                inputs.close();
            });
        } catch (IllegalStateException e) {
            LOG.error("{}; it is given up", e.getMessage());
        }
        loop.dispose();
        try {
            loop.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Runnable work : disposal) work.run();
        board.memory.free();
    }

    private void command(Runnable work) {
        answer(() -> {
            work.run();
            return null;
        });
    }

    private IllegalStateException stuck(Exception e) {
        if (e instanceof InterruptedException) Thread.currentThread().interrupt();
        return new IllegalStateException("machine " + name() + " does not answer: " + e.getMessage(), e);
    }

    @Override
    public <T> T atRest(When when, Duration deadline, Callable<T> work) throws Exception {
        return hand(when, deadline, true, work);
    }

    private <T> T hand(When when, Duration deadline, boolean revocable, Callable<T> work) throws Exception {
        if (loop.here()) {
            if (when != When.ANY && !loop.quietNow())
                throw new TimeoutException(name() + ": the machine's own thread cannot wait for user mode");
            return work.call();
        }
        Rest<T> rest = new Rest<>(when, work);
        loop.post(() -> loop.rest(rest));
        return rest.await(deadline, revocable);
    }

    @Override
    public Board board() {
        return board;
    }

    @Override
    public Memory memory() {
        return board.memory;
    }

    @Override
    public List<Cpu> cpus() {
        Cpu cpu = board.cpu();
        return cpu == null ? List.of() : List.of(cpu);
    }

    @Override
    public Clock clock() {
        return board.clock;
    }

    @Override
    public void input(String slot, String name, byte[] bytes) throws InterruptedException {
        if (loop.here()) throw new IllegalStateException(name() + ": the machine's own thread cannot wait for room");
        inputs.send(slot, name, bytes, loop::post);
    }

    @Override
    public void connect(String slot, SerialEnd end) {
        backplane.cable(slot).connect(end);
    }

    @Override
    public List<SlotView> slots() {
        return backplane.views();
    }

    @Override
    public List<String> describe(String what) throws Exception {
        return atRest(When.ANY, PATIENCE, () -> switch (what) {
            case "ports" -> claims(SlotView.Kind.PORTS);
            case "irqs" -> board.interrupts.describe();
            case "dma" -> board.dma.describe();
            case "memory" -> memoryLines();
            case "slots" -> claims(null);
            case "time" -> timeLines();
            default -> backplane.describe(what);
        });
    }

    private List<String> claims(SlotView.Kind kind) {
        List<String> lines = new ArrayList<>();
        lines.addAll(lines("board", backplane.claims().board(), kind));
        for (SlotView view : backplane.views()) {
            if (kind == null) lines.add(view.slot() + "  " + view.card() + "  "
                    + (view.refusal().isEmpty() ? view.version().isEmpty() ? "empty" : view.version() : "refused: " + view.refusal()));
            lines.addAll(lines(view.slot(), view.claims(), kind));
        }
        return lines;
    }

    private static List<String> lines(String owner, List<Claim> claims, SlotView.Kind kind) {
        List<String> lines = new ArrayList<>();
        for (Claim claim : claims) if (kind == null || claim.kind() == kind) lines.add(Claims.text(claim) + "  " + owner);
        return lines;
    }

    private List<String> memoryLines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("RAM 0–%Xh  board, but for A0000–FFFFFh", board.memory.size() - 1));
        lines.addAll(claims(SlotView.Kind.RAM));
        lines.addAll(claims(SlotView.Kind.ROM));
        lines.addAll(claims(SlotView.Kind.MEMORY));
        return lines;
    }

    private List<String> timeLines() {
        return List.of("guest " + board.clock.now() + " ns", "instructions " + board.instructions(),
                "ticks " + board.ticks(), "alarms " + board.clock.pending(),
                specification.deterministic() ? "deterministic, seed " + specification.seed() : "follows the host's clock");
    }

    @Override
    public Counters counters() {
        return new Counters(loop.instructions(), loop.guest(), loop.busy());
    }

    @Override
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void unlisten(Listener listener) {
        listeners.remove(listener);
    }

    @Override
    public CompletableFuture<Ending> ending() {
        return power.ending();
    }

    /** Calls {@code work} when the machine has been disposed of, on the thread that did. */
    void onDisposal(Runnable work) {
        disposal.add(work);
    }

    /** See {@link Backplane#add}. Like the following, for any thread but the machine's; waits for the machine. */
    void add(SlotSpecification slot) {
        command(() -> backplane.add(slot));
    }

    /** See {@link Backplane#remove}. */
    List<Fitting> remove(String slot, boolean comesBack) {
        return answer(() -> backplane.remove(slot, comesBack && power.on()), false);
    }

    /** See {@link Backplane#fit}. */
    boolean fit(Fitting fitting) {
        return answer(() -> backplane.fit(fitting));
    }

    /** See {@link Backplane#leave}. */
    List<Fitting> leave(Object provider, String key, boolean comesBack) {
        return answer(() -> backplane.leave(provider, key, comesBack && power.on()), false);
    }

    /** Whether a card stands in the slot. */
    boolean occupied(String slot) {
        for (SlotView view : backplane.views()) if (view.slot().equals(slot)) return !view.version().isEmpty();
        return false;
    }

    /** The cards that are plugged; for a machine whose thread has ended. */
    List<Fitting> fittings() {
        return backplane.fittings();
    }

    /** The CPU in the socket, or null. */
    Cpu cpu() {
        return board.cpu();
    }

    /** Whether the CPU in the socket is of {@code provider}; for a machine whose thread has ended. */
    boolean hasCpuOf(Object provider) {
        return socket.has(provider);
    }

    /** See {@link CpuSocket#empty}. */
    Cpu emptySocket() {
        return socket.empty();
    }

    /** See {@link CpuSocket#fit}. */
    boolean fit(Cpu cpu, Object provider) {
        return answer(() -> socket.fit(cpu, provider));
    }

    /** See {@link CpuSocket#leave}; returns the CPU that was taken out, or null. */
    Cpu leave(Object provider) {
        return answer(() -> {
            Cpu cpu = board.cpu();
            return socket.leave(provider, power.on()) ? cpu : null;
        }, false);
    }

    private <T> T answer(Callable<T> work) {
        return answer(work, true);
    }

    /** @param revocable whether the work is not to be done at all if the machine's thread does not come to it in time */
    private <T> T answer(Callable<T> work, boolean revocable) {
        try {
            return hand(When.ANY, PATIENCE, revocable, () -> {
                T answer = work.call();
                loop.publish();
                return answer;
            });
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw stuck(e);
        }
    }
}
