package org.lkpk.patcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.lkpk.api.bus.Clock;
import org.lkpk.api.bus.SerialEnd;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.Ending;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.SlotView;
import org.lkpk.api.machine.Specification;

/** A machine that always stands between two instructions and has nothing but memory. */
final class FakeMachine implements Machine {
    static final int WINDOW = 0xD0000;
    final FakeMemory memory;
    final List<Listener> listeners = new ArrayList<>();
    List<SlotView> slots = List.of(new SlotView("memory", "org.lkpk.card.memory", "0.1.0", "",
            List.of(new SlotView.Claim(SlotView.Kind.RAM, WINDOW, WINDOW + 0xFFFF))));
    Status status = Status.RUNNING;
    List<Cpu> cpus = List.of();
    /** Whether the guest spends all its time in its kernel. */
    boolean restless;
    /** What happens while somebody waits for a restless guest. */
    Runnable meanwhile = () -> { };

    FakeMachine(byte[] ram) {
        memory = new FakeMemory(ram);
    }

    void tellBooted() {
        listeners.forEach(Listener::booted);
    }

    @Override
    public synchronized <T> T atRest(When when, Duration deadline, Callable<T> work) throws Exception {
        if (!restless || when == When.ANY) return work.call();
        meanwhile.run();
        throw new TimeoutException();
    }

    @Override
    public String name() {
        return "pc";
    }

    @Override
    public Specification specification() {
        return Specification.named("pc").withMemory(memory.size());
    }

    @Override
    public Status status() {
        return status;
    }

    @Override
    public FakeMemory memory() {
        return memory;
    }

    @Override
    public List<Cpu> cpus() {
        return cpus;
    }

    @Override
    public List<SlotView> slots() {
        return slots;
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
    public Board board() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Boot boot() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void boot(Boot boot) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pause() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resume() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reset() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void off() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void dispose() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Clock clock() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void input(String slot, String name, byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void connect(String slot, SerialEnd end) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> describe(String what) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Counters counters() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Ending> ending() {
        throw new UnsupportedOperationException();
    }
}
