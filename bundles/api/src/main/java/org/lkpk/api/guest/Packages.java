package org.lkpk.api.guest;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Files out of a distribution's packages: fetched once, checked, and kept in the user's cache. */
public interface Packages {
    /** What was fetched as {@code collection}, by file name; empty if it was not. */
    Map<String, byte[]> kept(String collection);

    /**
     * Fetches files and keeps them as {@code collection}, unless they are there; any thread. May take minutes.
     *
     * @param progress is given lines for people
     * @throws GuestUnavailable naming what cannot be had and why; nothing is left half done
     */
    Map<String, byte[]> fetch(String collection, List<Wanted> wanted, Consumer<String> progress) throws GuestUnavailable;

    /**
     * Files of a package.
     *
     * @param name of the package
     * @param file the path of a file in it, without a slash at the front
     * @param member the paths in that file, a tar.xz, of those that are wanted; null if it is wanted itself
     */
    record Wanted(String name, Pattern file, Pattern member) { }
}
