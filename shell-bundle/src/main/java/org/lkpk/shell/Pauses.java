package org.lkpk.shell;

import java.util.List;
import org.lkpk.api.patch.PatchStatus.Kind;
import org.lkpk.api.patch.PatchStatus.Pause;

/** A guest's pauses in a few words. */
final class Pauses {
    private Pauses() { }

    /** Median and 99th percentile of those that were the patcher's own work, and the others apart; empty if there are none. */
    static String told(List<Pause> pauses) {
        if (pauses.isEmpty()) return "";
        long[] warm = pauses.stream().filter(p -> p.kind() == Kind.WARM).mapToLong(Pause::ns).sorted().toArray();
        StringBuilder line = new StringBuilder("  paused");
        String comma = "";
        if (warm.length > 0) {
            line.append(String.format(" %.2f ms", warm[warm.length / 2] / 1e6));
            if (warm.length > 1) line.append(String.format(" (median of %d, 99 %% under %.2f)", warm.length, warm[warm.length * 99 / 100] / 1e6));
            comma = ",";
        }
        for (Pause one : pauses)
            if (one.kind() == Kind.COLD) {
                line.append(String.format("%s cold %.2f ms", comma, one.ns() / 1e6));
                comma = ",";
            }
        long collected = pauses.stream().filter(p -> p.kind() == Kind.COLLECTED).mapToLong(Pause::ns).max().orElse(0);
        if (collected > 0) line.append(String.format("%s with garbage collection up to %.2f ms", comma, collected / 1e6));
        return line.toString();
    }
}
