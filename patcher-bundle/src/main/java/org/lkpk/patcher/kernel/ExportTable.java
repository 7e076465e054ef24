package org.lkpk.patcher.kernel;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The names that a kernel exports to its modules ({@code __ksymtab}), which is where exported data stands when kallsyms
 * holds functions only. An entry is three words, each the distance from itself to the value, the name and the
 * namespace (Linux 5.4 and later with PREL32 relocations). The names may share their tails.
 */
final class ExportTable {
    private static final int ENTRY = 12;
    private static final int LONGEST = 512;
    /** Entries stand before their names, no further than this. */
    private static final int REACH = 1 << 20;
    private static final int MOST_CANDIDATES = 16;
    /** Every x86 kernel exports it. */
    private static final byte[] KNOWN = "init_task\0".getBytes(StandardCharsets.US_ASCII);

    private ExportTable() { }

    /** Addresses by name, relative to position 0 of {@code image}; empty if there is no such table behind {@code from}. */
    static Map<String, Integer> read(Image image, int from) {
        int name = image.find(KNOWN, from, image.size());
        for (int i = 0; i < MOST_CANDIDATES && name >= 0; i++, name = image.find(KNOWN, name + 1, image.size())) {
            int entry = entryOf(image, name);
            if (entry >= 0) return around(image, entry);
        }
        return Map.of();
    }

    private static int entryOf(Image image, int name) {
        for (int at = Image.aligned(Math.max(0, name - REACH), 4); at < name - ENTRY; at += 4)
            if (at + 4 + image.word(at + 4) == name && nameEnd(image, at + ENTRY) > 0) return at;
        return -1;
    }

    private static Map<String, Integer> around(Image image, int entry) {
        int first = entry;
        while (nameEnd(image, first - ENTRY) > 0) first -= ENTRY;
        Map<String, Integer> values = new LinkedHashMap<>();
        for (int at = first; ; at += ENTRY) {
            int end = nameEnd(image, at);
            if (end <= 0) return values;
            int name = at + 4 + image.word(at + 4);
            values.putIfAbsent(image.text(name, end), at + image.word(at));
        }
    }

    /** Position behind the name of the entry at {@code at}; 0 if there is no entry. */
    private static int nameEnd(Image image, int at) {
        if (at < 0 || at > image.size() - ENTRY) return 0;
        int name = at + 4 + image.word(at + 4);
        if (name <= 0 || name >= image.size()) return 0;
        int end = name;
        while (end < image.size() && end - name < LONGEST && partOfName(image.octet(end))) end++;
        return end > name && end < image.size() && image.octet(end) == 0 ? end : 0;
    }

    private static boolean partOfName(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' || c == '.';
    }
}
