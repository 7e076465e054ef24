package org.lkpk.patcher;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.kernel.Kernel;

/**
 * One patch on one guest. All of a plan is written between the same two instructions, and so is the way back. The pause
 * measured is the time that this takes on the machine's thread; the processor's loop adds a few microseconds to leave
 * and to enter.
 */
final class Applied {
    private static final Duration REVERT = Duration.ofSeconds(5);
    private static final long RETRY_MS = 5;

    private final Guest guest;
    private final int boot;
    private final Planner.Result result;
    private final Plan back;
    private final long pause;

    private Applied(Guest guest, int boot, Planner.Result result, long pause) {
        this.guest = guest;
        this.boot = boot;
        this.result = result;
        this.pause = pause;
        back = result.plan().turned();
    }

    /**
     * Applies {@code patch}; tries again until {@code patience} has passed while a task stands in the way.
     *
     * @throws GuestBusy if it always did, or the guest was reset meanwhile; nothing has been written
     */
    static Applied apply(Patch patch, Guest guest, Kernel kernel, Duration patience) throws PatchRefused, GuestBusy {
        int boot = guest.boot();
        Planner.Result result = new Planner(guest, kernel, patch).plan();
        boolean done = false;
        try {
            long pause = write(patch, guest, boot, result, patience);
            done = true;
            return new Applied(guest, boot, result, pause);
        } finally {
            if (!done) result.room().free(result.block());
        }
    }

    private static long write(Patch patch, Guest guest, int boot, Planner.Result result, Duration patience)
            throws PatchRefused, GuestBusy {
        long end = System.nanoTime() + patience.toNanos();
        String name = patch.name() + ": machine " + guest.machine().name() + ": ";
        while (true) {
            try {
                Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
                return guest.machine().atRest(Machine.When.USER_OR_IDLE, left, () -> written(guest, boot, result));
            } catch (PatchRefused refused) {
                throw new PatchRefused(patch.name() + ": " + refused.getMessage());
            } catch (GuestBusy busy) {
                if (guest.boot() != boot || System.nanoTime() > end) throw new GuestBusy(name + busy.getMessage());
            } catch (TimeoutException never) {
                throw new GuestBusy(name + "neither in user mode nor idle for " + patience.toMillis() + " ms");
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new GuestBusy(name + "interrupted");
            } catch (Exception failed) {
                throw new PatchRefused(name + failed);
            }
            sleep();
        }
    }

    /** On the machine's thread. */
    private static long written(Guest guest, int boot, Planner.Result result) throws PatchRefused, GuestBusy {
        long begin = System.nanoTime();
        if (guest.boot() != boot) throw new GuestBusy("it was reset");
        for (int entry : result.fragile()) {
            int last = entry + Planner.JUMP - 1;
            if (Referrers.executing(guest.machine(), entry + 1, last) || new Referrers(guest.machine()).any(entry + 1, last))
                throw new GuestBusy("a task stands inside the entry at " + Integer.toHexString(entry));
        }
        result.plan().carryOut(guest.machine().memory());
        return System.nanoTime() - begin;
    }

    private static void sleep() throws GuestBusy {
        try {
            Thread.sleep(RETRY_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GuestBusy("interrupted");
        }
    }

    /** Whether the guest still is the one that it was written into. */
    boolean valid() {
        return guest.boot() == boot && guest.machine().status() != Machine.Status.OFF;
    }

    /** Host nanoseconds for which the guest stood still. */
    long pause() {
        return pause;
    }

    /** How it was taken back: the pause in ns (0 if nothing was to be done), and a line for each thing that could not be. */
    record Reverted(long pause, List<String> remarks) { }

    /**
     * Restores the entries. A jump is one instruction, so that any boundary will do if no task comes to a better one.
     */
    Reverted revert() {
        if (!valid()) return new Reverted(0, List.of());
        Reverted reverted;
        try {
            reverted = restored(Machine.When.USER_OR_IDLE);
        } catch (Exception notThere) {
            reverted = restoredAnywhere();
        }
        result.room().rest(result.block());
        return reverted;
    }

    private Reverted restoredAnywhere() {
        try {
            return restored(Machine.When.ANY);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Reverted(0, List.of("machine " + guest.machine().name() + ": interrupted, the jumps stay"));
        } catch (Exception failed) {
            return new Reverted(0, List.of("machine " + guest.machine().name() + ": the jumps stay: " + failed.getMessage()));
        }
    }

    private Reverted restored(Machine.When when) throws Exception {
        return guest.machine().atRest(when, REVERT, () -> {
            long begin = System.nanoTime();
            if (guest.boot() != boot) return new Reverted(0, List.of());
            List<String> remarks = back.carryOutWherePossible(guest.machine().memory());
            return new Reverted(System.nanoTime() - begin, remarks);
        });
    }
}
