package org.lkpk.patcher.task;

import java.util.ArrayList;
import java.util.List;

/** Pieces of code that nobody may be inside of, sorted for quick look-up. Addresses are linear and unsigned. */
public final class Ranges {
    /** {@code first .. last}, both inside. */
    public record Range(int first, int last) { }

    private final int[] firsts;
    private final int[] lasts;

    public Ranges(List<Range> given) {
        List<Range> sorted = new ArrayList<>(given);
        sorted.sort((a, b) -> Integer.compareUnsigned(a.first, b.first));
        firsts = new int[sorted.size()];
        lasts = new int[sorted.size()];
        for (int i = 0; i < firsts.length; i++) {
            firsts[i] = sorted.get(i).first;
            lasts[i] = sorted.get(i).last;
        }
    }

    public boolean none() {
        return firsts.length == 0;
    }

    boolean holds(int address) {
        if (firsts.length == 0 || Integer.compareUnsigned(address, firsts[0]) < 0) return false;
        int low = 0;
        int high = firsts.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Integer.compareUnsigned(firsts[middle], address) <= 0) low = middle;
            else high = middle - 1;
        }
        return Integer.compareUnsigned(address, lasts[low]) <= 0;
    }
}
