package org.lkpk.demo;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What people read: a line per step with the time it took, what was seen on the way, and a summary. */
final class Report {
    private static final String DIM = "\033[2m";
    private static final String PLAIN = "\033[0m";

    private final PrintStream out;
    private final boolean dimming;
    private final List<String> summary = new ArrayList<>();
    /** The first step began with the JVM. */
    private long began = System.nanoTime() - ManagementFactory.getRuntimeMXBean().getUptime() * 1_000_000;
    /** By name: some are made again and again. */
    private final Set<String> checks = new HashSet<>();

    Report(PrintStream out, boolean dimming) {
        this.out = out;
        this.dimming = dimming;
    }

    /** What is being looked at: indented, and dimmed on a terminal. */
    void seen(String text) {
        for (String line : text.split("\r?\n")) out.println("      " + dim(line));
    }

    /** The step that began with the last one's end is done. */
    void step(String title, String result) {
        out.printf("  %-7s %-78s %6.1f s%n", title, result, seconds());
        began = System.nanoTime();
    }

    /** Since the last step's end. */
    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** The first check that does not hold ends the demo. */
    void check(String name, boolean held, Object instead) throws Failure {
        if (!held) throw new Failure(name + ": " + instead);
        checks.add(name);
    }

    void checkEqual(String name, Object expected, Object found) throws Failure {
        check(name, expected.equals(found), "'" + found + "' instead of '" + expected + "'");
    }

    void summary(String name, String format, Object... values) {
        summary.add(String.format("  %-16s ", name) + String.format(format, values));
    }

    void end() {
        out.println();
        summary.forEach(out::println);
        out.printf("%n  All %d checks held.%n", checks.size());
    }

    PrintStream out() {
        return out;
    }

    String dim(String text) {
        return dimming ? DIM + text + PLAIN : text;
    }
}
