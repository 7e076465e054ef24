package org.lkpk.shell;

import java.util.ArrayList;
import java.util.List;

/** Two texts beside each other, equal lines on one row: the longest common subsequence decides. */
final class SideBySide {
    /** @param mark {@code ' '} for equal lines, {@code '|'} for changed, {@code '<'} and {@code '>'} for one side only */
    record Row(String left, char mark, String right) { }

    private SideBySide() { }

    static List<Row> of(List<String> left, List<String> right) {
        int[][] common = new int[left.size() + 1][right.size() + 1];
        for (int i = left.size() - 1; i >= 0; i--)
            for (int j = right.size() - 1; j >= 0; j--)
                common[i][j] = left.get(i).equals(right.get(j)) ? 1 + common[i + 1][j + 1] : Math.max(common[i + 1][j], common[i][j + 1]);
        List<Row> rows = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < left.size() || j < right.size()) {
            boolean both = i < left.size() && j < right.size();
            if (both && left.get(i).equals(right.get(j))) rows.add(new Row(left.get(i++), ' ', right.get(j++)));
            else if (both && common[i + 1][j + 1] == common[i][j]) rows.add(new Row(left.get(i++), '|', right.get(j++)));
            else if (j == right.size() || i < left.size() && common[i + 1][j] >= common[i][j + 1]) rows.add(new Row(left.get(i++), '<', ""));
            else rows.add(new Row("", '>', right.get(j++)));
        }
        return rows;
    }
}
