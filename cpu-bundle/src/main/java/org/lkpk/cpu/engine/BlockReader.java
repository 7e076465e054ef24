package org.lkpk.cpu.engine;

import static org.lkpk.cpu.state.CpuState.CS;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.lkpk.api.cpu.Memory;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Decoder;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.OpTable;

/** Decodes guest code at CS:EIP: a block with its operations, or one instruction. Marks what it made a block of in memory. */
final class BlockReader {
    private static final int LONGEST_BLOCK = 48;
    /** What ends a block and mostly goes elsewhere than the last time. */
    private static final Set<String> INDIRECT = Set.of("ret", "ret_i", "iret", "jmp_e", "call_e");

    private final CpuState s;
    private final Memory memory;
    private final Decoder decoder;
    private final Fetch fetch;
    private final Forge forge;
    private final Traps traps;
    private final Breakpoints breakpoints;
    private long decoded;

    BlockReader(CpuState s, OpTable table, Forge forge, Traps traps, Breakpoints breakpoints) {
        this.s = s;
        this.forge = forge;
        this.traps = traps;
        this.breakpoints = breakpoints;
        memory = s.board.memory();
        decoder = new Decoder(table, s.model.profile());
        fetch = new Fetch(s);
    }

    /** Blocks decoded so far. */
    long decoded() {
        return decoded;
    }

    /** See {@link Fetch#within}. */
    void within(int offset) {
        fetch.within(offset);
    }

    /** The one instruction at CS:EIP, fetched byte by byte. */
    Insn instruction() {
        fetch.within(s.eip);
        fetch.at(s.eip, s.tlb.fetch(s.base[CS] + s.eip));
        return decoder.decode(fetch, bits());
    }

    private int bits() {
        return (s.mode & CpuState.CODE32) != 0 ? 32 : 16;
    }

    /** The block at CS:EIP, which is {@code linear} and lies at {@code index} of the machine's bytes. */
    Block block(int index, int linear) {
        decoded++;
        Block b = new Block(index, s.mode);
        int bits = bits(), pageEnd = (index | 0xFFF) + 1;
        List<Insn> insns = new ArrayList<>();
        fetch.at(s.eip, index);
        while (insns.size() < LONGEST_BLOCK && index + b.length < pageEnd) {
            if (!insns.isEmpty() && (traps.at(linear + b.length) || breakpoints.at(linear + b.length))) break;
            Insn i = another(bits, insns.isEmpty());
            if (i == null) break;
            i.offset = (short) b.length;
            b.length += i.length;
            insns.add(i);
            if (i.form.ends()) {
                b.ends = true;
                b.indirect = INDIRECT.contains(i.form.name());
                if (Plan.chooses(i)) b.choose();
                break;
            }
        }
        b.secondPage = fetch.secondPage;
        b.count = insns.size();
        b.insns = insns.toArray(new Insn[0]);
        b.ops = operations(insns, linear);
        mark(index, Math.min(b.length, pageEnd - index));
        if (b.secondPage >= 0) mark(b.secondPage, index + b.length - pageEnd);
        return b;
    }

    private void mark(int index, int length) {
        if (!memory.marked(index & ~0xFFF)) s.tlb.protect(index & ~0xFFF);
        memory.mark(index, length);
    }

    /** The next instruction; null if it is not the first and reaches into another page or faults on its way. */
    private Insn another(int bits, boolean first) {
        if (first) return decoder.decode(fetch, bits);
        fetch.stay = true;
        try {
            return decoder.decode(fetch, bits);
        } catch (Fault f) {
            return null;
        } finally {
            fetch.stay = false;
        }
    }

    private Op[] operations(List<Insn> insns, int linear) {
        List<Op> ops = new ArrayList<>();
        for (int n = 0; n < insns.size(); n++) {
            Insn i = insns.get(n), after = n + 1 < insns.size() ? insns.get(n + 1) : null;
            boolean two = after != null && forge.fuses(i, after, s.mode);
            Op op = two ? forge.make(i, after, s.mode) : forge.make(i, s.mode);
            op.number = (byte) n;
            if (two) n++;
            ops.add(op);
        }
        Op trap = traps.before(linear);
        if (trap != null) ops.add(0, trap);
        Op check = breakpoints.before(linear);
        if (check != null) ops.add(0, check);
        return ops.toArray(Block.NONE);
    }
}
