package org.lkpk.cpu.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.lkpk.api.cpu.Memory;

/**
 * Decoded blocks by physical place and mode. A write drops the blocks of the granules it touches; the cache as a whole is
 * dropped when it holds {@link #MOST} blocks, or {@link #MOST_WARM} with a class of their own, so that a guest cannot make it grow. Of too many
 * regions the half goes that has done least, as far as that is known; of machine code, also when its room is full.
 */
final class CodeCache {
    private static final int BUCKETS = 1 << 16, MOST = 1 << 18, MOST_WARM = 1 << 13;

    /** A page's list of blocks that touch it. */
    private record Held(Block block, Held next) { }

    private final Block[] buckets = new Block[BUCKETS];
    private final Held[] pages;
    private final int mostRegions;
    private int size, warm, regions;
    private long bytes, dropped;
    private final Set<Region> all = new LinkedHashSet<>();

    /**
     * @param bytes of memory
     * @param mostRegions how many may be held before those that do least go
     */
    CodeCache(int bytes, int mostRegions) {
        this.mostRegions = mostRegions;
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
        b.key = Block.NOWHERE;
        b.near = b.nearer = null;
        b.chosen = null;
        if (b.holder != null) drop(b.holder);
        size--;
        if (b.whole != null) warm--;
    }

    /** The blocks of the page that one lies in. */
    List<Block> beside(Block b) {
        List<Block> beside = new ArrayList<>();
        for (Held h = pages[b.index >>> 12]; h != null; h = h.next) if (h.block.live) beside.add(h.block);
        return beside;
    }

    /** The regions of the page that one lies in. */
    Set<Region> beside(Region r) {
        Set<Region> beside = new LinkedHashSet<>();
        for (Block b : beside(r.plan.head)) if (b.holder != null) beside.add(b.holder);
        return beside;
    }

    /** Takes a region in, if its blocks are all still there. */
    void add(Region r) {
        if (!r.before.isEmpty()) {
            if (!r.before.stream().allMatch(b -> b.live)) {
                for (Region b : r.before) b.retry();
                return;
            }
            for (Region b : r.before) {
                drop(b);
                dropped--;
            }
            r.before = List.of(); // Their classes are to go.
            for (Plan.Node node : r.plan.nodes) node.block.asked = true;
        } else if (!r.plan.live()) {
            r.plan.forget();
            return;
        }
        if (regions >= mostRegions) sweep();
        if (!installed(r)) {
            r.plan.forget();
            return;
        }
        for (int n = 0; n < r.plan.nodes.length; n++) {
            Block b = r.plan.nodes[n].block;
            b.holder = r;
            b.entry = r.entries[n];
            b.region = b.entry >= 0 ? r : null;
            b.runs = 0;
        }
        all.add(r);
        regions++;
        bytes += r.bytes;
    }

    /** A region goes, its blocks stay: they are interpreted, and may become hot again. */
    private void drop(Region r) {
        if (!r.live) return;
        r.live = false;
        r.remove();
        all.remove(r);
        regions--;
        bytes -= r.bytes;
        dropped++;
        for (Plan.Node node : r.plan.nodes) {
            Block b = node.block;
            b.asked = false;
            b.runs = 0;
            b.holder = b.region = null;
        }
    }

    /** Has a region installed; what is in its way goes, in the end all: what is left may lie so that nothing fits between. */
    private boolean installed(Region r) {
        if (r.install()) return true;
        sweep();
        if (r.install()) return true;
        for (Region other : List.copyOf(all)) drop(other);
        return r.install();
    }

    /** Drops the half of the regions that has done least since the last time. */
    private void sweep() {
        List<Region> coldest = new ArrayList<>(all);
        coldest.sort(Comparator.comparingLong(r -> r.done - r.swept));
        for (Region r : coldest.subList(0, coldest.size() / 2)) drop(r);
        for (Region r : all) r.swept = r.done;
    }

    int regions() {
        return regions;
    }

    /** Bytes of the classes of all regions that are held. */
    long bytes() {
        return bytes;
    }

    /** Regions dropped because of writes to their code or for room. */
    long dropped() {
        return dropped;
    }

    void clear() {
        for (Region r : all) {
            r.live = false;
            r.remove();
        }
        dropped += regions;
        all.clear();
        regions = 0;
        bytes = 0;
        for (Block first : buckets) for (Block b = first; b != null; b = b.chain) {
            b.live = false;
            b.key = Block.NOWHERE;
        }
        Arrays.fill(buckets, null);
        Arrays.fill(pages, null);
        size = warm = 0;
    }
}
