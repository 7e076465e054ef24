package org.lkpk.shell;

import java.util.List;
import java.util.Map;

/** Values as JSON: maps, lists, numbers, and all else as strings. */
final class Json {
    private Json() { }

    static String of(Object value) {
        StringBuilder text = new StringBuilder();
        write(value, text);
        return text.toString();
    }

    private static void write(Object value, StringBuilder text) {
        if (value instanceof Map<?, ?> map) {
            String comma = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                write(entry.getKey(), text.append(comma));
                write(entry.getValue(), text.append(": "));
                comma = ", ";
            }
            text.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String comma = "[";
            for (Object element : list) {
                write(element, text.append(comma));
                comma = ", ";
            }
            text.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof Number) {
            text.append(value);
        } else {
            quote(value.toString(), text);
        }
    }

    private static void quote(String value, StringBuilder text) {
        text.append('"');
        for (char letter : value.toCharArray()) {
            if (letter == '"' || letter == '\\') text.append('\\').append(letter);
            else if (letter < ' ') text.append(String.format("\\u%04x", (int) letter));
            else text.append(letter);
        }
        text.append('"');
    }
}
