package org.lkpk.authoring.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of the kernel as it was and as its author wants it. */
public final class Edit {
    private static final Pattern TYPE = Pattern.compile("^(?:typedef\\s+)?(struct|union|enum)\\s+(\\w+)\\s*\\{.*");
    private static final String END = "}";

    private final String path;
    private final List<String> before;
    private final List<String> after;
    private final Difference difference;

    /** @param path in the kernel's source */
    public Edit(String path, List<String> before, List<String> after) {
        this.path = path;
        this.before = before;
        this.after = after;
        difference = new Difference(before, after);
    }

    public String path() {
        return path;
    }

    public boolean changed() {
        return !difference.hunks().isEmpty();
    }

    public List<String> before() {
        return before;
    }

    public List<String> after() {
        return after;
    }

    /**
     * The new text with the old numbers for lines behind a changed function: code that mentions its line, as WARN does,
     * is then the same as before.
     *
     * @param file how the compiler is to name it
     */
    public String numbered(String file) {
        Map<Integer, Integer> marks = new LinkedHashMap<>();
        List<Difference.Hunk> hunks = difference.hunks();
        for (int i = 0; i < hunks.size(); i++) {
            Difference.Hunk hunk = hunks.get(i);
            int until = i + 1 < hunks.size() ? hunks.get(i + 1).from() : before.size();
            for (int line = hunk.to(); line < until; line++) {
                if (line == 0 || !before.get(line - 1).equals(END)) continue;
                int fresh = hunk.newTo() + line - hunk.to();
                // After each function, since any may lie in a part that the preprocessor skips.
                if (fresh > 0 && after.get(fresh - 1).equals(END)) marks.put(fresh, line + 1);
            }
        }
        StringBuilder text = new StringBuilder("#line 1 \"" + file + "\"\n");
        for (int i = 0; i < after.size(); i++) {
            if (marks.containsKey(i)) text.append("#line ").append(marks.get(i)).append('\n');
            text.append(after.get(i)).append('\n');
        }
        return text.toString();
    }

    /**
     * Structures that are in both texts and differ, which objects that are alive would not follow: name and 1-based line
     * of the new text.
     */
    public Map<String, Integer> changedTypes() {
        Map<String, Integer> found = new LinkedHashMap<>();
        List<String> old = types(before);
        for (Difference.Hunk hunk : difference.hunks()) {
            for (int i = hunk.newFrom(); i < hunk.newTo(); i++) note(found, old, after, i, i);
            for (int i = hunk.from(); i < hunk.to(); i++) note(found, old, before, i, Math.min(hunk.newFrom(), after.size() - 1));
        }
        return found;
    }

    private static void note(Map<String, Integer> found, List<String> known, List<String> text, int line, int shown) {
        String type = around(text, line);
        String content = text.get(line).replaceAll("/\\*.*?\\*/|//.*", "").strip();
        if (!type.isEmpty() && known.contains(type) && !content.isEmpty()) found.putIfAbsent(type, shown + 1);
    }

    private static List<String> types(List<String> text) {
        List<String> found = new ArrayList<>();
        for (String line : text) {
            Matcher type = TYPE.matcher(line);
            if (type.matches()) found.add(type.group(1) + " " + type.group(2));
        }
        return found;
    }

    /** The structure at the outermost level that a line lies in; empty if none. */
    private static String around(List<String> text, int line) {
        for (int i = line; i >= 0; i--) {
            Matcher type = TYPE.matcher(text.get(i));
            if (type.matches()) return type.group(1) + " " + type.group(2);
            if (i < line && text.get(i).startsWith(END) || text.get(i).equals("{")) return "";
        }
        return "";
    }
}
