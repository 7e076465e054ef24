package org.lkpk.cpu.engine;

import static org.lkpk.cpu.state.CpuState.CS;

import java.util.Arrays;
import org.lkpk.cpu.state.CpuState;

/**
 * Which block stands at CS:EIP. A block knows by what it was found last ({@link Block#key}) and which two came after it, so
 * that the next one is mostly found by one comparison; then by linear address, then by physical place, and decoded at last.
 */
final class Blocks {
    private static final int JUMPS = 1 << 15;
    /** A block's key has 28 bits of a generation: all blocks go when half of those are used up. */
    private static final int GENERATION_BITS = 27;

    private final CpuState s;
    private final CodeCache cache;
    private final BlockReader reader;
    private final Breakpoints breakpoints;
    /** Blocks by linear address, for jumps to other pages; each entry is checked against its block. */
    private final Block[] jumps = new Block[JUMPS];

    Blocks(CpuState s, CodeCache cache, BlockReader reader, Breakpoints breakpoints) {
        this.s = s;
        this.cache = cache;
        this.reader = reader;
        this.breakpoints = breakpoints;
    }

    /** The block at CS:EIP; {@code b} is the one before it, or null. */
    Block next(Block b) {
        int linear = s.eip + s.base[CS];
        long key = key(linear);
        if (b != null && !b.indirect) {
            Block n = b.near;
            if (n != null && n.key == key) return n;
            n = b.nearer;
            if (n != null && n.key == key) return n;
            n = beside(b, linear, key);
            if (n != null) return n;
            b.nearer = b.near;
            return b.near = jumped(linear, key);
        }
        Block n = jumped(linear, key);
        if (b != null && b.chosen != null) b.chose(n);
        return n;
    }

    /** A block that came after {@code b}, and comes again in the same physical page by whatever linear address; or null. */
    private static Block beside(Block b, int linear, long key) {
        if ((int) b.key != (int) key || (linear ^ (int) (b.key >>> 32)) >>> 12 != 0) return null;
        int index = b.index & ~0xFFF | linear & 0xFFF;
        Block n = b.near;
        if (n == null || n.index != index) n = b.nearer;
        if (n == null || n.index != index || n.mode != b.mode || !n.live || n.secondPage >= 0) return null;
        n.key = key;
        return n;
    }

    private Block jumped(int linear, long key) {
        Block n = jumps[slot(linear)];
        return n != null && n.key == key ? n : find(linear);
    }

    /** What a block must have been found by to be the one at {@code linear} now. */
    private long key(int linear) {
        int mode = s.mode, generation = (mode & CpuState.USER) != 0 ? s.tlb.userGeneration : s.tlb.systemGeneration;
        return (long) linear << 32 | (generation << 4 | mode) & 0xFFFFFFFFL;
    }

    private static int slot(int linear) {
        return linear * 0x9E3779B1 >>> 17;
    }

    private Block find(int linear) {
        breakpoints.execute(linear); // Comes before a fault of the fetch.
        reader.within(s.eip);
        int index = s.tlb.fetch(linear), slot = slot(linear);
        if (index < 0) return new Block(-1, s.mode);
        Block n = jumps[slot];
        if (n == null || n.index != index || n.mode != s.mode || !n.live) n = cache.find(index, s.mode);
        if (n == null || n.secondPage >= 0 && s.tlb.fetch((linear | 0xFFF) + 1) != n.secondPage) cache.add(n = reader.block(index, linear));
        jumps[slot] = n;
        if (n.secondPage < 0) n.key = key(linear); // The fetch may have raised the generation.
        return n;
    }

    /** Forgets all blocks. */
    void clear() {
        cache.clear();
        Arrays.fill(jumps, null);
    }

    /** To be called now and then, between two blocks: counts generations anew before a key could stand for two of them. */
    void renew() {
        if ((s.tlb.userGeneration | s.tlb.systemGeneration) >>> GENERATION_BITS == 0) return;
        s.tlb.flush();
        clear();
        s.tlb.userGeneration = s.tlb.systemGeneration = 0;
    }
}
