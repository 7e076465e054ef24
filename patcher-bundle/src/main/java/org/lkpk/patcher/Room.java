package org.lkpk.patcher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.lkpk.patcher.elf.Linker;

/**
 * Room for new text, by linear addresses: the RAM of a memory card, or a piece of the guest's own that its kernel has given.
 * Text that was taken back while a task was still inside of it, or might be, stays where it is, at rest;
 * {@link Referrers} tells which of it may be used again.
 */
final class Room {
    /** Where one patch's text lies; {@code end} is behind its last byte. */
    record Block(int start, int end) { }

    private final int first;
    private final int end;
    private final List<Block> inUse = new ArrayList<>();
    private final List<Block> atRest = new ArrayList<>();

    /** @param end behind the last byte */
    Room(int first, int end) {
        this.first = first;
        this.end = end;
    }

    boolean covers(int firstByte, int lastByte) {
        return first == firstByte && end == lastByte + 1;
    }

    int size() {
        return end - first;
    }

    /** The lowest gap that {@code size} bytes fit in, aligned for text; null if there is none. */
    Block take(int size) {
        List<Block> all = new ArrayList<>(inUse);
        all.addAll(atRest);
        all.sort(Comparator.comparingInt(Block::start));
        all.add(new Block(end, end));
        int at = aligned(first);
        for (Block next : all) {
            if (next.start - at >= size) {
                Block block = new Block(at, at + size);
                inUse.add(block);
                return block;
            }
            at = Math.max(at, aligned(next.end));
        }
        return null;
    }

    /** Nothing leads to the block any more, but tasks may be in it. */
    void rest(Block block) {
        if (inUse.remove(block)) atRest.add(block);
    }

    /** Nothing ever led to the block. */
    void free(Block block) {
        inUse.remove(block);
    }

    /** Whether no text is in it. */
    boolean empty() {
        return inUse.isEmpty() && atRest.isEmpty();
    }

    int first() {
        return first;
    }

    List<Block> atRest() {
        return List.copyOf(atRest);
    }

    /** Gives up all text at rest but {@code kept}. */
    void keepAtRest(List<Block> kept) {
        atRest.retainAll(kept);
    }

    private static int aligned(int address) {
        return address + Linker.ALIGNMENT - 1 & -Linker.ALIGNMENT;
    }
}
