package org.lkpk.patcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.Patcher;
import org.osgi.framework.Bundle;

/**
 * The headers by which a bundle is a patch.
 * <pre>
 * LKPK-Patch:            NAME
 * LKPK-Patch-Objects:    PATH;kernel="GLOB", …       objects in the bundle, the first one whose glob fits is used
 * LKPK-Patch-Functions:  NAME;position=N;entry=HEX, …
 * </pre>
 * GLOB is matched against the kernel's release ({@code *} and {@code ?}; default {@code *}); the position is 1-based among
 * symbols of this name by address; HEX are the bytes that the entry must hold, if not the five-byte NOP.
 */
final class PatchHeaders {
    static final String OBJECTS = "LKPK-Patch-Objects";
    static final String FUNCTIONS = "LKPK-Patch-Functions";
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
        for (Clause clause : clauses(bundle, name, OBJECTS, "kernel"))
            objects.add(new Patch.ObjectFile(clause.path(), clause.attributes().getOrDefault("kernel", "*"), bytes(bundle, name, clause.path())));
        return new Patch(name, bundle.getVersion().toString(), objects, functions(bundle, name));
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
        for (Clause clause : clauses(bundle, patch, FUNCTIONS, "position", "entry")) {
            for (Patch.Function other : functions)
                if (other.name().equals(clause.path())) throw new PatchRefused(patch + ": " + FUNCTIONS + " names " + clause.path() + " twice");
            functions.add(new Patch.Function(clause.path(), position(patch, clause), entry(patch, clause)));
        }
        return functions;
    }

    private static List<Clause> clauses(Bundle bundle, String patch, String header, String... known) throws PatchRefused {
        String text = bundle.getHeaders("").get(header);
        if (text == null || text.isBlank()) throw new PatchRefused(patch + ": header " + header + " is missing");
        List<Clause> clauses = Clause.parse(patch + ": " + header, text);
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

    /** One element of a header: a path or name, and attributes. */
    record Clause(String path, Map<String, String> attributes) {
        /** @param where how messages name the header */
        static List<Clause> parse(String where, String text) throws PatchRefused {
            List<Clause> clauses = new ArrayList<>();
            for (String element : split(where, text, ',')) {
                List<String> parts = split(where, element, ';');
                Map<String, String> attributes = new LinkedHashMap<>();
                for (String part : parts.subList(1, parts.size())) {
                    int equals = part.indexOf('=');
                    if (equals < 1) throw new PatchRefused(where + ": '" + part + "' is not attribute=value");
                    attributes.put(part.substring(0, equals).strip(), unquoted(part.substring(equals + 1).strip()));
                }
                if (parts.get(0).isEmpty()) throw new PatchRefused(where + ": an element is empty");
                clauses.add(new Clause(parts.get(0), attributes));
            }
            return clauses;
        }

        private static List<String> split(String where, String text, char separator) throws PatchRefused {
            List<String> parts = new ArrayList<>();
            boolean quoted = false;
            int start = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"') quoted = !quoted;
                if (c != separator || quoted) continue;
                parts.add(text.substring(start, i).strip());
                start = i + 1;
            }
            if (quoted) throw new PatchRefused(where + ": a quotation mark is missing");
            parts.add(text.substring(start).strip());
            return parts;
        }

        private static String unquoted(String value) {
            boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
            return quoted ? value.substring(1, value.length() - 1) : value;
        }
    }
}
