package org.lkpk.api.patch;

import java.util.List;
import org.osgi.framework.Bundle;

/** Applies patch bundles to the running kernel; a service. Any thread. */
public interface Patcher {
    /** The manifest header by which a bundle is a patch; its value is the patch's name. */
    String HEADER = "LKPK-Patch";

    /** Topic of events; their properties are {@code patch}, {@code bundle}, {@code machine}, {@code state}, {@code reason}. */
    String TOPIC = "org/lkpk/patch/STATE";

    /**
     * Applies a patch bundle to every machine whose kernel runs, all or nothing, and keeps applying it to machines that
     * come or boot again until {@link #stop}. Answers soon: where somebody is inside of what it replaces, it waits until its
     * deadline has passed and is refused then, on that machine.
     *
     * @return one line for people: applied, or waiting and for what
     * @throws PatchRefused with the whole reason; nothing has been written then
     */
    String start(Bundle patch) throws PatchRefused;

    /** Takes it back everywhere, or lets it wait no longer. Always succeeds, and takes as long as its deadline says at most: what cannot be restored is told in the returned line. */
    String stop(Bundle patch);

    /** All patch bundles installed, by name. */
    List<PatchStatus> patches();

    /** What an applied patch has replaced, on every machine, compared with the guests' memory as it is now. */
    List<Replacement> replacements(Bundle patch);
}
