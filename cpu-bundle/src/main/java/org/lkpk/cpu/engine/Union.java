package org.lkpk.cpu.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Regions of one page that go to and fro between each other, to be made one. The block that first ran often enough, in an
 * inner loop mostly, becomes the head of a region when what is around it has not run as often: a function may be cut into five.
 */
final class Union {
    /** It is worth it if there is a way between two of them once in so many of their instructions. */
    private static final int SELDOM = 1000;

    final List<Region> parts = new ArrayList<>();
    final Plan plan;
    final BitSet entries;

    /** What a region that has become hot is to be made one with: some of those of its {@code page}, or none. */
    Union(Region hot, Collection<Region> page) {
        parts.add(hot);
        List<Region> left = new ArrayList<>(page);
        left.removeIf(r -> r == hot || r.plan.mode != hot.plan.mode || r.tier == Tier.MISSING || r.apart);
        for (Region next = best(left); next != null; next = best(left)) {
            left.remove(next);
            parts.add(next);
        }
        plan = parts.size() == 1 ? hot.plan : new Plan(hot.plan.head, blocks());
        entries = entries();
    }

    /** The one among some that most ways lead to or from, if that is worth it and there is room. */
    private Region best(List<Region> among) {
        long most = 0, done = 0;
        for (Region r : parts) done += r.done;
        Region best = null;
        for (Region r : among) {
            long ways = 0;
            for (Region part : parts) ways += ways(part, r) + ways(r, part);
            if (ways > most && ways * SELDOM >= done + r.done && fits(r)) {
                most = ways;
                best = r;
            }
        }
        return best;
    }

    private boolean fits(Region more) {
        List<Block> all = blocks();
        for (Plan.Node n : more.plan.nodes) all.add(n.block);
        return Plan.fits(all);
    }

    private List<Block> blocks() {
        List<Block> all = new ArrayList<>();
        for (Region r : parts) for (Plan.Node n : r.plan.nodes) all.add(n.block);
        return all;
    }

    /** How often one may have been left for another: as often as that was entered where it leads to, or where its calls return. */
    private static long ways(Region from, Region to) {
        BitSet seen = new BitSet();
        for (Plan.Node node : from.plan.nodes)
            for (int offset : node.leadsTo()) see(to.plan.at(offset), seen);
        for (Plan.Node node : to.plan.nodes)
            if (node.calls() && Arrays.stream(node.leadsTo()).anyMatch(offset -> from.plan.at(offset) != null))
                see(to.plan.at(node.next()), seen);
        return seen.stream().mapToLong(n -> to.entered[n]).sum();
    }

    private static void see(Plan.Node node, BitSet seen) {
        if (node != null) seen.set(node.number);
    }

    /** Where one of them was entered from outside, as far as that can be told. */
    private BitSet entries() {
        if (parts.size() == 1) return plan.entries(parts.get(0).entered, parts.get(0).done);
        long done = 0;
        Map<Integer, Region> by = new HashMap<>();
        int[] entered = new int[plan.nodes.length];
        for (Region r : parts) {
            done += r.done;
            for (Plan.Node n : r.plan.nodes) {
                by.put(n.offset, r);
                entered[plan.at(n.offset).number] = r.tier == Tier.WARM ? r.entered[n.number]
                        : r.entries[n.number] >= 0 ? Integer.MAX_VALUE : 0; // It does not count.
            }
        }
        int[][] edges = plan.edges();
        for (Plan.Node from : plan.nodes) {
            if (from.calls()) continue; // A function is mostly called by others, too.
            IntStream.of(edges[from.number]).filter(to -> by.get(plan.nodes[to].offset) != by.get(from.offset)).forEach(to -> entered[to] = 0);
        }
        return plan.entries(entered, done);
    }
}
