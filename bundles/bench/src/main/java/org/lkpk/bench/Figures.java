package org.lkpk.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** All that was measured: every value of every row and emulator, and what must be the same everywhere. */
final class Figures {
    private final List<String> emulators;
    private final Map<Row, Map<String, List<Double>>> values = new LinkedHashMap<>();
    /** Who printed it, by row and checksum. */
    private final Map<Row, Map<String, Set<String>>> checksums = new HashMap<>();
    private final Map<Row, String> failures = new LinkedHashMap<>();

    /** @param emulators ours first */
    Figures(List<String> emulators) {
        this.emulators = emulators;
    }

    List<String> emulators() {
        return emulators;
    }

    /** Names a row, so that rows stand in the order in which they were asked for. */
    void expect(Row row) {
        values.computeIfAbsent(row, none -> new LinkedHashMap<>());
    }

    void add(Row row, String emulator, double value) {
        values.computeIfAbsent(row, none -> new LinkedHashMap<>()).computeIfAbsent(emulator, none -> new ArrayList<>()).add(value);
    }

    void checksum(Row row, String emulator, String sum) {
        checksums.computeIfAbsent(row, none -> new TreeMap<>()).computeIfAbsent(sum, none -> new java.util.TreeSet<>()).add(emulator);
    }

    void fail(Row row, String emulator, String why) {
        failures.putIfAbsent(row, emulator + ": " + why);
    }

    List<Row> rows() {
        return List.copyOf(values.keySet());
    }

    List<Double> all(Row row, String emulator) {
        return values.get(row).getOrDefault(emulator, List.of());
    }

    /** Empty if it was not measured or the row is an error. */
    OptionalDouble median(Row row, String emulator) {
        double[] sorted = all(row, emulator).stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0 || error(row).isPresent()) return OptionalDouble.empty();
        int middle = sorted.length / 2;
        return OptionalDouble.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }

    /** Why the row counts for nothing. */
    Optional<String> error(Row row) {
        if (failures.containsKey(row)) return Optional.of(failures.get(row));
        Map<String, Set<String>> sums = checksums.getOrDefault(row, Map.of());
        return sums.size() < 2 ? Optional.empty() : Optional.of("checksums differ: " + sums);
    }

    int errors() {
        return (int) rows().stream().filter(row -> error(row).isPresent()).count();
    }

    /** Ours divided by the peer's. */
    OptionalDouble ratio(Row row, String peer) {
        OptionalDouble ours = median(row, emulators.get(0)), theirs = median(row, peer);
        if (ours.isEmpty() || theirs.isEmpty() || theirs.getAsDouble() <= 0) return OptionalDouble.empty();
        return OptionalDouble.of(ours.getAsDouble() / theirs.getAsDouble());
    }

    /** The geometric mean of a group's ratios of CPU time. */
    OptionalDouble mean(Group group, String peer) {
        double[] logarithms = rows().stream().filter(row -> row.group() == group && row.unit() == Row.Unit.SECONDS)
                .map(row -> ratio(row, peer)).filter(OptionalDouble::isPresent).mapToDouble(r -> Math.log(r.getAsDouble())).toArray();
        OptionalDouble mean = Arrays.stream(logarithms).average();
        return mean.isPresent() ? OptionalDouble.of(Math.exp(mean.getAsDouble())) : mean;
    }
}
