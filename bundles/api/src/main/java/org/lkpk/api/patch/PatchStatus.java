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
 * @param pauses guest's pauses in ns for its writes, oldest first, the last 1,000
 */
public record PatchStatus(String name, String version, long bundle, String machine, State state, String reason,
        List<String> functions, List<Long> pauses) {
    public enum State {
        /** Installed, not started. */
        STOPPED,
        /** Started; the kernel or the patcher is not there yet. */
        WAITING,
        APPLIED,
        REFUSED
    }
}
