package org.lkpk.patcher;

import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.patcher.kernel.Kernel;
import org.osgi.framework.Bundle;

/** A patch bundle that was started, and how it stands on each guest. */
final class Started {
    /**
     * @param applied null unless {@code state} is APPLIED
     * @param by the patch that has replaced it; null unless {@code state} is REPLACED
     * @param quest for its moment; null unless it is WAITING for nothing else
     * @param boot the guest's boot that this is about
     */
    record Standing(PatchStatus.State state, String reason, Applied applied, Started by, Quest quest, int boot) {
        static Standing waiting(String reason, int boot) {
            return new Standing(PatchStatus.State.WAITING, reason, null, null, null, boot);
        }

        static Standing seeking(Quest quest, String reason, int boot) {
            return new Standing(PatchStatus.State.WAITING, reason, null, null, quest, boot);
        }

        static Standing stopped(int boot) {
            return new Standing(PatchStatus.State.STOPPED, "", null, null, null, boot);
        }

        static Standing refused(String reason, int boot) {
            return new Standing(PatchStatus.State.REFUSED, reason, null, null, null, boot);
        }

        static Standing applied(Applied applied, int boot) {
            return new Standing(PatchStatus.State.APPLIED, "", applied, null, null, boot);
        }

        static Standing replaced(Started by, int boot) {
            return new Standing(PatchStatus.State.REPLACED, "by " + by.patch.name(), null, by, null, boot);
        }
    }

    /** The search for a moment at which nobody is in the way. */
    static final class Quest {
        final int boot;
        private final Duration deadline;
        /** When it is given up, in {@link System#nanoTime}'s time. */
        long end;
        /** What is to be applied then; null where the guest takes nothing yet. */
        Applied linked;

        Quest(int boot, Duration deadline) {
            this.boot = boot;
            this.deadline = deadline;
            beginAnew();
        }

        void beginAnew() {
            end = System.nanoTime() + deadline.toNanos();
        }

        /** @param between what happens between two looks at the guest; the patch may be asked about in it, but not changed */
        void giveUp(Change.Between between) {
            if (linked != null) linked.giveUp(between);
        }
    }

    private static final int LOOKS = 3;

    final Bundle bundle;
    final Patch patch;
    final Map<Guest, Standing> standings = new IdentityHashMap<>();
    /** Modules that it has referred to, whether it said so or not. */
    private final Set<String> used = new LinkedHashSet<>();
    /** It is being taken back, which may take as long as somebody is inside of it. */
    boolean leaving;

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

    /** Its search for a moment on {@code guest}; null if there is none. */
    Quest quest(Guest guest) {
        Standing standing = standings.get(guest);
        return standing == null ? null : standing.quest();
    }

    /** Null if nothing is known of it on {@code guest}. */
    PatchStatus.State state(Guest guest) {
        Standing standing = standings.get(guest);
        return standing == null ? null : standing.state();
    }

    /** Whether it looks for a moment on any guest, or a guest has something to do for it that it has not done. */
    boolean busy() {
        return standings.values().stream().anyMatch(standing -> standing.quest() != null || standing.applied() != null && !standing.applied().settled());
    }

    /** Why it was refused on some guest; null if it was not. */
    String refusal() {
        for (Standing standing : standings.values()) if (standing.state() == PatchStatus.State.REFUSED) return standing.reason();
        return null;
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

    /** The modules that its functions for kernels of {@code release} are in. */
    private Set<String> modules(String release) {
        Set<String> modules = new LinkedHashSet<>();
        for (Patch.Function function : patch.replaced())
            if (!function.module().isEmpty() && Glob.matches(function.releases(), release)) modules.add(function.module());
        return modules;
    }

    /** Which module it needs that is not loaded; empty if none is missing. */
    String unloaded(Guest guest, Kernel kernel) {
        Set<String> wanted = modules(kernel.release());
        wanted.addAll(used);
        if (wanted.isEmpty()) return "";
        Map<String, Integer> loaded = guest.loaded(kernel);
        for (String module : wanted) if (!loaded.containsKey(module)) return missing(module);
        return "";
    }

    /**
     * Which module has gone since {@code applied} was linked, even if it has come back elsewhere; empty if none has. A list
     * that is being changed just then is looked at again.
     */
    String unloaded(Guest guest, Applied applied) {
        used.addAll(applied.modules().keySet());
        String missing = "";
        for (int look = 0; look < LOOKS; look++) {
            missing = absent(guest, applied);
            if (missing.isEmpty()) return "";
        }
        return missing;
    }

    private static String absent(Guest guest, Applied applied) {
        if (applied.modules().isEmpty()) return "";
        Map<String, Integer> loaded = guest.loaded(applied.kernel());
        for (Map.Entry<String, Integer> module : applied.modules().entrySet())
            if (!module.getValue().equals(loaded.get(module.getKey()))) return missing(module.getKey());
        return "";
    }

    private static String missing(String module) {
        return "module " + module + " is not loaded";
    }

    /** How it stands, for people. */
    String line() {
        if (standings.isEmpty()) return patch.name() + " waits: no machine";
        StringJoiner line = new StringJoiner("; ");
        standings.forEach((guest, standing) -> {
            String what = patch.name() + switch (standing.state()) {
                case APPLIED -> " applied";
                case REFUSED -> " refused: " + standing.reason();
                case REPLACED -> " is replaced " + standing.reason();
                default -> " waits: " + standing.reason();
            };
            line.add(what + " (machine " + guest.machine().name() + ")");
        });
        return line.toString();
    }
}
