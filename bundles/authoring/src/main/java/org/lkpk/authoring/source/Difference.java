package org.lkpk.authoring.source;

import java.util.ArrayList;
import java.util.List;

/** The lines in which two texts differ (Myers 1986, "An O(ND) Difference Algorithm"). */
public final class Difference {
    private static final int MOST_EDITS = 4000;

    /** Lines from..to of the old text stand in the place of lines newFrom..newTo of the new one; 0-based, to exclusive. */
    public record Hunk(int from, int to, int newFrom, int newTo) { }

    private final List<Hunk> hunks = new ArrayList<>();

    public Difference(List<String> before, List<String> after) {
        int head = 0;
        int shorter = Math.min(before.size(), after.size());
        while (head < shorter && before.get(head).equals(after.get(head))) head++;
        int tail = 0;
        while (tail < shorter - head && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) tail++;
        List<String> a = before.subList(head, before.size() - tail);
        List<String> b = after.subList(head, after.size() - tail);
        boolean[] kept = new boolean[a.size()];
        boolean[] keptNew = new boolean[b.size()];
        match(a, b, kept, keptNew);
        collect(head, kept, keptNew);
    }

    /** In order; between them the lines are equal. */
    public List<Hunk> hunks() {
        return hunks;
    }

    private static void match(List<String> a, List<String> b, boolean[] kept, boolean[] keptNew) {
        int most = Math.min(a.size() + b.size(), MOST_EDITS);
        List<int[]> rounds = new ArrayList<>();
        int[] furthest = new int[2 * most + 3];
        for (int edits = 0; edits <= most; edits++) {
            rounds.add(furthest.clone());
            for (int k = -edits; k <= edits; k += 2) {
                int x = step(furthest, most + 1, k, edits);
                while (x < a.size() && x - k < b.size() && a.get(x).equals(b.get(x - k))) x++;
                furthest[most + 1 + k] = x;
                if (x < a.size() || x - k < b.size()) continue;
                walkBack(rounds, most + 1, edits, a.size(), b.size(), kept, keptNew);
                return;
            }
        }
    }

    private static int step(int[] furthest, int middle, int k, int edits) {
        boolean down = k == -edits || k != edits && furthest[middle + k - 1] < furthest[middle + k + 1];
        return edits == 0 ? 0 : down ? furthest[middle + k + 1] : furthest[middle + k - 1] + 1;
    }

    private static void walkBack(List<int[]> rounds, int middle, int edits, int x, int y, boolean[] kept, boolean[] keptNew) {
        for (int round = edits; round >= 0; round--) {
            int[] furthest = rounds.get(round);
            int k = x - y;
            boolean down = k == -round || k != round && furthest[middle + k - 1] < furthest[middle + k + 1];
            int fromX = round == 0 ? 0 : down ? furthest[middle + k + 1] : furthest[middle + k - 1];
            int fromY = round == 0 ? 0 : fromX - (down ? k + 1 : k - 1);
            int startX = round == 0 ? 0 : down ? fromX : fromX + 1;
            while (x > startX) {
                kept[--x] = true;
                keptNew[--y] = true;
            }
            x = fromX;
            y = fromY;
        }
    }

    private void collect(int head, boolean[] kept, boolean[] keptNew) {
        int i = 0;
        int j = 0;
        while (i < kept.length || j < keptNew.length) {
            if (i < kept.length && kept[i] && j < keptNew.length && keptNew[j]) {
                i++;
                j++;
                continue;
            }
            int from = i;
            int newFrom = j;
            while (i < kept.length && !kept[i]) i++;
            while (j < keptNew.length && !keptNew[j]) j++;
            hunks.add(new Hunk(head + from, head + i, head + newFrom, head + j));
        }
    }
}
