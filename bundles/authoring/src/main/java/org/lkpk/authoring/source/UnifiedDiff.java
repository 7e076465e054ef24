package org.lkpk.authoring.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A unified diff over several files, as diff -u and git write it, and its application. */
public final class UnifiedDiff {
    private static final Pattern HUNK = Pattern.compile("@@ -([0-9]+)(?:,([0-9]+))? \\+([0-9]+)(?:,([0-9]+))? @@.*");
    /** How many lines a hunk may have moved. */
    private static final int FARTHEST = 2000;
    private static final int CONTEXT = 3;

    /**
     * @param line of the diff, for messages
     * @param start 0-based line of the old file
     */
    record Hunk(int line, int start, List<String> before, List<String> after) { }

    private final Map<String, List<Hunk>> files = new LinkedHashMap<>();

    /** @param title how messages name it */
    public UnifiedDiff(String title, List<String> lines) throws IOException {
        List<Hunk> hunks = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("--- ") && i + 1 < lines.size() && lines.get(i + 1).startsWith("+++ ")) {
                hunks = files.computeIfAbsent(path(title, i, line, lines.get(i + 1)), none -> new ArrayList<>());
                i++;
                continue;
            }
            Matcher hunk = HUNK.matcher(line);
            if (!hunk.matches()) continue;
            if (hunks == null) throw new IOException(title + ":" + (i + 1) + ": a hunk of no file");
            i = read(title, lines, i, hunk, hunks);
        }
        if (files.isEmpty()) throw new IOException(title + ": no unified diff");
    }

    private static String path(String title, int line, String before, String after) throws IOException {
        String old = before.substring(4).replaceFirst("\t.*", "").strip();
        String fresh = after.substring(4).replaceFirst("\t.*", "").strip();
        if (old.equals("/dev/null") || fresh.equals("/dev/null"))
            throw new IOException(title + ":" + (line + 1) + ": adds or removes a file, which a running kernel cannot");
        return fresh.replaceFirst("^[^/]+/", "");
    }

    private static int read(String title, List<String> lines, int at, Matcher header, List<Hunk> hunks) throws IOException {
        int old = count(header.group(2));
        int fresh = count(header.group(4));
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        int i = at + 1;
        for (; before.size() < old || after.size() < fresh; i++) {
            if (i >= lines.size()) throw new IOException(title + ":" + (at + 1) + ": the hunk has no end");
            String line = lines.get(i);
            char kind = line.isEmpty() ? ' ' : line.charAt(0);
            String text = line.isEmpty() ? "" : line.substring(1);
            if (kind == ' ' || kind == '-') before.add(text);
            if (kind == ' ' || kind == '+') after.add(text);
            if (" -+\\".indexOf(kind) < 0) throw new IOException(title + ":" + (i + 1) + ": not a line of a hunk");
        }
        hunks.add(new Hunk(at + 1, Math.max(0, Integer.parseInt(header.group(1)) - (old == 0 ? 0 : 1)), before, after));
        return i - 1;
    }

    private static int count(String group) {
        return group == null ? 1 : Integer.parseInt(group);
    }

    /** Paths without their first folder ({@code a/}, {@code b/}). */
    public List<String> paths() {
        return List.copyOf(files.keySet());
    }

    /** The text of {@code path} with the diff in it; hunks may have moved, but must fit exactly. */
    public List<String> applied(String title, String path, List<String> text) throws IOException {
        List<String> result = new ArrayList<>(text);
        int moved = 0;
        for (Hunk hunk : files.get(path)) {
            int at = place(result, hunk, hunk.start + moved);
            if (at < 0) throw new IOException(title + ":" + hunk.line + ": the hunk does not fit " + path);
            for (int i = 0; i < hunk.before.size(); i++) result.remove(at);
            result.addAll(at, hunk.after);
            moved = at - hunk.start + hunk.after.size() - hunk.before.size();
        }
        return result;
    }

    private static int place(List<String> text, Hunk hunk, int expected) {
        for (int distance = 0; distance <= FARTHEST; distance++)
            for (int at : new int[] {expected - distance, expected + distance})
                if (at >= 0 && at + hunk.before.size() <= text.size()
                        && text.subList(at, at + hunk.before.size()).equals(hunk.before)) return at;
        return -1;
    }

    /** The diff between two texts of one file, with three lines of context. */
    public static List<String> between(String path, List<String> before, List<String> after) {
        List<String> lines = new ArrayList<>(List.of("--- a/" + path, "+++ b/" + path));
        List<Difference.Hunk> hunks = new Difference(before, after).hunks();
        for (int first = 0; first < hunks.size();) {
            int last = first;
            while (last + 1 < hunks.size() && hunks.get(last + 1).from() - hunks.get(last).to() <= 2 * CONTEXT) last++;
            write(lines, hunks.subList(first, last + 1), before, after);
            first = last + 1;
        }
        return lines;
    }

    private static void write(List<String> lines, List<Difference.Hunk> hunks, List<String> before, List<String> after) {
        Difference.Hunk first = hunks.get(0);
        Difference.Hunk last = hunks.get(hunks.size() - 1);
        int from = Math.max(0, first.from() - CONTEXT);
        int to = Math.min(before.size(), last.to() + CONTEXT);
        int newFrom = first.newFrom() - (first.from() - from);
        lines.add("@@ -" + (from + 1) + "," + (to - from) + " +" + (newFrom + 1) + "," + (last.newTo() + to - last.to() - newFrom) + " @@");
        int at = from;
        for (Difference.Hunk hunk : hunks) {
            for (String line : before.subList(at, hunk.from())) lines.add(" " + line);
            for (String line : before.subList(hunk.from(), hunk.to())) lines.add("-" + line);
            for (String line : after.subList(hunk.newFrom(), hunk.newTo())) lines.add("+" + line);
            at = hunk.to();
        }
        for (String line : before.subList(at, to)) lines.add(" " + line);
    }
}
