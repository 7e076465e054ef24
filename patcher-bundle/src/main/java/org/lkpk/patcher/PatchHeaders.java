package org.lkpk.patcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.lkpk.api.header.Clause;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.Patcher;
import org.osgi.framework.Bundle;

/**
 * The headers by which a bundle is a patch.
 * <pre>
 * LKPK-Patch:            NAME
 * LKPK-Patch-Objects:    PATH;kernel="GLOB";build-id=HEX;pristine=PATH, …     the first that fits is used
 * LKPK-Patch-Functions:  NAME;position=N;entry=HEX;module=NAME;kernel="GLOB";new=NAME, …
 * LKPK-Patch-Replaces:   GLOB, …
 * LKPK-Patch-Callbacks:  before-apply=NAME;after-apply=NAME;before-revert=NAME;after-revert=NAME
 * LKPK-Patch-Deadline:   MILLISECONDS
 * </pre>
 * docs/patching.md says what they mean.
 */
final class PatchHeaders {
    static final String OBJECTS = "LKPK-Patch-Objects";
    static final String FUNCTIONS = "LKPK-Patch-Functions";
    static final String REPLACES = "LKPK-Patch-Replaces";
    static final String CALLBACKS = "LKPK-Patch-Callbacks";
    static final String DEADLINE = "LKPK-Patch-Deadline";
    private static final Map<String, Patch.Moment> MOMENTS = Map.of("before-apply", Patch.Moment.BEFORE_APPLY,
            "after-apply", Patch.Moment.AFTER_APPLY, "before-revert", Patch.Moment.BEFORE_REVERT, "after-revert", Patch.Moment.AFTER_REVERT);
    private static final int LONGEST_DEADLINE_MS = 600_000;
    private static final int LARGEST_OBJECT = 4 << 20;
    private static final int LONGEST_ENTRY = 64;

    private PatchHeaders() { }

    static boolean in(Bundle bundle) {
        return bundle.getHeaders("").get(Patcher.HEADER) != null;
    }

    /** What users call the patch. */
    static String name(Bundle bundle) {
        return bundle.getHeaders("").get(Patcher.HEADER).strip();
    }

