package org.lkpk.cpu.engine;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Code;

/** Feeds the decoder with the bytes at CS:EIP, as the processor fetches them: through paging, up to CS's limit. */
final class Fetch implements Code {
    private final CpuState s;
    /** Offset in CS of the next byte; index in the machine's bytes, valid below {@link #end}. */
    private int offset, index, end;
    /** Index of the page fetched from after the first one, or -1. */
    int secondPage;
    /** Whether to fault rather than leave the page. */
    boolean stay;

    Fetch(CpuState s) {
        this.s = s;
    }

    /** Goes to {@code offset} in CS; {@code index} is that byte's, or -1 if it is not in RAM or ROM. */
    void at(int offset, int index) {
        this.offset = offset;
        this.index = index;
        end = index < 0 ? index : (index | 0xFFF) + 1;
        secondPage = -1;
    }

    /** #GP for an offset beyond CS's limit; it comes before a page fault. */
    void within(int offset) {
        if (Integer.compareUnsigned(offset, s.limit[CpuState.CS]) > 0) throw s.fault(Fault.GP, 0);
    }

    @Override
    public int next() {
        within(offset);
        if (index == end) return across();
        offset++;
        return s.tlb.bytes()[index++] & 0xFF;
    }

    /** A byte of the next page, or of a device. */
    private int across() {
        if (stay) throw s.fault(Fault.REPLAY);
        int linear = s.base[CpuState.CS] + offset, at = s.tlb.fetch(linear);
        offset++;
        if (at < 0) return s.tlb.fetchFromDevice(linear);
        secondPage = at & ~0xFFF;
        index = at + 1;
        end = (at | 0xFFF) + 1;
        return s.tlb.bytes()[at] & 0xFF;
    }
}
