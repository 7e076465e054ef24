package org.lkpk.patcher;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.Patcher;
import org.lkpk.api.patch.Replacement;
import org.lkpk.api.patch.Trust;
import org.lkpk.patcher.elf.Linker;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.util.tracker.BundleTracker;
import org.osgi.util.tracker.BundleTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every started patch bundle applied to every kernel that runs. Patches change one after the other: who changes
 * something holds {@code turn}, and nobody holds it while waiting for a moment at which no task is inside of what changes.
 * No machine's thread ever takes it. While a patch is started, a thread of its own looks four times a second for guests
 * that booted, came or have got far enough; it asks the guest for nothing but a word of its memory, and only where a patch
 * waits. Where one waits for its moment, it looks every few milliseconds.
 */
@Component(service = Patcher.class, immediate = true)
public final class LivePatcher implements Patcher, BundleTrackerCustomizer<Bundle> {
    private static final Logger LOG = LoggerFactory.getLogger(LivePatcher.class);
    private static final long LOOK_MS = 250;
    /** For how long a start waits for its outcome before it answers that the patch waits. */
    private static final long ANSWER_MS = 1000;

    private static final long FORGET_MS = 10;
    private static final int FORGET_TRIES = 500;

    private final Object turn = new Object();
    private final BundleContext context;
    private final RunningKernels kernels;
    private final Ledger ledger = new Ledger(this::tell);
    private final Applier applier = new Applier(ledger, this::giveWay);
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread patcher = new Thread(work, "lkpk-patcher");
        patcher.setDaemon(true);
        return patcher;
    });
    private final BundleTracker<Bundle> tracker;
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile EventAdmin events;

    /** The next look, or the last there was; null before the first. */
    private ScheduledFuture<?> looking;
    /** When all guests are looked at again. */
    private volatile long round;
    private boolean closed;

    @Activate
    public LivePatcher(BundleContext context, @Reference RunningKernels kernels) {
        this.context = context;
        this.kernels = kernels;
        tracker = new BundleTracker<>(context, Bundle.ACTIVE, this);
        tracker.open();
    }

    @Deactivate
    void deactivate() {
        synchronized (turn) {
            closed = true;
            try {
                while (!ledger.started().isEmpty()) {
                    List<Started> all = new ArrayList<>(ledger.started());
                    Collections.reverse(all);
                    for (Started patch : all) if (!patch.leaving && ledger.started(patch.bundle) == patch) LOG.info("{}", leave(patch));
                    if (!ledger.started().isEmpty()) giveWay(); // Others are taking theirs back.
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        tracker.close();
        thread.shutdownNow();
    }

    /** Lets others have their turn, for as long as the guest is to go on before it is looked at again. */
    private void giveWay() throws InterruptedException {
        turn.wait(Change.RETRY_MS);
    }

    @Override
    public String start(Bundle bundle) throws PatchRefused {
        synchronized (turn) {
            Started patch = ledger.started(bundle);
            if (patch != null) return patch.line();
            ledger.refusal(bundle, null);
            if (closed) return PatchHeaders.name(bundle) + " waits: the patcher has stopped";
            try {
                checkVoucher(bundle);
                patch = new Started(bundle, sound(PatchHeaders.read(bundle)));
                ledger.add(patch);
                applyEverywhere(patch);
            } catch (PatchRefused refused) {
                ledger.refusal(bundle, refused.getMessage());
                LOG.info("refused: {}", refused.getMessage()); // Who started it is told by the exception.
                if (bundle.getState() == Bundle.STARTING) thread.execute(() -> forgetStart(bundle, FORGET_TRIES));
                throw refused;
            }
            LOG.info("{}", patch.line());
            return patch.line();
        }
    }

    /** Applies it to all guests, or to none if one refuses it soon; where somebody is in the way, it is left to the patcher's thread. */
    private void applyEverywhere(Started patch) throws PatchRefused {
        List<Guest> guests = kernels.guests();
        for (Guest guest : guests) ledger.expect(patch, guest);
        for (Guest guest : guests) if (patch.refusal() == null) applier.consider(patch, guest, guest.kernel());
        lookIn(Change.RETRY_MS);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MS);
        try {
            for (long left = ANSWER_MS; left > 0 && patch.busy() && patch.refusal() == null && !patch.leaving;
                    left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())) turn.wait(left);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        String refusal = patch.refusal();
        if (refusal == null || patch.leaving) return;
        ledger.refusal(patch.bundle, refusal);
        leave(patch);
        throw new PatchRefused(refusal);
    }

    /** Takes it back, and forgets that it was started; a line for people. */
    private String leave(Started patch) {
        String line = applier.takeOut(patch);
        ledger.remove(patch);
        turn.notifyAll();
        return line;
    }

    /** Before anything of a patch is looked at: somebody must vouch for the bytes that the framework keeps of it. */
    private void checkVoucher(Bundle bundle) throws PatchRefused {
        ServiceReference<Trust> found = context.getServiceReference(Trust.class);
        if (found == null) throw new PatchRefused(PatchHeaders.name(bundle) + ": nothing checks its signature: the bundle org.lkpk.trust is not active");
        LOG.info("{}", context.getService(found).check(bundle));
        context.ungetService(found);
    }

    /** Refuses at once what needs no kernel to be found wrong: else the bundle would start, and wait in vain. */
    private static Patch sound(Patch patch) throws PatchRefused {
        for (Patch.ObjectFile object : patch.objects()) new Linker(patch, object, fitting(patch, object));
        return patch;
    }

    /** Functions that kernels of {@code object} may have: those limited to one release count where it is the object's. */
    private static List<Patch.Function> fitting(Patch patch, Patch.ObjectFile object) {
        return patch.replaced().stream().filter(f -> f.releases().equals("*") || f.releases().equals(object.releases())).toList();
    }

    @Override
    public String stop(Bundle bundle) {
        synchronized (turn) {
            ledger.refusal(bundle, null);
            Started patch = ledger.started(bundle);
            if (patch == null) return PatchHeaders.name(bundle) + " is not applied";
            try {
                while (patch.leaving && ledger.started(bundle) == patch) giveWay();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            String line = ledger.started(bundle) == patch ? leave(patch) : patch.patch.name() + " taken back";
            LOG.info("{}", line);
            return line;
        }
    }

    @Override
    public List<PatchStatus> patches() {
        return ledger.statuses(context.getBundles());
    }

    @Override
    public List<Replacement> replacements(Bundle bundle) {
        List<Replacement> found = compared(bundle);
        if (found.stream().allMatch(one -> one.deviation().isEmpty())) return found;
        synchronized (turn) {
            return compared(bundle); // What differs may have been changing just then.
        }
    }

    private List<Replacement> compared(Bundle bundle) {
        return ledger.applied(bundle).stream().flatMap(applied -> applied.replacements().stream()).toList();
    }

    private void tell(Started patch, Guest guest, PatchStatus.State state, String reason) {
        EventAdmin listener = events;
        if (listener == null) return;
        listener.postEvent(new Event(TOPIC, Map.of("patch", patch.patch.name(), "bundle", patch.bundle.getBundleId(),
                "machine", guest.machine().name(), "state", state.toString(), "reason", reason)));
    }

    /** With the turn. */
    private void lookIn(long millis) {
        if (closed) return;
        if (looking != null) looking.cancel(false);
        looking = thread.schedule(this::lookAround, millis, TimeUnit.MILLISECONDS);
    }

    /** On the patcher's thread. Others have their turn between any two patches. */
    private void lookAround() {
        boolean all = System.nanoTime() - round >= 0;
        if (all) round = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MS);
        for (Started patch : ledger.started()) {
            synchronized (turn) {
                try {
                    if (!closed && ledger.started(patch.bundle) == patch && !patch.leaving) look(patch, all);
                } catch (RuntimeException failed) {
                    LOG.error("{}: {}", patch.patch.name(), failed, failed);
                }
            }
        }
        synchronized (turn) {
            List<Started> left = ledger.started();
            if (!left.isEmpty()) lookIn(left.stream().anyMatch(Started::busy) ? Change.RETRY_MS : LOOK_MS);
        }
    }

    private void look(Started patch, boolean all) {
        List<Guest> guests = kernels.guests();
        ledger.keep(patch, guests);
        for (Guest guest : guests) {
            if (all) applier.watch(patch, guest);
            if (patch.quest(guest) == null && !(all && patch.open(guest))) continue;
            PatchStatus.State before = patch.state(guest);
            applier.consider(patch, guest, guest.kernelInTime());
            if (patch.state(guest) == before) continue;
            if (patch.on(guest) != null) LOG.info("{} applied to machine {}", patch.patch.name(), guest.machine().name());
            else if (patch.refusal() != null) LOG.warn("refused: {}", patch.refusal());
        }
        turn.notifyAll();
    }

    /** After a veto the framework would start the bundle again next time; takes that mark away once it has heard of the veto. */
    private void forgetStart(Bundle bundle, int tries) {
        try {
            if (bundle.getState() == Bundle.RESOLVED) bundle.stop();
            else if (bundle.getState() == Bundle.STARTING && tries > 0)
                thread.schedule(() -> forgetStart(bundle, tries - 1), FORGET_MS, TimeUnit.MILLISECONDS);
        } catch (BundleException | IllegalStateException gone) {
            LOG.debug("{} stays marked as started: {}", bundle, gone.getMessage());
        }
    }

    /** A patch bundle that was started before the patcher, or one without the activator that asks for it. */
    @Override
    public Bundle addingBundle(Bundle bundle, BundleEvent event) {
        if (!PatchHeaders.in(bundle)) return null;
        thread.execute(() -> adopt(bundle));
        return bundle;
    }

    private void adopt(Bundle bundle) {
        synchronized (turn) {
            if (closed || ledger.started(bundle) != null || bundle.getState() != Bundle.ACTIVE) return;
            try {
                checkVoucher(bundle);
                ledger.add(new Started(bundle, PatchHeaders.read(bundle)));
                round = System.nanoTime();
                lookIn(0);
            } catch (PatchRefused refused) {
                ledger.refusal(bundle, refused.getMessage());
                LOG.warn("refused: {}", refused.getMessage());
            }
        }
    }

    @Override
    public void modifiedBundle(Bundle bundle, BundleEvent event, Bundle tracked) { }

    @Override
    public void removedBundle(Bundle bundle, BundleEvent event, Bundle tracked) {
        stop(bundle);
    }
}
