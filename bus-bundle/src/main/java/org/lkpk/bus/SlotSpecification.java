package org.lkpk.bus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One slot of a slot bundle's {@value #HEADER} header: {@code com1; card=org.lkpk.card.uart; port=0x3f8; irq=4}. Several are
 * separated by commas; a value that holds commas or semicolons stands in double quotes.
 *
 * @param card symbolic name of the card's bundle
 */
record SlotSpecification(String name, String card, Map<String, String> settings) {
    static final String HEADER = "LKPK-Slot";

    /** @throws IllegalArgumentException naming the clause and what is wrong with it */
    static List<SlotSpecification> parse(String header) {
        List<SlotSpecification> slots = new ArrayList<>();
        for (String clause : split(header, ',')) slots.add(clause(clause));
        return slots;
    }

    private static SlotSpecification clause(String clause) {
        List<String> parts = split(clause, ';');
        String name = parts.get(0).trim();
        if (name.isEmpty() || name.indexOf('=') >= 0)
            throw new IllegalArgumentException(HEADER + ": no slot name in \"" + clause.trim() + "\"");
        Map<String, String> settings = new LinkedHashMap<>();
        for (String part : parts.subList(1, parts.size())) {
            int equals = part.indexOf('=');
            if (equals < 1) throw new IllegalArgumentException(HEADER + ": slot " + name + ": \"" + part.trim() + "\" is no key=value");
            String key = part.substring(0, equals).trim();
            if (settings.put(key, unquoted(part.substring(equals + 1).trim())) != null)
                throw new IllegalArgumentException(HEADER + ": slot " + name + ": " + key + " given twice");
        }
        String card = settings.remove("card");
        if (card == null) throw new IllegalArgumentException(HEADER + ": slot " + name + " names no card");
        return new SlotSpecification(name, card, Map.copyOf(settings));
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') quoted = !quoted;
            if (c != separator || quoted) continue;
            parts.add(text.substring(from, i));
            from = i + 1;
        }
        parts.add(text.substring(from));
        return parts;
    }
}
