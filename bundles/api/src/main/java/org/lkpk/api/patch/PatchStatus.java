package org.lkpk.api.patch;

import java.util.List;

/**
 * A patch bundle and what became of it on one machine.
 *
 * @param bundle its id
 * @param machine name of the machine; empty while no machine is concerned
 * @param state what it is now
 * @param reason why, in one line: what it waits for, or why it was refused; else empty
 * @param functions the functions it replaces
 * @param hits how often each of {@code functions} was called since the patch was applied; empty unless it is applied
 * @param pauses of the guest for its writes, oldest first, the last 1,000
 */
public record PatchStatus(String name, String version, long bundle, String machine, State state, String reason,
        List<String> functions, List<Long> hits, List<Pause> pauses) {
    public enum State {
        /** Installed, not started. */
        STOPPED,
        /** Started; the kernel, a module, a patch that it needs, the patcher or its moment is not there yet. */
        WAITING,
        APPLIED,
        /** Started, but another patch has taken its place. */
        REPLACED,
        REFUSED
    }

    /**
     * The guest stood still for this long.
     *
     * @param ns host time
     * @param kind what else took part of that time
     */
    public record Pause(long ns, Kind kind) { }

    /** What a pause is made of. */
    public enum Kind {
        WARM,
        /** The first on its machine: the host has yet to load and compile the code. */
        COLD,
        /** The host's garbage collector ran in it. */
        COLLECTED
    }
}
