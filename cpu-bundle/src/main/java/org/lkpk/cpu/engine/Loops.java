package org.lkpk.cpu.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The loops of a plan, each with one head. HotSpot's best compiler moves nothing out of a loop that can be entered at two
 * places, so whoever comes from outside to another block of a loop goes by way of its head, which sends him on. A loop is a
 * set of blocks that all lead to each other; the loops within it are those that are left without its head.
 */
final class Loops {
    /** Outside of the region. */
    static final int NOWHERE = -1;

    private final int[][] edges;
    /** By block: the heads of the loops it is in, outermost first; by head: its loop; and whom it sends on. */
    private final List<List<Integer>> heads = new ArrayList<>();
    private final BitSet[] loops;
    private final List<BitSet> sent = new ArrayList<>();

    /**
     * @param edges by block, the numbers of those it leads to
     * @param entries numbers of those that are come to from outside
     */
    Loops(int[][] edges, int[] entries) {
        this.edges = edges;
        loops = new BitSet[edges.length];
        for (int n = 0; n < edges.length; n++) {
            heads.add(new ArrayList<>());
            sent.add(new BitSet());
        }
        BitSet all = new BitSet();
        all.set(0, edges.length);
        divide(all);
        for (int n : entries) send(NOWHERE, n);
        for (int n = 0; n < edges.length; n++) for (int to : edges[n]) send(n, to);
    }

    /** Finds the loops among some blocks, and those within them. */
    private void divide(BitSet blocks) {
        BitSet left = (BitSet) blocks.clone();
        BitSet[] after = new BitSet[edges.length];
        for (int n = blocks.nextSetBit(0); n >= 0; n = blocks.nextSetBit(n + 1)) after[n] = after(n, blocks);
        for (int n = left.nextSetBit(0); n >= 0; n = left.nextSetBit(n + 1)) {
            if (!after[n].get(n)) continue;
            BitSet loop = new BitSet();
            for (int other = after[n].nextSetBit(0); other >= 0; other = after[n].nextSetBit(other + 1))
                if (after[other].get(n)) loop.set(other);
            left.andNot(loop);
            int head = head(loop, blocks);
            loops[head] = (BitSet) loop.clone();
            for (int in = loop.nextSetBit(0); in >= 0; in = loop.nextSetBit(in + 1)) heads.get(in).add(head);
            loop.clear(head);
            divide(loop);
        }
    }

    /** The blocks that can be come to from block {@code n} among some. */
    private BitSet after(int n, BitSet blocks) {
        BitSet seen = new BitSet();
        List<Integer> next = new ArrayList<>(List.of(n));
        while (!next.isEmpty())
            for (int to : edges[next.remove(next.size() - 1)])
                if (blocks.get(to) && !seen.get(to)) {
                    seen.set(to);
                    next.add(to);
                }
        return seen;
    }

    /** The block by which a loop is come to from most others, or the first one. */
    private int head(BitSet loop, BitSet blocks) {
        int[] ways = new int[edges.length];
        for (int n = 0; n < edges.length; n++) if (!loop.get(n)) for (int to : edges[n]) ways[to]++;
        int head = loop.nextSetBit(0);
        for (int n = head; n >= 0; n = loop.nextSetBit(n + 1)) if (ways[n] > ways[head]) head = n;
        return head;
    }

    private void send(int from, int to) {
        for (int by = by(from, to); by != to; by = by(by, to)) sent.get(by).set(to);
    }

    /** The block to go to next on the way from block {@code from}, or {@link #NOWHERE}, to block {@code to}. */
    int by(int from, int to) {
        for (int head : heads.get(to)) if (from == NOWHERE || !loops[head].get(from)) return head;
        return to;
    }

    /** Those that block {@code n} has to send on. */
    int[] sent(int n) {
        return sent.get(n).stream().toArray();
    }

    /** The heads of all loops. */
    BitSet heads() {
        BitSet all = new BitSet();
        for (List<Integer> in : heads) for (int head : in) all.set(head);
        return all;
    }

    /** Whether there are blocks that are not come to directly. */
    boolean sends() {
        return sent.stream().anyMatch(s -> !s.isEmpty());
    }
}
