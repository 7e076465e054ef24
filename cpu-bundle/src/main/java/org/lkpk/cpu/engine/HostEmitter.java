package org.lkpk.cpu.engine;

import static org.lkpk.cpu.host.Assembler.*;
import static org.lkpk.cpu.host.HostCode.*;
import static org.lkpk.cpu.state.CpuState.EAX;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.lkpk.cpu.fpu.Quick;
import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.Assembler.Far;
import org.lkpk.cpu.host.Assembler.Label;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.View;

/**
 * Makes machine code of the host of a {@link Plan}. The host is an x86 too: what an instruction means is that instruction
 * itself, with its registers where they are and memory by the tables. Where memory's tables do not have an access, and before
 * instructions that it cannot do, the code is left; the interpreter does those, and what can be done goes on behind them.
 */
final class HostEmitter extends HostMoves {
    /**
     * Code that can lie anywhere, its ways to {@link HostCode}'s routines, where each entry begins in it; and, by instruction, where
     * it goes on after one that the interpreter has done, or -1.
     */
    record Code(byte[] bytes, Far[] far, int[] entries, int[] resumes) { }

    private static final Map<String, Integer> ARITHMETIC = Map.of("add", ADD, "or", OR, "adc", ADC, "sbb", SBB, "and", AND,
            "sub", SUB, "xor", XOR, "cmp", CMP);
    private static final Map<String, Integer> SHIFTS = Map.of("rol", ROL, "ror", ROR, "shl", SHL, "shr", SHR, "sar", SAR);
    private static final Map<String, Integer> BITS = Map.of("bt", 4, "bts", 5, "btr", 6, "btc", 7, "bt_r", 4, "bts_r", 5, "btr_r", 6,
            "btc_r", 7);
    private final HostFpuEmitter fpu = new HostFpuEmitter(a, this);
    private final HostSimdEmitter simd = new HostSimdEmitter(a, this);
    private final Address count = state(layout.count);
    private final Label[] labels;
    private final int[] resumes;

    HostEmitter(Meanings meanings, Plan plan) {
        super(meanings, plan);
        labels = new Label[plan.nodes.length];
        for (int n = 0; n < labels.length; n++) labels[n] = new Label();
        resumes = new int[plan.insns.length];
        Arrays.fill(resumes, -1);
    }

    Region make(HostCode host, View view, Quick fpu) {
        Code code = code();
        HostRegion r = new HostRegion(host, view, fpu, code);
        r.plan = plan;
        r.insns = plan.insns;
        r.most = plan.insns.length;
        r.tier = Tier.HOST;
        r.bytes = code.bytes.length;
        r.entries = new int[plan.nodes.length];
        for (int n = 0; n < r.entries.length; n++) r.entries[n] = n;
        r.entered = new int[plan.nodes.length];
        return r;
    }

    private Code code() {
        for (Plan.Node n : plan.nodes) block(n);
        for (int n = 0; n < cold.size(); n++) cold.get(n).run();
        int[] entries = new int[labels.length];
        for (int n = 0; n < entries.length; n++) entries[n] = labels[n].at();
        return new Code(a.code(), a.far().toArray(new Far[0]), entries, resumes);
    }

    // Blocks

    private void block(Plan.Node n) {
        node = n;
        fpu.block(plan.insns, n.last());
        simd.forget();
        kept = UNKNOWN;
        lose();
        a.label(labels[n.number]);
        a.constant(64, ADD, count, n.block.count);
        int last = n.block.ends ? n.last() - 1 : n.last();
        for (number = n.first; number <= last; number++) {
            i = plan.insns[number];
            if (!instruction()) resume();
        }
        int next = n.next();
        if (!n.block.ends) {
            go(next);
            return;
        }
        i = plan.insns[number];
        switch (Plan.kind(i)) {
            case CONDITIONAL -> {
                condition();
                a.jump(i.opcode & 15, way(next + i.immediate));
                go(next);
            }
            case JUMP -> go(next + i.immediate);
            case CALL -> {
                pushReturn(next);
                go(next + i.immediate);
            }
            case OTHER -> other(next);
        }
    }

    private void other(int next) {
        if (Plan.returns(i)) {
            pop(R9);
            choose(plan.returns);
        } else if (i.form.name().equals("ret_i") && i.operandSize == 32) {
            pop(R9);
            a.op(32, LEA, STACK, new Address(STACK, i.immediate & 0xFFFF));
            a.jump(LEAVE);
        } else if (Plan.chooses(i) && reaches()) {
            if (i.memory()) a.op(32, LOAD, R9, access(32, false));
            else a.op(32, STORE, host(i.rm), R9);
            if (i.form.name().equals("call_e")) {
                a.op(32, STORE, R9, frame(Frame.SPARE));
                pushReturn(next);
                a.op(32, LOAD, R9, frame(Frame.SPARE));
            }
            List<Integer> chosen = new ArrayList<>();
            for (int offset : node.chosen) chosen.add(offset);
            choose(chosen);
        } else if (string() || interrupts(next)) go(next);
        else a.jump(miss());
    }

