package org.lkpk.patcher;

import java.util.IdentityHashMap;
import java.util.Map;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchStatus;
import org.osgi.framework.Bundle;

/** A patch bundle that was started, and how it stands on each guest. */
final class Started {
    /**
     * @param applied null unless {@code state} is APPLIED
     * @param by the patch that has replaced it; null unless {@code state} is REPLACED
     * @param boot the guest's boot that this is about
     */
    record Standing(PatchStatus.State state, String reason, Applied applied, Started by, int boot) {
        static Standing waiting(String reason, int boot) {
            return new Standing(PatchStatus.State.WAITING, reason, null, null, boot);
        }

        static Standing refused(String reason, int boot) {
            return new Standing(PatchStatus.State.REFUSED, reason, null, null, boot);
        }

        static Standing applied(Applied applied, int boot) {
            return new Standing(PatchStatus.State.APPLIED, "", applied, null, boot);
        }

        static Standing replaced(Started by, int boot) {
            return new Standing(PatchStatus.State.REPLACED, "by " + by.patch.name(), null, by, boot);
        }
    }

    final Bundle bundle;
    final Patch patch;
    final Map<Guest, Standing> standings = new IdentityHashMap<>();

    Started(Bundle bundle, Patch patch) {
        this.bundle = bundle;
        this.patch = patch;
    }

    /** Its text on {@code guest}; null if it is not applied there. */
    Applied on(Guest guest) {
        Standing standing = standings.get(guest);
        return standing == null || standing.applied() == null || !standing.applied().valid() ? null : standing.applied();
    }

    /** Whether it is in the kernel of {@code guest}, itself or as part of a patch that has replaced it. */
    boolean serves(Guest guest) {
        Standing standing = standings.get(guest);
        if (standing == null || standing.boot() != guest.boot()) return false;
        return standing.by() != null ? standing.by().serves(guest) : on(guest) != null;
    }

    /** Whether a patch called {@code name} leaves as this one arrives. */
    boolean replaces(String name) {
        if (name.equals(patch.name())) return false;
        for (String glob : patch.replaces()) if (Glob.matches(glob, name)) return true;
        return false;
    }

    /** What is left to do: never tried, waiting, or void because the guest booted or went off. */
    boolean open(Guest guest) {
        Standing standing = standings.get(guest);
        if (standing == null || standing.state() == PatchStatus.State.WAITING || standing.boot() != guest.boot()) return true;
        if (standing.by() != null) return !standing.by().serves(guest);
        return standing.applied() != null && !standing.applied().valid();
    }
}
