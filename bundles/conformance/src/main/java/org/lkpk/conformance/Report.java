package org.lkpk.conformance;

import java.util.LinkedHashMap;
import java.util.Map;

/** What all suites said: a table for people, and the same with all notes as a page of the documentation. */
final class Report {
    private static final String HEAD = """
            # Conformance of the CPU
            Judges from outside the emulator, and what they said of it. `./lkpk conformance --fetch` wrote this page and can
            write it again; a fresh record takes its cases from a new seed each time. A difference is a case, or a program of
            the selftests, that did not end as the judge says. What the SDM leaves undefined is not compared: the table
            `undefined.flags` in `bundles/conformance` lists it. Of the opcode table's forms (rows, with registers and memory, in
            each operand size) the record has 2,000 cases each; the table `not.recorded` there names those it lacks, and why.
            `./lkpk conformance --record` makes it again (gcc -m32 is needed): the cases come of its seed, and only what a real
            processor made of them is kept, in `bundles/conformance/host.rec.xz`. All of it is replayed by `mvn verify`.

            Most cases run once, and code must be hot to be translated: `--engine translator-all` translates all of it before it
            runs, in every suite, and `--engine interpreter` none.

            | suite | cases | differences | seed |
            |---|---:|---:|---|
            """;

    private final Map<Suite, Suite.Result> results = new LinkedHashMap<>();

    void add(Suite suite, Suite.Result result) {
        results.put(suite, result);
    }

    /** Over all suites. */
    long differences() {
        return results.values().stream().mapToLong(Suite.Result::differences).sum();
    }

    /** One line a suite, and one for each note's first. */
    String table() {
        StringBuilder b = new StringBuilder(String.format("%-42s %10s %12s  %s%n", "suite", "cases", "differences", "seed"));
        results.forEach((suite, result) -> {
            b.append(String.format("%-42s %10s %12s  %s%n", suite.title(), cases(result), differences(result), result.seed()));
            if (!result.note().isEmpty()) b.append("    ").append(result.note().strip().replace("\n", "\n    ")).append('\n');
        });
        return b.toString();
    }

    String page() {
        StringBuilder b = new StringBuilder(HEAD);
        results.forEach((suite, result) -> b.append("| ").append(suite.title()).append(" | ").append(cases(result)).append(" | ")
                .append(differences(result)).append(" | ").append(result.seed()).append(" |\n"));
        results.forEach((suite, result) -> {
            b.append("\n## ").append(suite.title()).append("\n    ").append(suite.reproduce().replace("SEED", result.seed())).append('\n');
            if (!result.note().isEmpty()) b.append('\n');
            for (String line : result.note().strip().split("\n")) if (!line.isEmpty()) b.append("- ").append(line).append('\n');
        });
        return b.toString();
    }

    private static String cases(Suite.Result result) {
        return result.cases() == 0 ? "not run" : String.format("%,d", result.cases());
    }

    private static String differences(Suite.Result result) {
        return result.cases() == 0 && result.differences() == 0 ? "" : String.format("%,d", result.differences());
    }
}
