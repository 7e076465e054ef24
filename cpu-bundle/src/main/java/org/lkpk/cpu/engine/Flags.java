package org.lkpk.cpu.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Where the flags are at each place of a region: in the state, in local variables, or in the operands of the instruction that
 * set them, from which they are worked out when somebody looks. What a loop's next round sets anew is never worked out then.
 * An emission notes how blocks leave the flags to each other, and the next one knows how they come.
 */
final class Flags {
    /** Forms of flags; others are numbers of what makes them of operands. A block that may come by several has MIXED ones. */
    static final int UNKNOWN = -2, MIXED = -1, STATE = 0, LOCAL = 1, OPERANDS = 2;

    /** Block {@code from} goes to block {@code to} with flags of a form; MIXED: as they came. */
    private record Edge(int from, int to, int form) { }

    private final List<Edge> edges = new ArrayList<>();
    /** Blocks that look at the flags as they came. */
    private final BitSet looking = new BitSet();
    /** By block, the form that its flags come in; those for which all others bring theirs into local variables. */
    private int[] comes = {};
    private BitSet asked = new BitSet();

    void edge(int from, int to, int form) {
        edges.add(new Edge(from, to, form));
    }

    void looks(int block) {
        looking.set(block);
    }

    /** The form in which flags come to a block. */
    int comes(int block) {
        return block < comes.length ? comes[block] : MIXED;
    }

    boolean settled() {
        return comes.length > 0;
    }

    /** Whether flags are to be brought into local variables before a block. */
    boolean asks(int block) {
        return asked.get(block);
    }

    /** To be called after an emission: works out how flags come to each of some blocks. */
    void settle(int blocks, int[] entries) {
        for (boolean more = true; more; ) {
            more = false;
            for (Edge e : edges)
                if (e.form == MIXED && looking.get(e.to) && !looking.get(e.from)) {
                    looking.set(e.from);
                    more = true;
                }
        }
        do comes = forms(blocks, entries);
        while (ask());
    }

    private int[] forms(int blocks, int[] entries) {
        int[] forms = new int[blocks];
        for (int n = 0; n < blocks; n++) forms[n] = asked.get(n) ? LOCAL : UNKNOWN;
        for (int n : entries) meet(forms, n, STATE);
        spread(forms);
        for (int n = 0; n < blocks; n++)
            if (forms[n] == UNKNOWN) { // Nobody comes here.
                forms[n] = STATE;
                spread(forms);
            }
        return forms;
    }

    private void spread(int[] forms) {
        for (boolean more = true; more; ) {
            more = false;
            for (Edge e : edges) more |= meet(forms, e.to, e.form == MIXED ? forms[e.from] : e.form);
        }
    }

    private boolean meet(int[] forms, int block, int form) {
        if (asked.get(block) || form == UNKNOWN || forms[block] == MIXED || forms[block] == form) return false;
        forms[block] = forms[block] == UNKNOWN ? form : MIXED;
        return true;
    }

    private boolean ask() {
        boolean more = false;
        for (int n = 0; n < comes.length; n++)
            if (comes[n] == MIXED && looking.get(n)) {
                asked.set(n);
                more = true;
            }
        return more;
    }
}
