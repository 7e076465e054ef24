package org.lkpk.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the user asked for.
 *
 * @param against peers, as {@link Bench} knows them
 * @param only names of rows and groups; empty for all but idle
 * @param options more of them for {@code lkpk run}
 * @param report whether to write docs/performance.md
 */
record Request(List<String> against, Set<String> only, int runs, boolean longRun, List<String> options, Optional<Path> out, boolean report,
        boolean parts, boolean help) {
    static final String USE = """
            bench [--against PEER,...] [--only NAME,...] [--runs N] [--long] [--engine NAME] [--out FOLDER] [--report] [--parts]
              --against PEER    qemu, bochs, v86 or v86=FOLDER (that npm filled), native, lkpk=FOLDER (another checkout)
              --only NAME       these programs, or groups: cpu, x87, simd, strings, code, system, boot, quick-boot, idle
              --runs N          so many of each, by turns (3)
              --long            six times the loops, QEMU's 5 s and more; and idle, which takes two minutes a run
              --engine NAME     for our own processor: interpreter or translator
              --out FOLDER      figures.txt, figures.tsv and chart.svg go there (target/bench)
              --report          write the figures into docs/performance.md too
              --parts           measure parts of the processor by JMH instead
            """;
    private static final int RUNS = 3;

    /** @throws IllegalArgumentException naming what is wrong */
    static Request of(List<String> arguments) {
        List<String> left = new ArrayList<>(arguments);
        boolean help = left.remove("--help"), longRun = left.remove("--long"), report = left.remove("--report"), parts = left.remove("--parts");
        List<String> against = list(left, "--against");
        Set<String> only = new TreeSet<>(list(left, "--only"));
        String runs = option(left, "--runs").orElse(Integer.toString(RUNS));
        if (!runs.matches("[1-9][0-9]{0,2}")) throw new IllegalArgumentException("--runs " + runs + ": a number from 1 to 999");
        List<String> options = option(left, "--engine").map(engine -> List.of("--engine", engine)).orElse(List.of());
        Optional<Path> out = option(left, "--out").map(folder -> Path.of(folder).toAbsolutePath());
        if (!left.isEmpty()) throw new IllegalArgumentException(left.get(0) + "?\n" + USE);
        return new Request(against, only, Integer.parseInt(runs), longRun, options, out, report, parts, help);
    }

    /** What made the figures, in short. */
    String line() {
        StringBuilder line = new StringBuilder();
        // Where another's files lie says nothing to others.
        if (!against.isEmpty()) line.append("--against ").append(String.join(",", against.stream().map(peer -> peer.replaceFirst("=.*", "")).toList()));
        if (!only.isEmpty()) line.append(" --only ").append(String.join(",", only));
        if (longRun) line.append(" --long");
        options.forEach(option -> line.append(' ').append(option));
        return line.append(" --runs ").append(runs).toString().strip();
    }

    /** Whether a row is wanted. */
    boolean wants(Row row) {
        // Two minutes of doing nothing are for those who ask.
        if (only.isEmpty()) return longRun || row.group() != Group.IDLE || !row.name().equals("idle");
        return only.contains(row.name()) || only.contains(row.group().word());
    }

    private static List<String> list(List<String> arguments, String name) {
        return option(arguments, name).map(value -> Stream.of(value.split(",")).filter(word -> !word.isBlank()).toList()).orElse(List.of());
    }

    /** Takes an option and its value out of the arguments. */
    private static Optional<String> option(List<String> arguments, String name) {
        int at = arguments.indexOf(name);
        if (at < 0) return Optional.empty();
        if (at + 1 == arguments.size()) throw new IllegalArgumentException(name + ": its value is missing");
        arguments.remove(at);
        return Optional.of(arguments.remove(at));
    }
}
