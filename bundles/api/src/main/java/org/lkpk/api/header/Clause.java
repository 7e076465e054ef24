package org.lkpk.api.header;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One clause of a bundle's header: {@code path;name=value;name="value, in quotes"}. Clauses are separated by commas, and
 * blanks around each part mean nothing.
 *
 * @param path what stands first: a path or a name
 * @param attributes in their order, without quotes
 */
public record Clause(String path, Map<String, String> attributes) {
    /** @throws IllegalArgumentException with what is wrong, and where */
    public static List<Clause> parse(String header) {
        List<Clause> clauses = new ArrayList<>();
        for (String text : split(header, ',')) {
            List<String> parts = split(text, ';');
            if (parts.get(0).isEmpty() || parts.get(0).indexOf('=') >= 0) throw new IllegalArgumentException("no name at the start of \"" + text + "\"");
            Map<String, String> attributes = new LinkedHashMap<>();
            for (String part : parts.subList(1, parts.size())) {
                int equals = part.indexOf('=');
                if (equals < 1) throw new IllegalArgumentException(parts.get(0) + ": \"" + part + "\" is not name=value");
                String name = part.substring(0, equals).strip();
                if (attributes.put(name, unquoted(part.substring(equals + 1).strip())) != null)
                    throw new IllegalArgumentException(parts.get(0) + ": " + name + " is given twice");
            }
            clauses.add(new Clause(parts.get(0), attributes));
        }
        return clauses;
    }

    private static List<String> split(String text, char separator) {
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
        if (quoted) throw new IllegalArgumentException("a quotation mark is missing in \"" + text + "\"");
        parts.add(text.substring(start).strip());
        return parts;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
