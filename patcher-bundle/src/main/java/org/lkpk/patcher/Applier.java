package org.lkpk.patcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.Started.Quest;
import org.lkpk.patcher.Started.Standing;
import org.lkpk.patcher.kernel.Kernel;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies started patches to guests and takes them back. For whoever has the patcher's turn. */
final class Applier {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);
    /** What is left of a patch whose module has gone need not be insisted on. */
    private static final Duration GLANCE = Duration.ofMillis(500);

    private final Ledger ledger;
    private final Change.Between between;

    /** @param between lets others have their turn for a moment */
    Applier(Ledger ledger, Change.Between between) {
        this.ledger = ledger;
        this.between = between;
    }

    /** Applies it, or takes one more look for the moment at which it can be. */
    void consider(Started patch, Guest guest, Optional<Kernel> kernel) {
        Quest quest = patch.quest(guest);
        if (quest != null && quest.boot != guest.boot()) {
            giveUp(patch, quest);
            quest = null;
        }
        if (quest == null) quest = new Quest(guest.boot(), patch.patch.deadline());
        Standing standing;
        try {
            standing = attempt(patch, guest, kernel, quest);
        } catch (PatchRefused refused) {
            standing = Standing.refused(refused.getMessage(), quest.boot);
        }
        if (standing.applied() == null && standing.quest() == null) giveUp(patch, quest);
        ledger.stand(patch, guest, standing);
    }

    private void giveUp(Started patch, Quest quest) {
        patch.leaving = true;
        quest.giveUp(between);
        patch.leaving = false;
    }

    private Standing attempt(Started patch, Guest guest, Optional<Kernel> kernel, Quest quest) throws PatchRefused {
        String obstacle = obstacle(patch, guest, kernel, quest);
        if (!obstacle.isEmpty()) return Standing.waiting(obstacle, quest.boot);
        List<Started> leaving = new ArrayList<>();
        for (Started other : ledger.started()) {
            if (other.on(guest) == null || other.leaving) continue;
            if (other.replaces(patch.patch.name())) return Standing.replaced(other, quest.boot);
            if (patch.replaces(other.patch.name())) leaving.add(other);
        }
        try {
            if (quest.linked == null) quest.linked = Applied.linked(patch.patch, guest, kernel.get());
            quest.linked.look(leaving.stream().map(other -> other.on(guest)).toList());
        } catch (GuestBusy busy) {
            // The deadline is for moments at which nobody is inside: a callback has one of its own.
            if (quest.linked != null && quest.linked.asking()) quest.beginAnew();
            if (System.nanoTime() < quest.end) return Standing.seeking(quest, busy.getMessage(), quest.boot);
            throw new PatchRefused(Change.tired(busy, patch.patch.deadline()).getMessage());
        }
        guest.warmed();
        for (Started other : leaving) ledger.stand(other, guest, Standing.replaced(patch, quest.boot));
        ledger.paused(patch, guest, quest.linked.pause());
        return Standing.applied(quest.linked, quest.boot);
    }

    /** What must be there before it can be applied, and is not; empty if all is. */
    private String obstacle(Started patch, Guest guest, Optional<Kernel> kernel, Quest quest) {
        if (guest.machine().status() == Machine.Status.OFF) return "the machine is off";
        if (kernel.isEmpty()) return "no kernel has been found in memory yet";
        String obstacle = guest.obstacle(kernel.get());
        if (!obstacle.isEmpty()) return obstacle;
        for (Bundle needed : Dependencies.of(patch.bundle)) {
            Started other = ledger.started(needed);
            if (other == null || other.leaving || !other.serves(guest)) return needs(PatchHeaders.name(needed));
        }
        return quest.linked == null ? patch.unloaded(guest, kernel.get()) : patch.unloaded(guest, quest.linked);
    }

    private static String needs(String name) {
        return "needs patch " + name + ", which is not applied";
    }

    /** Jump labels follow their keys. A module that was unloaded has taken patched functions with it: what is left of the patch leaves too. */
    void watch(Started patch, Guest guest) {
        Applied applied = patch.on(guest);
        if (applied == null) return;
        String missing = patch.unloaded(guest, applied);
        if (missing.isEmpty()) {
            applied.followKeys();
            return;
        }
        LOG.info("{}: {}", patch.patch.name(), missing);
        patch.leaving = true;
        applied.revert(GLANCE, between);
        ledger.stand(patch, guest, Standing.waiting(missing, guest.boot()));
        patch.leaving = false;
    }

    /** Takes out what needs {@code gone}, what needs that in turn, and then itself; a line for people. */
    String takeOut(Started gone) {
        gone.leaving = true;
        for (Started other : ledger.started()) if (!other.leaving && Dependencies.needs(other.bundle, gone.bundle)) suspend(other, gone);
        return takenBack(gone);
    }

    /** Takes a patch back that remains started. */
    private void suspend(Started patch, Started gone) {
        List<Guest> guests = List.copyOf(patch.standings.keySet());
        LOG.info("{}", takeOut(patch));
        for (Guest guest : guests) ledger.stand(patch, guest, Standing.waiting(needs(gone.patch.name()), guest.boot()));
        patch.leaving = false;
    }

    private String takenBack(Started patch) {
        StringJoiner line = new StringJoiner("; ");
        line.add(patch.patch.name() + " taken back");
        Map.copyOf(patch.standings).forEach((guest, standing) -> {
            if (standing.quest() != null) standing.quest().giveUp(between);
            if (standing.applied() != null) {
                Applied.Reverted reverted = standing.applied().revert(patch.patch.deadline(), between);
                if (reverted.pause() != null) ledger.paused(patch, guest, reverted.pause());
                reverted.remarks().forEach(line::add);
            }
            ledger.stand(patch, guest, Standing.stopped(guest.boot()));
        });
        return line.toString();
    }
}
