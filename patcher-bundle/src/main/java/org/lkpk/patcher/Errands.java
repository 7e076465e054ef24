package org.lkpk.patcher;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the guest is to do for an applied patch, one call after the other: nobody waits for it but who takes the patch out. */
final class Errands {
    private static final Logger LOG = LoggerFactory.getLogger(Errands.class);

    /** What follows once a call has returned or is given up. */
    interface Outcome {
        /** @param failure why there is no answer; null if there is one */
        void is(int answer, String failure);
    }

    private record Errand(Worker.Call call, Outcome outcome) { }

    private final String title;
    private final BooleanSupplier valid;
    private final Deque<Errand> due = new ArrayDeque<>();
    private boolean stuck;

    /**
     * @param title that lines begin with
     * @param valid whether the guest still is the one that they are for
     */
    Errands(String title, BooleanSupplier valid) {
        this.title = title;
        this.valid = valid;
    }

    void add(Worker.Call call, Outcome outcome) {
        due.add(new Errand(call, outcome));
    }

    /** Calls what answers 0 if all is well. */
    void add(Worker.Call call) {
        add(call, (answer, failure) -> told(call, answer, failure));
    }

    /** Gives up what has not begun. */
    void clear() {
        due.clear();
    }

    /** Whether all is done; what can go on does. */
    boolean settled() {
        while (valid.getAsBoolean() && !due.isEmpty()) {
            Errand next = due.peek();
            try {
                if (!next.call.returned()) return false;
                due.remove();
                next.outcome.is(next.call.answer(), null);
            } catch (GuestBusy failed) {
                due.remove();
                next.outcome.is(0, failed.getMessage());
            }
        }
        return true;
    }

    /** Waits for the answer to a call; a line about what went wrong, or none. */
    List<String> done(Worker.Call call, Change.Between between) {
        if (!valid.getAsBoolean()) return List.of();
        try {
            return told(call, call.await(between), null);
        } catch (GuestBusy busy) {
            stuck |= call.running();
            return told(call, 0, busy.getMessage());
        }
    }

    /** Whether the guest is in a call that was waited for in vain. */
    boolean stuck() {
        return stuck;
    }

    private List<String> told(Worker.Call call, int answer, String failure) {
        if (failure == null && answer == 0) return List.of();
        String line = title + (failure != null ? failure : call.what() + " answered " + answer);
        LOG.warn(line);
        return List.of(line);
    }
}
