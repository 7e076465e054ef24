package org.lkpk.cpu.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.HashSet;
import java.util.List;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.cpu.state.CpuState;

/**
 * Traps on execution and on access. Those on execution become an operation of the block that begins at their address;
 * those on access keep their pages out of the TLBs; so neither costs anything elsewhere.
 */
public final class Traps {
    private record OnAccess(int linear, int size, Cpu.Access access, Cpu.AccessHandler handler) { }

    private final Map<Integer, List<Runnable>> onExecution = new HashMap<>();
    private final List<OnAccess> onAccess = new CopyOnWriteArrayList<>();
    private Set<Integer> pages = Set.of();
    /** Drops decoded code and translations. */
    private final Runnable flush;

    Traps(Runnable flush) {
        this.flush = flush;
    }

    /** See {@link Cpu#trapAt}. */
    public Cpu.Trap at(int linear, Runnable handler) {
        onExecution.computeIfAbsent(linear, k -> new CopyOnWriteArrayList<>()).add(handler);
        flush.run();
        return () -> {
            List<Runnable> handlers = onExecution.get(linear);
            if (handlers == null || !handlers.remove(handler)) return;
            if (handlers.isEmpty()) onExecution.remove(linear);
            flush.run();
        };
    }

    /** See {@link Cpu#trapOn}. */
    public Cpu.Trap on(int linear, int size, Cpu.Access access, Cpu.AccessHandler handler) {
        OnAccess trap = new OnAccess(linear, size, access, handler);
        onAccess.add(trap);
        watchPages();
        return () -> {
            onAccess.remove(trap);
            watchPages();
        };
    }

    private void watchPages() {
        Set<Integer> now = new HashSet<>();
        for (OnAccess t : onAccess) for (int p = t.linear >>> 12; p <= t.linear + t.size - 1 >>> 12; p++) now.add(p);
        pages = now;
        flush.run();
    }

    /** Whether a block must begin at this address. */
    boolean at(int linear) {
        return !onExecution.isEmpty() && onExecution.containsKey(linear);
    }

    /** The operation to stand before the instruction at {@code linear}, or null. */
    Op before(int linear) {
        return at(linear) ? new Call(linear) : null;
    }

    boolean watches(int page) {
        return !pages.isEmpty() && pages.contains(page);
    }

    void accessed(int linear, int size, boolean write) {
        for (OnAccess t : onAccess) {
            boolean wanted = write || t.access == Cpu.Access.READ_OR_WRITE;
            if (wanted && linear - t.linear < t.size && t.linear - linear < size) t.handler.accessed(linear, size, write);
        }
    }

    /** Calls the handlers of an address. The block may be reached by another address too, which is not theirs. */
    private final class Call extends Op {
        private final int linear;

        Call(int linear) {
            this.linear = linear;
            weight = 0;
        }

        @Override
        public void run(CpuState s) {
            List<Runnable> handlers = s.eip + s.base[CpuState.CS] == linear ? onExecution.get(linear) : null;
            if (handlers != null) for (Runnable handler : handlers) handler.run();
        }
    }
}
