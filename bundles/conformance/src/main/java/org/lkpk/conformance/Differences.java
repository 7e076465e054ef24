package org.lkpk.conformance;

import java.util.Map;
import java.util.TreeMap;

/** The differences found, by form: how many, and the first of them as an example. */
final class Differences {
    private static final class Found {
        int count;
        String example;
    }

    private final Map<String, Found> byForm = new TreeMap<>();
    private int count;

    void add(String form, String example) {
        Found found = byForm.computeIfAbsent(form, f -> new Found());
        if (found.count++ == 0) found.example = example;
        count++;
    }

    int count() {
        return count;
    }

    @Override
    public String toString() {
        StringBuilder b = new StringBuilder();
        byForm.forEach((form, found) -> b.append(form).append(": ").append(found.count).append(", first: ").append(found.example).append('\n'));
        return b.toString();
    }
}
