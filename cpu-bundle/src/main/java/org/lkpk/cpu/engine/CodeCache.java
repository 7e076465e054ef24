package org.lkpk.cpu.engine;

import java.util.Arrays;
import org.lkpk.api.cpu.Memory;

/**
 * Decoded blocks by physical place and mode. A write drops the blocks of the granules it touches; the cache as a whole is
 * dropped when it holds {@link #MOST} blocks, or {@link #MOST_WARM} with a class of their own, so that a guest cannot make it grow.
 */
final class CodeCache {
    private static final int BUCKETS = 1 << 16, MOST = 1 << 18, MOST_WARM = 1 << 13;

    /** A page's list of blocks that touch it. */
    private record Held(Block block, Held next) { }

    private final Block[] buckets = new Block[BUCKETS];
    private final Held[] pages;
    private int size, warm;

    CodeCache(int bytes) {
        pages = new Held[bytes + 0xFFF >>> 12];
    }

    Block find(int index, int mode) {
        for (Block b = buckets[bucket(index, mode)]; b != null; b = b.chain)
            if (b.index == index && b.mode == mode && b.live) return b;
        return null;
    }

    void add(Block b) {
        if (size >= MOST) clear();
        int n = bucket(b.index, b.mode);
        Block first = buckets[n];
        while (first != null && !first.live) first = first.chain;
        b.chain = first;
        buckets[n] = b;
        size++;
        hold(b.index >>> 12, b);
        if (b.secondPage >= 0) hold(b.secondPage >>> 12, b);
    }

    int size() {
        return size;
    }

    /** A block has got a class of its own. */
    void warmed() {
        if (++warm > MOST_WARM) clear();
    }

    private void hold(int page, Block b) {
        pages[page] = new Held(b, pages[page]);
    }

    private static int bucket(int index, int mode) {
        int h = index * 0x9E3779B1 ^ mode * 0x85EBCA6B;
        return h >>> 16;
    }

    /** Drops what touches the granules of these bytes. */
    void written(int index, int length) {
        int from = index & -Memory.GRANULE, end = index + length + Memory.GRANULE - 1 & -Memory.GRANULE;
        for (int page = from >>> 12; page <= end - 1 >>> 12; page++) {
            Held kept = null;
            for (Held h = pages[page]; h != null; h = h.next) {
                Block b = h.block;
                if (!b.live) continue;
                if (b.touches(from, end - from) || b.secondPage >= 0 && b.secondPage >>> 12 == page) drop(b);
                else kept = new Held(b, kept);
            }
            pages[page] = kept;
        }
    }

    private void drop(Block b) {
        b.live = false;
        b.near = b.nearer = null;
        size--;
        if (b.whole != null) warm--;
    }

    void clear() {
        for (Block first : buckets) for (Block b = first; b != null; b = b.chain) b.live = false;
        Arrays.fill(buckets, null);
        Arrays.fill(pages, null);
        size = warm = 0;
    }
}