    /** Where to jump to come to an offset of the page: within the region, back only if there is room, or out of it. */
    private Label way(int offset) {
        Plan.Node to = plan.at(offset);
        if (to != null && !Plan.back(node, to)) return labels[to.number];
        Label way = new Label();
        cold.add(() -> {
            a.label(way);
            Label out = new Label();
            if (to != null) {
                stay(out);
                a.jump(labels[to.number]);
            }
            a.label(out);
            a.op(32, LOAD, R9, frame(Frame.BASE));
            a.op(32, LEA, R9, new Address(R9, offset));
            a.jump(LEAVE);
        });
        return way;
    }

    private void go(int offset) {
        Plan.Node to = plan.at(offset);
        if (to == null || to.number != node.number + 1) a.jump(way(offset));
    }

    /** Goes elsewhere unless all of the region may be done again: as {@link CpuState#goesBack}. */
    private void stay(Label elsewhere) {
        a.op(64, LOAD, R10, count);
        a.constant(64, ADD, R10, plan.insns.length);
        a.op(64, opcode(CMP) + 2, R10, frame(Frame.LIMIT));
        a.jump(G, elsewhere);
        a.constant(32, CMP, state(layout.attention), 0);
        a.jump(NE, elsewhere);
        a.constant(8, CMP, state(layout.interjected), 0);
        a.jump(NE, elsewhere);
    }

    /** Goes to the offset in CS that R9 holds. */
    private void choose(Collection<Integer> known) {
        Label out = new Label();
        List<Integer> sites = known.stream().filter(o -> plan.at(o) != null).sorted().toList();
        if (!sites.isEmpty()) {
            stay(out);
            a.op(32, STORE, R9, R10);
            a.op(32, opcode(SUB) + 2, R10, frame(Frame.BASE));
            for (int offset : sites) {
                a.constant(32, CMP, R10, offset);
                a.jump(E, labels[plan.at(offset).number]);
            }
        }
        a.label(out);
        a.jump(LEAVE);
    }

    /** Leaves before the present instruction, and goes on behind it when that is done. */
    private void resume() {
        a.jump(miss());
        resumes[number] = a.size();
        fpu.forget();
        simd.forget();
        kept = UNKNOWN;
        lose();
    }

    // The stack

    private void pushReturn(int offset) {
        top();
        a.op(32, LOAD, R10, frame(Frame.BASE));
        a.op(32, LEA, R10, new Address(R10, offset));
        pushed(R10);
    }

    // Instructions

    /**
     * Emits one that ends no block; false if it cannot be done here. Those that neither fault nor have to do with flags must be:
     * {@link Liveness} takes it that flags from before them are not seen.
     */
    private boolean instruction() {
        String name = i.form.name();
        Integer arithmetic = ARITHMETIC.get(name), shift = SHIFTS.get(name), bit = BITS.get(name);
        if (name.equals("nop")) return true;
        if (name.equals("lea")) return effectiveAddress();
        if (!reaches()) return false;
        if (HostSimdEmitter.emits(i)) return simd.emit(i, Forge.unchecked(i, plan.mode));
        if (HostFpuEmitter.emits(i)) return fpu.emit(i, Forge.unchecked(i, plan.mode), number);
        if (arithmetic != null) return arithmetic(arithmetic);
        if (shift != null) return !meanings.olderThanHosts(i) && shift(shift);
        if (bit != null) return !meanings.olderThanHosts(i) && bit(bit);
        if (meanings.condition(i.form) != null) return conditional(name.startsWith("set"));
        return switch (name) {
            case "test" -> test();
            case "mov" -> move();
            case "movzx", "movsx_b", "movsx_w" -> extend();
            case "inc" -> step(0);
            case "dec" -> step(1);
            case "not" -> unary(2);
            case "neg" -> unary(3);
            case "push" -> push();
            case "pop" -> popped(register(operand(0)));
            case "pop_e" -> !i.memory() && popped(host(i.rm));
            case "leave" -> leave();
            case "imul", "imul_3" -> product();
            case "mul" -> wide(4);
            case "imul_a" -> wide(5);
            case "div" -> divide();
            case "idiv" -> divideSigned();
            case "shld" -> shiftDouble(0x0FA4, SHL);
            case "shrd" -> shiftDouble(0x0FAC, SHR);
            case "bsf" -> scan(0x0FBC);
            case "bsr" -> scan(0x0FBD);
            case "cbw", "cwd" -> {
                if (i.operandSize == 16) a.bytes(0x66);
                a.bytes(name.equals("cbw") ? 0x98 : 0x99);
                yield true;
            }
            case "bswap" -> swap(host(i.rm));
            case "xchg_a" -> {
                if (i.rm != EAX) a.op(i.operandSize, XCHG, EAX, host(i.rm));
                yield true;
            }
            case "xchg_b", "xchg_v" -> exchange();
            case "xadd_v" -> exchanging(0x0FC1);
            case "cmpxchg_v" -> exchanging(0x0FB1);
            case "cmpxchg8b" -> exchangeEight();
            case "pushf" -> pushFlags();
            case "cld" -> {
                a.constant(32, AND, state(layout.system), ~CpuState.DF);
                lose();
                yield true;
            }
            default -> false;
        };
    }
}
