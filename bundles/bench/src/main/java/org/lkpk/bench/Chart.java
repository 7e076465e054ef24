package org.lkpk.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The figures as a drawing (SVG): a bar a program, to the left of the line at 1 where we are faster than the peer and to
 * the right where we are slower, each doubling as far as the next.
 */
final class Chart {
    private static final int LABELS = 150, WIDTH = 640, BAR = 12, GAP = 4, HEAD = 64, FOOT = 30, VALUES = 60;
    private static final String[] COLOURS = {"#3b6ea5", "#d08b2f", "#5b9a58", "#8c5fa8", "#777777"};
    private static final double LEAST = 0.0625, MOST = 64;

    private final Figures figures;
    private final List<Row> rows;
    private final List<String> peers;
    private final StringBuilder b = new StringBuilder();
    private double low = 0.5, high = 2;
    private int y = HEAD;

    Chart(Figures figures) {
        this.figures = figures;
        peers = figures.emulators().subList(1, figures.emulators().size());
        rows = figures.rows().stream().filter(row -> row.unit() == Row.Unit.SECONDS).filter(row -> peers.stream().anyMatch(peer -> figures.ratio(row, peer).isPresent())).toList();
        for (Row row : rows)
            for (String peer : peers) figures.ratio(row, peer).ifPresent(this::widen);
    }

    private void widen(double ratio) {
        while (low > ratio && low > LEAST) low /= 2;
        while (high < ratio && high < MOST) high *= 2;
    }

    /** Empty if there was no peer to compare with. */
    String svg() {
        if (rows.isEmpty()) return "";
        int height = HEAD + FOOT + rows.size() * rowHeight() + groups() * (BAR + GAP);
        b.append(String.format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">%n",
                LABELS + WIDTH + VALUES, height));
        b.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        text(8, 18, "start", "#000000", "CPU time of " + figures.emulators().get(0) + ", divided by that of:");
        for (int i = 0; i < peers.size(); i++) {
            rectangle(250 + 110 * i, 9, 10, 10, colour(i));
            text(264 + 110 * i, 18, "start", "#000000", peers.get(i));
        }
        axis(height);
        Group group = null;
        for (Row row : rows) {
            if (row.group() != group) heading(group = row.group());
            bars(row);
        }
        return b.append("</svg>\n").toString();
    }

    private void axis(int height) {
        for (double at = low; at <= high; at *= 2) {
            boolean one = at == 1;
            b.append(String.format(Locale.ROOT, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\" stroke-width=\"%s\"/>%n", x(at),
                    HEAD - 14, x(at), height - FOOT + 6, one ? "#000000" : "#dddddd", one ? "1.5" : "1"));
            text(x(at), HEAD - 20, "middle", "#333333", label(at));
        }
        text(x(1) - 6, height - 8, "end", "#333333", "faster");
        text(x(1) + 6, height - 8, "start", "#333333", "slower");
    }

    private static String label(double ratio) {
        return ratio >= 1 ? String.format("%.0f", ratio) : "1/" + Math.round(1 / ratio);
    }

    private void heading(Group group) {
        y += BAR + GAP;
        text(8, y - GAP, "start", "#000000", group.title);
    }

    private void bars(Row row) {
        text(LABELS - 8, y + BAR - 2, "end", "#333333", row.name());
        for (int i = 0; i < peers.size(); i++) {
            OptionalDouble ratio = figures.ratio(row, peers.get(i));
            if (ratio.isPresent()) bar(ratio.getAsDouble(), y + i * BAR, colour(i));
        }
        y += rowHeight();
    }

    private void bar(double ratio, int top, String colour) {
        double end = x(Math.min(Math.max(ratio, low), high)), one = x(1);
        rectangle(Math.min(one, end), top, Math.abs(end - one), BAR - 1, colour);
        boolean left = ratio < 1;
        text(left ? end - 4 : end + 4, top + BAR - 2, left ? "end" : "start", "#333333", Table.number(ratio));
    }

    private double x(double ratio) {
        return LABELS + 40 + (WIDTH - 60) * Math.log(ratio / low) / Math.log(high / low);
    }

    private int rowHeight() {
        return peers.size() * BAR + GAP;
    }

    private int groups() {
        return (int) rows.stream().map(Row::group).distinct().count();
    }

    private static String colour(int peer) {
        return COLOURS[peer % COLOURS.length];
    }

    private void rectangle(double left, double top, double width, double height, String colour) {
        b.append(String.format(Locale.ROOT, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n", left, top, width, height, colour));
    }

    private void text(double left, double base, String anchor, String colour, String words) {
        b.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n", left, base, anchor, colour,
                words.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