    /** @throws PatchRefused naming the header or the object that is missing or bad */
    static Patch read(Bundle bundle) throws PatchRefused {
        String name = name(bundle);
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) throw new PatchRefused(Patcher.HEADER + ": a name of letters, digits, '.', '_' and '-' is wanted");
        List<Patch.ObjectFile> objects = new ArrayList<>();
        for (Clause clause : clauses(bundle, name, OBJECTS, "kernel", "build-id", "pristine")) objects.add(object(bundle, name, clause));
        return new Patch(name, bundle.getVersion().toString(), objects, functions(bundle, name), replaces(bundle, name),
                callbacks(bundle, name), deadline(bundle, name));
    }

    private static Patch.ObjectFile object(Bundle bundle, String name, Clause clause) throws PatchRefused {
        String pristine = clause.attributes().getOrDefault("pristine", "");
        return new Patch.ObjectFile(clause.path(), clause.attributes().getOrDefault("kernel", "*"),
                clause.attributes().getOrDefault("build-id", ""), bytes(bundle, name, clause.path()),
                pristine.isEmpty() ? new byte[0] : bytes(bundle, name, pristine));
    }

    private static List<String> replaces(Bundle bundle, String name) throws PatchRefused {
        String text = bundle.getHeaders("").get(REPLACES);
        List<String> globs = new ArrayList<>();
        if (text == null) return globs;
        for (Clause clause : clauses(bundle, name, REPLACES)) globs.add(clause.path());
        return globs;
    }

    private static Map<Patch.Moment, String> callbacks(Bundle bundle, String name) throws PatchRefused {
        String text = bundle.getHeaders("").get(CALLBACKS);
        Map<Patch.Moment, String> callbacks = new EnumMap<>(Patch.Moment.class);
        if (text == null) return callbacks;
        for (String part : text.split("[;,]")) {
            String[] pair = part.strip().split("\\s*=\\s*", 2);
            Patch.Moment moment = MOMENTS.get(pair[0]);
            if (moment == null || pair.length < 2 || pair[1].isEmpty())
                throw new PatchRefused(name + ": " + CALLBACKS + ": '" + part.strip() + "' is not one of before-apply=NAME, after-apply=NAME, "
                        + "before-revert=NAME, after-revert=NAME");
            callbacks.put(moment, pair[1]);
        }
        return callbacks;
    }

    private static Duration deadline(Bundle bundle, String name) throws PatchRefused {
        String text = bundle.getHeaders("").get(DEADLINE);
        if (text == null) return Patch.USUAL_DEADLINE;
        if (!text.strip().matches("[1-9][0-9]{0,5}") || Integer.parseInt(text.strip()) > LONGEST_DEADLINE_MS)
            throw new PatchRefused(name + ": " + DEADLINE + " '" + text + "' is not 1 to " + LONGEST_DEADLINE_MS + " ms");
        return Duration.ofMillis(Integer.parseInt(text.strip()));
    }

    /** Names of the functions that it replaces, as far as the header can be read. */
    static List<String> functionNames(Bundle bundle) {
        try {
            return functions(bundle, name(bundle)).stream().map(Patch.Function::name).toList();
        } catch (PatchRefused unreadable) {
            return List.of();
        }
    }

    private static List<Patch.Function> functions(Bundle bundle, String patch) throws PatchRefused {
        List<Patch.Function> functions = new ArrayList<>();
        for (Clause clause : clauses(bundle, patch, FUNCTIONS, "position", "entry", "module", "kernel", "new")) {
            for (Patch.Function other : functions)
                if (other.name().equals(clause.path()) && other.releases().equals(clause.attributes().getOrDefault("kernel", "*"))) throw new PatchRefused(patch + ": " + FUNCTIONS + " names " + clause.path() + " twice");
            functions.add(new Patch.Function(clause.path(), position(patch, clause), entry(patch, clause),
                    clause.attributes().getOrDefault("module", ""), clause.attributes().getOrDefault("kernel", "*"),
                    clause.attributes().getOrDefault("new", clause.path())));
        }
        return functions;
    }

    private static List<Clause> clauses(Bundle bundle, String patch, String header, String... known) throws PatchRefused {
        String text = bundle.getHeaders("").get(header);
        if (text == null || text.isBlank()) throw new PatchRefused(patch + ": header " + header + " is missing");
        List<Clause> clauses;
        try {
            clauses = Clause.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new PatchRefused(patch + ": " + header + ": " + wrong.getMessage());
        }
        for (Clause clause : clauses)
            for (String attribute : clause.attributes().keySet())
                if (!List.of(known).contains(attribute))
                    throw new PatchRefused(patch + ": " + header + " has an unknown attribute '" + attribute + "'");
        return clauses;
    }

    private static int position(String patch, Clause clause) throws PatchRefused {
        String text = clause.attributes().getOrDefault("position", "0");
        if (!text.matches("[0-9]{1,6}")) throw new PatchRefused(patch + ": " + clause.path() + ": position '" + text + "' is not a number");
        return Integer.parseInt(text);
    }

    private static byte[] entry(String patch, Clause clause) throws PatchRefused {
        String text = clause.attributes().getOrDefault("entry", "").replace(" ", "");
        try {
            byte[] bytes = HexFormat.of().parseHex(text);
            if (bytes.length <= LONGEST_ENTRY) return bytes;
        } catch (IllegalArgumentException unreadable) {
            // Told below.
        }
        throw new PatchRefused(patch + ": " + clause.path() + ": entry '" + text + "' is not up to " + LONGEST_ENTRY + " bytes in hex");
    }

    private static byte[] bytes(Bundle bundle, String patch, String path) throws PatchRefused {
        URL entry = bundle.getEntry(path);
        if (entry == null) throw new PatchRefused(patch + ": " + path + " is not in the bundle");
        try (InputStream in = entry.openStream()) {
            byte[] bytes = in.readNBytes(LARGEST_OBJECT + 1);
            if (bytes.length > LARGEST_OBJECT) throw new PatchRefused(patch + ": " + path + " is too large");
            return bytes;
        } catch (IOException unreadable) {
            throw new PatchRefused(patch + ": " + path + " cannot be read: " + unreadable.getMessage());
        }
    }
}
