package org.lkpk.patcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.Patcher;
import org.lkpk.api.patch.Replacement;
import org.lkpk.api.patch.Trust;
import org.lkpk.patcher.Started.Standing;
import org.lkpk.patcher.elf.Linker;
import org.lkpk.patcher.kernel.Kernel;
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
 * something holds {@code turn}, for as long as a deadline allows. What is known of the patches is written under both
 * {@code turn} and the patcher's own lock and read under one of them, so that who only reads never waits for a guest; no
 * machine's thread ever takes either. While a patch is started, a thread of its own looks four times a second for guests
 * that booted, came or have got far enough; it asks the guest for nothing but a word of its memory, and only where a patch
 * waits.
 */
@Component(service = Patcher.class, immediate = true)
public final class LivePatcher implements Patcher, BundleTrackerCustomizer<Bundle> {
    private static final Logger LOG = LoggerFactory.getLogger(LivePatcher.class);
    /** The thread that looks again and again need not insist. */
    private static final Duration GLANCE = Duration.ofMillis(500);
    private static final long LOOK_MS = 250;

    private final Object turn = new Object();
    private final BundleContext context;
    private final RunningKernels kernels;
    private final Map<Long, Started> started = new LinkedHashMap<>();
    private final Map<Long, String> refusals = new HashMap<>();
    private final Pauses pauses = new Pauses();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread patcher = new Thread(work, "lkpk-patcher");
        patcher.setDaemon(true);
        return patcher;
    });
    private final BundleTracker<Bundle> tracker;
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile EventAdmin events;

    private ScheduledFuture<?> looking;
    private boolean closed;
    /** The patch that is being applied for its start, and to which guest; null if none is. */
    private Started arriving;
    private Guest destination;

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
            List<Started> all = new ArrayList<>(started.values());
            Collections.reverse(all);
            for (Started patch : all) LOG.info("{}", takenBack(patch));
            synchronized (this) {
                closed = true;
                started.clear();
            }
        }
        thread.shutdownNow();
        tracker.close();
    }

    @Override
    public String start(Bundle bundle) throws PatchRefused {
        synchronized (turn) {
            if (started.containsKey(bundle.getBundleId())) return started.get(bundle.getBundleId()).line();
            refusal(bundle, null);
            if (closed) return PatchHeaders.name(bundle) + " waits: the patcher has stopped";
            try {
                checkVoucher(bundle);
                Started patch = new Started(bundle, sound(PatchHeaders.read(bundle)));
                applyEverywhere(patch);
                keep(patch);
                LOG.info("{}", patch.line());
                return patch.line();
            } catch (PatchRefused refused) {
                refusal(bundle, refused.getMessage());
                LOG.info("refused: {}", refused.getMessage()); // Who started it is told by the exception.
                if (bundle.getState() == Bundle.STARTING) thread.execute(() -> forgetStart(bundle));
                throw refused;
            } finally {
                arrive(null, null);
            }
        }
    }

    /** @param reason null if it is not refused, or no longer */
    private synchronized void refusal(Bundle bundle, String reason) {
        if (reason == null) refusals.remove(bundle.getBundleId());
        else refusals.put(bundle.getBundleId(), reason);
    }

    private synchronized void arrive(Started patch, Guest guest) {
        arriving = patch;
        destination = guest;
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
            refusal(bundle, null);
            Started patch = started.get(bundle.getBundleId());
            if (patch == null) return PatchHeaders.name(bundle) + " is not applied";
            for (Started other : started.values()) if (Dependencies.needs(other.bundle, bundle)) leaveFirst(other, patch);
            String line = takenBack(patch);
            synchronized (this) {
                started.remove(bundle.getBundleId());
                patch.standings.clear();
            }
            if (started.isEmpty() && looking != null) {
                looking.cancel(false);
                looking = null;
            }
            LOG.info("{}", line);
            return line;
        }
    }

    @Override
    public List<PatchStatus> patches() {
        List<Supplier<PatchStatus>> found = new ArrayList<>();
        synchronized (this) {
            for (Bundle bundle : context.getBundles()) {
                if (!PatchHeaders.in(bundle)) continue;
                Started patch = started.get(bundle.getBundleId());
                if (patch == null || patch.standings.isEmpty()) found.add(status(bundle, patch));
                else patch.standings.forEach((guest, standing) -> found.add(() -> status(patch, guest, standing)));
            }
        }
        // Outside of the lock: a guest is asked how often its functions were called.
        return found.stream().map(Supplier::get).sorted(Comparator.comparing(PatchStatus::name).thenComparing(PatchStatus::bundle)
                .thenComparing(PatchStatus::machine)).toList();
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
        List<Applied> all = new ArrayList<>();
        synchronized (this) {
            Started patch = started.get(bundle.getBundleId());
            if (patch == null) return List.of();
            for (Guest guest : patch.standings.keySet()) if (patch.on(guest) != null) all.add(patch.on(guest));
        }
        return all.stream().flatMap(applied -> applied.replacements().stream()).toList();
    }

    /** Of a patch that stands on no guest. */
    private Supplier<PatchStatus> status(Bundle bundle, Started patch) {
        boolean comes = arriving != null && arriving.bundle == bundle;
        String refusal = refusals.getOrDefault(bundle.getBundleId(), "");
        PatchStatus.State state = refusal.isEmpty() ? PatchStatus.State.STOPPED : PatchStatus.State.REFUSED;
        if (patch != null || comes) state = PatchStatus.State.WAITING;
        String reason = comes ? destination.inTheWay() : patch != null ? "no machine" : refusal;
        if (comes && reason.isEmpty()) reason = "it is being linked";
        PatchStatus status = new PatchStatus(PatchHeaders.name(bundle), bundle.getVersion().toString(), bundle.getBundleId(),
                comes ? destination.machine().name() : "", state, reason, PatchHeaders.functionNames(bundle), List.of(), pauses.of(bundle));
        return () -> status;
    }

    private PatchStatus status(Started patch, Guest guest, Standing standing) {
        Applied applied = patch.on(guest);
        List<String> functions = applied == null ? patch.patch.replaced().stream().map(Patch.Function::name).distinct().toList() : applied.functions();
        return new PatchStatus(patch.patch.name(), patch.patch.version(), patch.bundle.getBundleId(), guest.machine().name(),
                standing.state(), standing.reason(), functions, applied == null ? List.of() : applied.hits(), pauses.of(patch.bundle, guest));
    }

    /** Applies it to all guests or to none. */
    private void applyEverywhere(Started patch) throws PatchRefused {
        try {
            for (Guest guest : kernels.guests()) {
                arrive(patch, guest);
                stand(patch, guest, attempt(patch, guest, guest.kernel(), patch.patch.deadline()));
            }
        } catch (PatchRefused refused) {
            takenBack(patch);
            throw refused;
        } catch (GuestBusy busy) {
            takenBack(patch);
            throw new PatchRefused(busy.getMessage());
        }
    }

    private Standing attempt(Started patch, Guest guest, Optional<Kernel> kernel, Duration patience) throws PatchRefused, GuestBusy {
        int boot = guest.boot();
        if (guest.machine().status() == Machine.Status.OFF) return Standing.waiting("the machine is off", boot);
        if (kernel.isEmpty()) return Standing.waiting("no kernel has been found in memory yet", boot);
        String obstacle = guest.obstacle(kernel.get());
        if (!obstacle.isEmpty()) return Standing.waiting(obstacle, boot);
        for (Started other : started.values())
            if (other.on(guest) != null && other.replaces(patch.patch.name())) return Standing.replaced(other, boot);
        String missing = missing(patch, guest);
        if (missing.isEmpty()) missing = patch.unloaded(guest, kernel.get());
        if (!missing.isEmpty()) return Standing.waiting(missing, boot);
        List<Started> leaving = started.values().stream().filter(s -> s.on(guest) != null && patch.replaces(s.patch.name())).toList();
        Applied applied = Applied.apply(patch.patch, guest, kernel.get(), leaving.stream().map(s -> s.on(guest)).toList(), patience);
        for (Started other : leaving) stand(other, guest, Standing.replaced(patch, boot));
        pauses.add(patch.bundle, guest, applied.pause());
        return Standing.applied(applied, boot);
    }

    /** The patch that {@code patch} requires and that is not there; empty if none is. */
    private String missing(Started patch, Guest guest) {
        for (Bundle needed : Dependencies.of(patch.bundle)) {
            Started other = started.get(needed.getBundleId());
            if (other == null || !other.serves(guest)) return "needs patch " + PatchHeaders.name(needed) + ", which is not applied";
        }
        return "";
    }

    /** Jump labels follow their keys. A module that was unloaded has taken patched functions with it: what is left of the patch leaves too. */
    private void watch(Started patch, Guest guest) {
        Applied applied = patch.on(guest);
        if (applied == null) return;
        String missing = patch.unloaded(guest, applied);
        if (missing.isEmpty()) {
            applied.followKeys();
            return;
        }
        LOG.info("{}: {}", patch.patch.name(), missing);
        applied.revert(GLANCE);
        stand(patch, guest, Standing.waiting(missing, guest.boot()));
    }

    /** Takes out a patch that needs {@code gone}, and those that need it in turn. */
    private void leaveFirst(Started patch, Started gone) {
        for (Started other : started.values()) if (Dependencies.needs(other.bundle, patch.bundle)) leaveFirst(other, patch);
        List<Guest> guests = List.copyOf(patch.standings.keySet());
        LOG.info("{}", takenBack(patch));
        for (Guest guest : guests)
            stand(patch, guest, Standing.waiting("needs patch " + gone.patch.name() + ", which is not applied", guest.boot()));
    }

    /** All who stand differently from before are told of, once. */
    private void stand(Started patch, Guest guest, Standing standing) {
        Standing before;
        synchronized (this) {
            before = patch.standings.put(guest, standing);
        }
        if (before != null && before.state() == standing.state() && before.reason().equals(standing.reason())) return;
        tell(patch, guest, standing.state(), standing.reason());
    }

    private void tell(Started patch, Guest guest, PatchStatus.State state, String reason) {
        EventAdmin listener = events;
        if (listener == null) return;
        listener.postEvent(new Event(TOPIC, Map.of("patch", patch.patch.name(), "bundle", patch.bundle.getBundleId(),
                "machine", guest.machine().name(), "state", state.toString(), "reason", reason)));
    }

    private synchronized void keep(Started patch) {
        started.put(patch.bundle.getBundleId(), patch);
        if (looking == null && !closed) looking = thread.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        synchronized (turn) {
            if (closed) return;
            List<Guest> guests = kernels.guests();
            for (Started patch : started.values()) {
                synchronized (this) {
                    patch.standings.keySet().retainAll(guests);
                }
                for (Guest guest : guests) watch(patch, guest);
                for (Guest guest : guests)
                    if (patch.open(guest)) stand(patch, guest, reconsidered(patch, guest));
            }
        }
    }

    private Standing reconsidered(Started patch, Guest guest) {
        Standing standing;
        try {
            standing = attempt(patch, guest, guest.kernelInTime(), GLANCE);
        } catch (GuestBusy busy) {
            return Standing.waiting(busy.getMessage(), guest.boot());
        } catch (PatchRefused refused) {
            LOG.warn("refused: {}", refused.getMessage());
            return Standing.refused(refused.getMessage(), guest.boot());
        }
        if (standing.state() == PatchStatus.State.APPLIED) LOG.info("{} applied to machine {}", patch.patch.name(), guest.machine().name());
        return standing;
    }

    private String takenBack(Started patch) {
        StringJoiner line = new StringJoiner("; ");
        line.add(patch.patch.name() + " taken back");
        patch.standings.forEach((guest, standing) -> {
            if (standing.applied() == null) return;
            Applied.Reverted reverted = standing.applied().revert(patch.patch.deadline());
            if (reverted.pause() != null) pauses.add(patch.bundle, guest, reverted.pause());
            reverted.remarks().forEach(line::add);
        });
        patch.standings.keySet().forEach(guest -> tell(patch, guest, PatchStatus.State.STOPPED, ""));
        return line.toString();
    }

    /** After a veto the framework would start the bundle again next time; takes that mark away. */
    private static void forgetStart(Bundle bundle) {
        try {
            for (int i = 0; bundle.getState() == Bundle.STARTING && i < 500; i++) Thread.sleep(10);
            if (bundle.getState() == Bundle.RESOLVED) bundle.stop();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (BundleException | IllegalStateException gone) {
            LOG.debug("{} stays marked as started: {}", bundle, gone.getMessage());
        }
    }

    /** A patch bundle that was started before the patcher, or one without the activator that asks for it. */
    @Override
    public synchronized Bundle addingBundle(Bundle bundle, BundleEvent event) {
        if (!PatchHeaders.in(bundle) || closed) return null;
        thread.execute(() -> adopt(bundle));
        return bundle;
    }

    private void adopt(Bundle bundle) {
        synchronized (turn) {
            if (closed || started.containsKey(bundle.getBundleId()) || bundle.getState() != Bundle.ACTIVE) return;
            try {
                checkVoucher(bundle);
                Started patch = new Started(bundle, PatchHeaders.read(bundle));
                keep(patch);
                for (Guest guest : kernels.guests()) stand(patch, guest, reconsidered(patch, guest));
            } catch (PatchRefused refused) {
                refusal(bundle, refused.getMessage());
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
