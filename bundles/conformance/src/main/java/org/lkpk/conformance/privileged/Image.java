package org.lkpk.conformance.privileged;

import java.util.List;

/** A ROM for the end of all addresses that runs cases one after the other, and ends in a triple fault. */
public final class Image {
    public static final int SIZE = Layout.ROM_SIZE;

    private Image() { }

    /** @throws IllegalArgumentException if {@code cases} are too many */
    public static byte[] of(List<Sequence> cases) {
        Code c = new Code(Layout.ROM);
        int memory = c.here();
        c.put(Memory.records());
        int low = c.here();
        c.put(Memory.vectors());
        int first = c.here();
        for (Sequence s : cases) {
            if (c.here() + s.records().length + 8 > Harness.ORIGIN) throw new IllegalArgumentException(cases.size() + " cases do not fit in a ROM");
            c.put(s.records());
        }
        return c.dword(-2).upTo(Harness.ORIGIN, 0xFF).put(Harness.assemble(memory, low, first)).bytes();
    }
}
