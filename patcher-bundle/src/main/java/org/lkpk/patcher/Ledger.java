package org.lkpk.patcher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.PatchStatus.Pause;
import org.lkpk.patcher.Started.Standing;
import org.osgi.framework.Bundle;

/**
 * What is known of the patches. It is written by whoever holds the patcher's turn, one at a time, and may be read by all:
 * no reader ever waits for a guest.
 */
final class Ledger {
    /** Told when a patch stands otherwise than before. */
    interface Listener {
        void stands(Started patch, Guest guest, PatchStatus.State state, String reason);
    }

    private final Map<Long, Started> started = new LinkedHashMap<>();
    private final Map<Long, String> refusals = new HashMap<>();
    private final Pauses pauses = new Pauses();
    private final Listener listener;

    Ledger(Listener listener) {
        this.listener = listener;
    }

    /** Those that were started, in this order. */
    synchronized List<Started> started() {
        return List.copyOf(started.values());
    }

    /** Null if it was not started. */
    synchronized Started started(Bundle bundle) {
        return started.get(bundle.getBundleId());
    }

    synchronized void add(Started patch) {
        started.put(patch.bundle.getBundleId(), patch);
    }

    synchronized void remove(Started patch) {
        started.remove(patch.bundle.getBundleId(), patch);
        patch.standings.clear();
    }

    /** @param reason null if it is not refused, or no longer */
    synchronized void refusal(Bundle bundle, String reason) {
        if (reason == null) refusals.remove(bundle.getBundleId());
        else refusals.put(bundle.getBundleId(), reason);
    }

    synchronized void paused(Started patch, Guest guest, Pause pause) {
        pauses.add(patch.bundle, guest, pause);
    }

    /** It has never been tried on {@code guest}, and will be now. */
    synchronized void expect(Started patch, Guest guest) {
        patch.standings.put(guest, Standing.waiting("it is being linked", guest.boot()));
    }

    /** Forgets all guests but these. */
    synchronized void keep(Started patch, List<Guest> guests) {
        patch.standings.keySet().retainAll(guests);
    }

    void stand(Started patch, Guest guest, Standing standing) {
        Standing before;
        synchronized (this) {
            before = patch.standings.put(guest, standing);
        }
        boolean same = before != null && before.state() == standing.state()
                && (before.reason().equals(standing.reason()) || before.quest() != null && standing.quest() != null);
        if (!same) listener.stands(patch, guest, standing.state(), standing.reason());
    }

    /** What is applied of a patch, on any guest. */
    synchronized List<Applied> applied(Bundle bundle) {
        List<Applied> all = new ArrayList<>();
        Started patch = started(bundle);
        if (patch != null)
            for (Guest guest : patch.standings.keySet()) if (patch.on(guest) != null) all.add(patch.on(guest));
        return all;
    }

    /** Of those bundles that are patches, by name. */
    List<PatchStatus> statuses(Bundle[] bundles) {
        List<Supplier<PatchStatus>> found = new ArrayList<>();
        synchronized (this) {
            for (Bundle bundle : bundles) {
                if (!PatchHeaders.in(bundle)) continue;
                Started patch = started(bundle);
                if (patch == null || patch.standings.isEmpty()) {
                    PatchStatus status = status(bundle, patch);
                    found.add(() -> status);
                } else patch.standings.forEach((guest, standing) -> found.add(() -> status(patch, guest, standing)));
            }
        }
        // Outside of the lock: a guest is asked how often its functions were called.
        return found.stream().map(Supplier::get).sorted(Comparator.comparing(PatchStatus::name).thenComparing(PatchStatus::bundle)
                .thenComparing(PatchStatus::machine)).toList();
    }

    /** Of a patch that stands on no guest. */
    private PatchStatus status(Bundle bundle, Started patch) {
        String refusal = refusals.getOrDefault(bundle.getBundleId(), "");
        PatchStatus.State state = patch != null ? PatchStatus.State.WAITING
                : refusal.isEmpty() ? PatchStatus.State.STOPPED : PatchStatus.State.REFUSED;
        return new PatchStatus(PatchHeaders.name(bundle), bundle.getVersion().toString(), bundle.getBundleId(), "", state,
                patch != null ? "no machine" : refusal, PatchHeaders.functionNames(bundle), List.of(), pauses.of(bundle));
    }

    private PatchStatus status(Started patch, Guest guest, Standing standing) {
        Applied applied = standing.applied() != null && standing.applied().valid() ? standing.applied() : null;
        List<String> functions = applied == null ? patch.patch.replaced().stream().map(Patch.Function::name).distinct().toList() : applied.functions();
        return new PatchStatus(patch.patch.name(), patch.patch.version(), patch.bundle.getBundleId(), guest.machine().name(),
                standing.state(), standing.reason(), functions, applied == null ? List.of() : applied.hits(), pauses.of(patch.bundle, guest));
    }
}
