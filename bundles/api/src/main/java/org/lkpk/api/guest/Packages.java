package org.lkpk.api.guest;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** The folder of what was unpacked as {@code collection}; empty if it was not. */
    Optional<Path> unpacked(String collection);

    /**
     * Unpacks files, under the paths that they have, into a folder that is kept as {@code collection}, unless it is there;
     * any thread. May take minutes.
     *
     * @param progress is given lines for people
     * @throws GuestUnavailable naming what cannot be had and why; nothing is left half done
     */
    Path unpack(String collection, List<Wanted> wanted, Consumer<String> progress) throws GuestUnavailable;

    /**
     * The package of the day: the first that {@code metapackage} depends on and whose name matches.
     *
     * @throws GuestUnavailable if there is none
     */
    String current(String metapackage, Pattern name, Consumer<String> progress) throws GuestUnavailable;

    /**
     * Files of a package.
     *
     * @param name of the package; {@code NAME=VERSION} for one version of it
     * @param file the path of a file in it, without a slash at the front; all that match are unpacked, the first is fetched
     * @param member the paths in that file, a tar.xz, of those that are wanted; null if it is wanted itself
     */
    record Wanted(String name, Pattern file, Pattern member) { }
}
