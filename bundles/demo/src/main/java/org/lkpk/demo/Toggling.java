package org.lkpk.demo;

import java.util.Arrays;
import java.util.List;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.Patcher;
import org.osgi.framework.Bundle;

/** A patch started and stopped again and again under a guest that reads all the while what it changes. */
final class Toggling {
    private static final int ROUNDS = 10;
    /** Reads between two toggles; twice ten of them make more than 20,000. */
    private final int least;
    private final Bundle patch;
    private final Report report;

    Toggling(Bundle patch, int least, Report report) {
        this.patch = patch;
        this.least = least;
        this.report = report;
    }

    /** How many reads there were. */
    long run(Story.Reader reader) throws Failure, InterruptedException {
        long reads = reader.steady(least).all();
        for (int round = 1; round <= ROUNDS; round++) {
            reads += toggle(reader, round, true);
            reads += toggle(reader, round, false);
        }
        report.check("reads in all", reads >= 2L * ROUNDS * least, reads);
        return reads;
    }

    private long toggle(Story.Reader reader, int round, boolean on) throws Failure, InterruptedException {
        String when = (on ? "start " : "stop ") + round;
        Story.Reads around = reader.around(() -> {
            if (on) House.start(patch);
            else House.stop(patch);
        });
        report.check(when + ": every line is the old or the new one", around.other() == 0, around);
        report.check(when + ": the line changes once", around.changes() <= 1, around);
        Story.Reads after = reader.steady(least);
        report.check(when + ": none of the " + (on ? "old" : "new") + " lines after it",
                (on ? after.old() : after.fresh()) == 0 && after.other() == 0, after);
        report.check(when + ": at least " + least + " reads after it", after.all() >= least, after);
        return around.all() + after.all();
    }

    /** The guest's pauses for this patch in ms: median and worst. */
    static double[] pauses(Patcher patcher, Bundle patch, Machine machine) throws Failure {
        for (PatchStatus status : patcher.patches()) {
            if (status.bundle() != patch.getBundleId()) continue;
            if (!status.machine().isEmpty() && !status.machine().equals(machine.name())) continue;
            long[] sorted = status.pauses().stream().mapToLong(PatchStatus.Pause::ns).sorted().toArray();
            if (sorted.length > 0) return new double[] {sorted[sorted.length / 2] / 1e6, Arrays.stream(sorted).max().orElse(0) / 1e6};
        }
        throw new Failure("pauses of the guest: the patcher tells of none");
    }
}
