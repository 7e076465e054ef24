package org.lkpk.bus;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.lkpk.api.machine.Machine.When;

/** Work that waits for the machine to rest. Either it is done, or its deadline passes first and it never is. */
final class Rest<T> {
    private final When when;
    private final Callable<T> work;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();

    Rest(When when, Callable<T> work) {
        this.when = when;
        this.work = work;
    }

    When when() {
        return when;
    }

    /** Whether it has been done or given up. */
    boolean over() {
        return taken.get();
    }

    /** Does the work, on the machine's thread. */
    void run() {
        if (!taken.compareAndSet(false, true)) return;
        try {
            result.complete(work.call());
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    /** The machine is gone: whoever waits is told. */
    void fail(RuntimeException e) {
        if (taken.compareAndSet(false, true)) result.completeExceptionally(e);
    }

    /**
     * Waits for the work to be done; once it has begun, to its end.
     *
     * @param revocable whether the work is given up when this gives up waiting
     */
    T await(Duration deadline, boolean revocable) throws Exception {
        try {
            return result.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (!revocable || taken.compareAndSet(false, true))
                throw new TimeoutException("the machine did not rest within " + deadline.toMillis() + " ms");
            return await();
        } catch (InterruptedException e) {
            if (revocable) taken.compareAndSet(false, true);
            throw e;
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    private T await() throws Exception {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    private static Exception cause(ExecutionException e) {
        if (e.getCause() instanceof Error error) throw error;
        return e.getCause() instanceof Exception exception ? exception : e;
    }
}
