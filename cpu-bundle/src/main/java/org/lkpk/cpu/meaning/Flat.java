package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.EBP;
import static org.lkpk.cpu.state.CpuState.ESP;

import org.lkpk.cpu.state.View;

/** The stack where its segment is flat and 32 bits wide: what {@link Stack} and {@link Branches} do, for translated code. */
public final class Flat {
    private Flat() { }

    public static void push32(View m, int[] r, int v) {
        int sp = r[ESP] - 4;
        m.store32(sp, v);
        r[ESP] = sp;
    }

    public static int pop32(View m, int[] r) {
        int sp = r[ESP], v = m.load32(sp);
        r[ESP] = sp + 4;
        return v;
    }

    public static void leave(View m, int[] r) {
        int bp = r[EBP], v = m.load32(bp);
        r[ESP] = bp + 4;
        r[EBP] = v;
    }
}
