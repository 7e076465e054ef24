package org.lkpk.authoring.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file of the kernel as it was and as its author wants it. */
public final class Edit {
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

    /** The new text with its own numbers. */
    public String plain(String file) {
        return "#line 1 \"" + file + "\"\n" + String.join("\n", after) + "\n";
    }
}
