package org.lkpk.cpu.engine;

import org.lkpk.cpu.table.Insn;

/** Decoded code: instructions that lie one behind the other in one physical page, up to the first that may go elsewhere. */
final class Block {
    static final Op[] NONE = {};
    private static final int CHOICES = 16;
    /** Matches no {@link #key}. */
    static final long NOWHERE = -1;

    /** Where its first byte lies: index in the machine's bytes, and what it was decoded for. */
    final int index, mode;
    Op[] ops = NONE;
    /** Its instructions, how often it was run lately as {@link #ops}, and what runs it since that was often. */
    Insn[] insns;
    int runs;
    Op whole;
    /** Instructions, and bytes. */
    int count, length;
    /** Whether its last instruction sets EIP itself. */
    boolean ends;
    /** False once its code was written over. */
    boolean live = true;
    /** Index of the second page that its one instruction reaches into, or -1. */
    int secondPage = -1;

    /** The region that holds a copy of it; the same if that can be entered here, else null, and the number of that entry. */
    Region holder, region;
    int entry;
    /** Whether such a region has been asked for. */
    boolean asked;
    /** Whether it has been translated ahead: what is dropped for room after that has to become hot. */
    boolean met;

    /** Other blocks of its bucket in {@link CodeCache}. */
    Block chain;
    /** Blocks that came after it, if it does not go wherever it is told. */
    Block near, nearer;
    boolean indirect;
    /** What came after it in its page, if it is a jump or call by a table: as many as can be told apart cheaply. */
    Block[] chosen;
    /** By what it was found last: linear address, generation of translations, mode. {@link #NOWHERE}: it must be looked for. */
    long key = NOWHERE;

    Block(int index, int mode) {
        this.index = index;
        this.mode = mode;
    }

    /** A block came after it. */
    void chose(Block next) {
        if (next.index >>> 12 != index >>> 12 || next.mode != mode) return;
        for (int n = 0; n < chosen.length; n++) {
            if (chosen[n] == next) return;
            if (chosen[n] == null || !chosen[n].live) {
                chosen[n] = next;
                return;
            }
        }
    }

    /** Makes room for what may come after it. */
    void choose() {
        chosen = new Block[CHOICES];
    }

    boolean touches(int from, int length) {
        return from < index + this.length && index < from + length;
    }
}
