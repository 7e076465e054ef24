package org.lkpk.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The figures as text, aligned: medians, and ours divided by each peer's. */
final class Table {
    private static final int SMALL_DIGITS = 2;
    private final Figures figures;
    private final List<String> emulators;

    Table(Figures figures) {
        this.figures = figures;
        emulators = figures.emulators();
    }

    String text() {
        StringBuilder b = new StringBuilder(String.format("%-14s %-48s", "", ""));
        emulators.forEach(name -> b.append(String.format(" %11s%s", name, name.equals(emulators.get(0)) ? "" : "   ratio")));
        b.append('\n');
        for (Group group : Group.values()) {
            List<Row> rows = figures.rows().stream().filter(row -> row.group() == group).toList();
            if (rows.isEmpty()) continue;
            b.append(group.title).append('\n');
            rows.forEach(row -> line(b, row));
            mean(b, group, rows.size());
        }
        return b.toString().replaceAll(" +\n", "\n");
    }

    private void line(StringBuilder b, Row row) {
        b.append(String.format("  %-12s %-48s", row.name(), row.what()));
        if (figures.error(row).isPresent()) {
            b.append(" ERROR ").append(figures.error(row).get()).append('\n');
            return;
        }
        for (String name : emulators) {
            OptionalDouble median = figures.median(row, name);
            b.append(String.format(" %11s", median.isEmpty() ? "-" : number(median.getAsDouble()) + " " + row.unit().title));
            if (!name.equals(emulators.get(0))) b.append(String.format(" %7s", ratio(figures.ratio(row, name))));
        }
        b.append('\n');
    }

    private void mean(StringBuilder b, Group group, int rows) {
        if (emulators.size() < 2 || emulators.stream().skip(1).allMatch(name -> figures.mean(group, name).isEmpty())) return;
        String goal = group.reach == 0 ? "" : String.format(Locale.ROOT, "  (reach %.1f, aim %.1f of qemu's)", group.reach, group.aim);
        if (rows == 1 && goal.isEmpty()) return;
        b.append(String.format("  %-61s %11s", "geometric mean" + goal, ""));
        emulators.stream().skip(1).forEach(name -> b.append(String.format(" %11s %7s", "", ratio(figures.mean(group, name)))));
        b.append('\n');
    }

    static String ratio(OptionalDouble ratio) {
        return ratio.isEmpty() ? "-" : number(ratio.getAsDouble());
    }

    /** Two digits behind the point below 100, none above. */
    static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%." + SMALL_DIGITS + "f" : "%.0f", value);
    }

    /** Every single value, for other programs: row, unit, emulator and values, separated by tabs. */
    String values() {
        StringBuilder b = new StringBuilder("row\tunit\temulator\tvalues\n");
        for (Row row : figures.rows())
            for (String name : emulators) {
                b.append(row.name()).append('\t').append(row.unit().title).append('\t').append(name);
                figures.all(row, name).forEach(value -> b.append('\t').append(String.format(Locale.ROOT, "%.3f", value)));
                b.append('\n');
            }
        return b.toString();
    }
}
