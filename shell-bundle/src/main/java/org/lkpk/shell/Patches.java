package org.lkpk.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.Patcher;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The installed patches, as users name them. */
final class Patches {
    private Patches() { }

    /** @param patcher null where none is active */
    static List<PatchStatus> all(Patcher patcher) throws PatchRefused {
        if (patcher == null) throw new PatchRefused("no patcher is active: start the bundle org.lkpk.patcher");
        return patcher.patches();
    }

    static List<PatchStatus> of(Patcher patcher, Bundle bundle) throws PatchRefused {
        return all(patcher).stream().filter(one -> one.bundle() == bundle.getBundleId()).toList();
    }

    /** The one that {@code patch}, a bundle's number, its name or the patch's, means. */
    static Bundle named(Patcher patcher, BundleContext context, String patch) throws PatchRefused {
        Bundle found = null;
        for (PatchStatus one : all(patcher)) {
            Bundle bundle = context.getBundle(one.bundle());
            if (bundle == null) continue;
            if (patch.equals("" + one.bundle())) return bundle;
            if (!one.name().equals(patch) && !patch.equals(bundle.getSymbolicName())) continue;
            if (found != null && found != bundle)
                throw new PatchRefused(patch + ": bundles " + found.getBundleId() + " and " + one.bundle() + " are of that name; give the id");
            found = bundle;
        }
        if (found != null) return found;
        throw new PatchRefused(patch + ": no such patch; see patch:list");
    }

    /** Those that {@code words} mean, or all if there are none. */
    static List<PatchStatus> chosen(Patcher patcher, BundleContext context, String... words) throws PatchRefused {
        if (words.length == 0) return all(patcher);
        List<PatchStatus> chosen = new ArrayList<>();
        for (String word : words) chosen.addAll(of(patcher, named(patcher, context, word)));
        return chosen;
    }

    /** The one word that a command takes: Gogo's own complaint of a wrong number of them helps nobody. */
    static String only(String command, String what, String... words) throws PatchRefused {
        if (words.length == 1) return words[0];
        throw new PatchRefused(command + ": " + (words.length == 0 ? what + " is missing" : "one " + what + " is expected, not " + String.join(" ", Arrays.asList(words))));
    }
}
