package org.lkpk.api.patch;

import java.nio.file.Path;
import org.osgi.framework.Bundle;

/**
 * Whose patches may be applied: those that the kit itself brings, those signed by the user's own key, and those signed by
 * whom the user trusts. A service. Any thread.
 */
public interface Trust {
    /**
     * Who vouches for a patch bundle, by the bytes that the framework keeps.
     *
     * @return a line for people
     * @throws PatchRefused if it is unsigned, signed by a stranger, or was changed since
     */
    String check(Bundle patch) throws PatchRefused;

    /** The same for a file that is not installed. */
    String check(Path jar) throws PatchRefused;

    /** Signs a jar, in its place, with the user's key, which is made on first use. */
    void sign(Path jar) throws PatchRefused;

    /**
     * Trusts whoever signed a jar, or whose certificate a file holds, from now on.
     *
     * @return a line for people
     */
    String trust(Path file) throws PatchRefused;
}
