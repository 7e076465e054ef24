package org.lkpk.patcher;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.PatchStatus.Kind;
import org.lkpk.api.patch.PatchStatus.Pause;
import org.lkpk.patcher.kernel.Kernel;
import org.lkpk.patcher.task.Ranges;
import org.lkpk.patcher.task.Stacks;

/**
 * One plan on its way into one guest: the guest is stopped in user mode or idle, all its stacks are looked at, and if
 * nobody is in the way all is written before it goes on; else it goes on as it was and is stopped again soon. The pause
 * measured is the time that this takes on the machine's thread; the processor's loop adds a few microseconds to leave and
 * to enter.
 */
final class Change {
    private static final List<GarbageCollectorMXBean> COLLECTORS = ManagementFactory.getGarbageCollectorMXBeans();
    static final long RETRY_MS = 5;
    /** For how long a look waits for user mode or idleness. */
    private static final Duration MOMENT = Duration.ofMillis(50);

    private final Guest guest;
    private final Kernel kernel;
    private final int boot;
    private final Plan plan;
    private final Ranges forbidden;
    private final List<Target> targets;
    private final Occupants occupants;

    /**
     * @param boot of the guest that the plan is for
     * @param forbidden code that no task may be in
     * @param targets functions that are to be replaced for the first time
     */
    Change(Guest guest, Kernel kernel, int boot, Plan plan, Ranges forbidden, List<Target> targets) {
        this.guest = guest;
        this.kernel = kernel;
        this.boot = boot;
        this.plan = plan;
        this.forbidden = forbidden;
        this.targets = targets;
        occupants = guest.occupants(kernel);
    }

    /** What is done for a few milliseconds in which the guest goes on. */
    interface Between {
        Between SLEEP = () -> Thread.sleep(RETRY_MS);

        void looks() throws InterruptedException;
    }

    /** It has been looked for long enough. */
    static GuestBusy tired(GuestBusy last, Duration patience) {
        return new GuestBusy(last.getMessage() + " (looked for " + patience.toMillis() + " ms)");
    }

    /**
     * Stops the guest once, and writes if nobody is in the way.
     *
     * @throws GuestBusy naming who is; nothing has been written
     */
    Pause look() throws PatchRefused, GuestBusy {
        try {
            if (!occupants.learned()) guest.machine().atRest(Machine.When.USER_OR_IDLE, MOMENT, this::learn);
            return guest.machine().atRest(Machine.When.USER_OR_IDLE, MOMENT, this::written);
        } catch (PatchRefused | GuestBusy known) {
            throw known;
        } catch (TimeoutException never) {
            throw new GuestBusy("neither in user mode nor idle");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GuestBusy("interrupted");
        } catch (Exception failed) {
            throw new PatchRefused(failed.toString());
        }
    }

    /** On the machine's thread. */
    private Void learn() throws GuestBusy {
        occupants.learn();
        return null;
    }

    /** On the machine's thread. */
    private Pause written() throws PatchRefused, GuestBusy {
        long collections = collections();
        long begin = System.nanoTime();
        if (guest.boot() != boot) throw new GuestBusy("it was reset");
        List<Stacks.Blocker> blockers = occupants.inside(forbidden);
        if (!blockers.isEmpty())
            throw new GuestBusy(Occupants.told(blockers, occupants.tasks(), this::named));
        if (!occupants.known()) lookAtEntries();
        plan.carryOut(new LinearMemory(guest.machine(), kernel.pageOffset()));
        long ns = System.nanoTime() - begin;
        return new Pause(ns, collections() != collections ? Kind.COLLECTED : guest.warm() ? Kind.WARM : Kind.COLD);
    }

    /** Code has more than one name where functions begin at one place: that of the patch is the one to tell. */
    private String named(int address) {
        for (Target target : targets)
            if (Integer.compareUnsigned(address - target.address(), target.code().length) < 0)
                return target.name() + "+0x" + Integer.toHexString(address - target.address());
        return guest.named(kernel, address);
    }

    /** Where no stacks are known, nothing in memory may point inside of an entry of several instructions. */
    private void lookAtEntries() throws GuestBusy {
        for (Target target : targets) {
            if (!target.fragile()) continue;
            int first = target.address() + 1;
            int last = target.address() + Entries.JUMP - 1;
            if (Referrers.executing(guest.machine(), first, last) || new Referrers(guest.machine()).any(first, last))
                throw new GuestBusy("a task stands inside the entry at " + Integer.toHexString(target.address()));
        }
    }

    private static long collections() {
        long count = 0;
        for (int i = 0; i < COLLECTORS.size(); i++) count += COLLECTORS.get(i).getCollectionCount();
        return count;
    }
}
