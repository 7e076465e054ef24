package org.lkpk.conformance;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The screen of memtest86+ as it comes over a serial line: text and cursor movements. */
final class MemtestScreen {
    private static final Pattern MOVEMENT = Pattern.compile("\u001B\\[[0-9;?]*[A-Za-z]");
    private static final Pattern TEST = Pattern.compile("#(\\d+) +\\[([^]]*)]"), COUNTS = Pattern.compile("Pass: +(\\d+) +Errors: +(\\d+)");
    private static final int KEPT = 4096;

    private String rest = "", test = "";
    private final Set<Integer> seen = new TreeSet<>();
    private int passes, errors;

    void add(String piece) {
        rest += piece;
        String text = MOVEMENT.matcher(rest).replaceAll("\n");
        for (Matcher m = TEST.matcher(text); m.find();) {
            test = "#" + m.group(1) + " " + m.group(2);
            seen.add(Integer.parseInt(m.group(1)));
        }
        for (Matcher m = COUNTS.matcher(text); m.find();) {
            passes = Math.max(passes, Integer.parseInt(m.group(1)));
            errors = Math.max(errors, Integer.parseInt(m.group(2)));
        }
        rest = rest.substring(Math.max(0, rest.length() - KEPT));
    }

    /** Number and name of the test that runs; empty before the first. */
    String test() {
        return test;
    }

    /** Numbers of the tests that were seen: short ones are over before the screen is written again. */
    Set<Integer> seen() {
        return seen;
    }

    int passes() {
        return passes;
    }

    int errors() {
        return errors;
    }
}
