package org.lkpk.cpu.engine;

import java.util.BitSet;
import java.util.List;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * Blocks of one physical page that lead to each other, as one method of a class of its own, made by {@link RegionEmitter}, or as
 * machine code: {@link HostRegion}. While it runs, EIP is the offset of the page in CS; it leaves with EIP at the next instruction.
 */
public abstract class Region {
    /** An entry of warm regions by which nothing is done: so called, one gets known to HotSpot before it has to run. */
    static final int REHEARSAL = -1;

    /** What it was made of; all instructions, in the order of their addresses, with offsets from the page's first byte. */
    Plan plan;
    Insn[] insns;
    /** By instruction: how many of its block were counted and not done if it faults; machine code does not fault. */
    int[] undone;
    /** How many of its instructions may be done between two looks at the limit. */
    int most;
    /** Instructions done in it, about; and at how many it is made again for the host's best compiler. */
    long done, again = Long.MAX_VALUE;
    /** What it was made for; and how often it was left since memory's tables did not have an access. */
    Tier tier;
    long misses;
    /** What it had done when the cache was swept last. */
    long swept;
    /** By block, the number of its entry, or -1: the interpreter does those until it comes to one that has an entry. */
    int[] entries;
    /** By block, how often it was entered there: counted by those that are warm. */
    int[] entered;
    /** The regions that it is made in the place of. */
    List<Region> before = List.of();
    /** Whether it does not fit into one with those beside it. */
    volatile boolean apart;
    /** Size of its class or its code in bytes. */
    int bytes;
    boolean live = true;
    /** Whether it cannot be made again with more: that was too long. */
    volatile boolean full;
    /** Whether it takes it that all exceptions of the FPU are masked. */
    boolean numeric;

    /**
     * Goes on from entry number {@code entry}. False: there is {@link CpuState#fault} to take at the instruction that
     * {@link CpuState#progress} numbers, or to go on from there without it. A warm region throws that fault instead.
     */
    public abstract boolean run(CpuState s, int entry);

    /** It is to run from now on; false if there is no room for it. */
    boolean install() {
        return true;
    }

    /** It runs no more. */
    void remove() { }

    /** The region that was left by a miss: code that is left can go on in another. */
    Region left(CpuState s) {
        return this;
    }

    /** Whether it can go on behind an instruction that the interpreter has done. */
    boolean resumes(int insn) {
        return false;
    }

    /** Goes on so, as {@link #run}. */
    boolean resume(CpuState s, int insn) {
        throw new IllegalStateException("not left at " + insn);
    }

    /** A block by which it can be entered is about to run by it. */
    void met(Block b) { }

    /** It could not be made again: it is to be asked for when it has done as much again. */
    void retry() {
        if (tier == Tier.WARM) again = 2 * done;
    }

    /** The blocks by which it can be entered. */
    BitSet entries() {
        BitSet numbers = new BitSet();
        for (int n = 0; n < entries.length; n++) if (entries[n] >= 0) numbers.set(n);
        return numbers;
    }

    /** The block that an instruction belongs to. */
    Plan.Node node(int insn) {
        int n = plan.nodes.length - 1;
        while (plan.nodes[n].first > insn) n--;
        return plan.nodes[n];
    }

    /** Whether one of its blocks lies in these bytes. */
    boolean touches(int from, int length) {
        for (Plan.Node n : plan.nodes) if (n.block.touches(from, length)) return true;
        return false;
    }
}
