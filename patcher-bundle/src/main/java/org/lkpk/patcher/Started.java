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
     * @param boot the guest's boot that this is about
     */
    record Standing(PatchStatus.State state, String reason, Applied applied, int boot) {
        static Standing waiting(String reason, int boot) {
            return new Standing(PatchStatus.State.WAITING, reason, null, boot);
        }

        static Standing refused(String reason, int boot) {
            return new Standing(PatchStatus.State.REFUSED, reason, null, boot);
        }

        static Standing applied(Applied applied, int boot) {
            return new Standing(PatchStatus.State.APPLIED, "", applied, boot);
        }
    }

    final Bundle bundle;
    final Patch patch;
    final Map<Guest, Standing> standings = new IdentityHashMap<>();

    Started(Bundle bundle, Patch patch) {
        this.bundle = bundle;
        this.patch = patch;
    }

    /** What is left to do: never tried, waiting, or void because the guest booted or went off. */
    boolean open(Guest guest) {
        Standing standing = standings.get(guest);
        if (standing == null || standing.state() == PatchStatus.State.WAITING || standing.boot() != guest.boot()) return true;
        return standing.applied() != null && !standing.applied().valid();
    }
}
