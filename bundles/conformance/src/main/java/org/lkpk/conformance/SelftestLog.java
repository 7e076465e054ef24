package org.lkpk.conformance;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a run of the kernel's selftests printed, test after test between our own lines. */
final class SelftestLog {
    static final String BEGIN = "=== begin ", END = "=== end ";
    private static final String OK = "[OK]", FAIL = "[FAIL]", SKIP = "[SKIP]";

    /** Counts of a test's lines, and its exit status. */
    record Outcome(int ok, int failed, int skipped, int status) {
        boolean bad() {
            return failed > 0 || status != 0;
        }
    }

    private final Map<String, Outcome> outcomes = new TreeMap<>();
    private final Map<String, String> texts = new TreeMap<>();

    /** @param text all of it; a test that has no end is left out */
    SelftestLog(String text) {
        for (String part : text.replace("\r", "").split(BEGIN)) {
            int name = part.indexOf('\n'), end = part.indexOf(END);
            if (name < 0 || end < name) continue;
            add(part.substring(0, name), part.substring(name + 1, end), status(part.substring(end + END.length())));
        }
    }

    private static int status(String line) {
        return Integer.parseInt(line.split("\\D", 2)[0]);
    }

    private void add(String test, String text, int status) {
        outcomes.put(test, new Outcome(count(text, OK), count(text, FAIL), count(text, SKIP), status));
        texts.put(test, text);
    }

    private static int count(String text, String mark) {
        return text.split(Pattern.quote(mark), -1).length - 1;
    }

    /** By the test's name. */
    Map<String, Outcome> outcomes() {
        return outcomes;
    }

    boolean bad(String test) {
        return outcomes.containsKey(test) && outcomes.get(test).bad();
    }

    /** The first line of a test that has {@code mark}; else its exit status. */
    String first(String test, String mark) {
        for (String line : texts.get(test).split("\n")) if (line.contains(mark)) return line.replace('\t', ' ').strip();
        return "exit status " + outcomes.get(test).status;
    }

    String firstFailure(String test) {
        return first(test, FAIL);
    }

    String firstSkip(String test) {
        return first(test, SKIP);
    }
}
