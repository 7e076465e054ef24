package org.lkpk.cpu.engine;

import static org.lkpk.cpu.host.Assembler.*;

import java.util.Set;
import org.lkpk.cpu.host.Assembler;
import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.meaning.SimdOperands;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;

/**
 * Emits SSE instructions as machine code of the host: themselves. The host's XMM registers and MXCSR are the guest's from the first
 * of them until Java goes on; that there are any and that all exceptions are masked is looked at then. The interpreter's are
 * those of MMX registers, those whose results are approximate, and what changes MXCSR as a whole.
 */
final class HostSimdEmitter {
    private static final Set<String> NOT = Set.of("rsqrtps", "rsqrtss", "rcpps", "rcpss", "fxsave", "fxrstor", "ldmxcsr", "stmxcsr", "clflush",
            "emms", "maskmovdqu");
    /** They do nothing here. */
    private static final Set<String> NOTHING = Set.of("lfence", "mfence", "sfence", "prefetchnta", "prefetcht0", "prefetcht1", "prefetcht2");
    /** Their 16 bytes may lie anywhere. */
    private static final Set<String> ANYWHERE = Set.of("movups", "movupd", "movdqu", "movups_store", "movupd_store", "movdqu_store");
    private static final Set<String> COMPARE = Set.of("ucomiss", "ucomisd", "comiss", "comisd");

    private static final int MOVUPS = 0x0F10, MOVUPS_STORE = 0x0F11;
    /** An XMM register that the guest does not have: for operands of 16 bytes, which in a Java array are multiples of 8 alone. */
    private static final int FREE = 15;

    private final Assembler a;
    private final HostOperands emitter;
    /** Whether the host's registers are the guest's. */
    private boolean begun;

    HostSimdEmitter(Assembler a, HostOperands emitter) {
        this.a = a;
        this.emitter = emitter;
    }

    /** Whether there is a way of an instruction. */
    static boolean emits(Insn i) {
        String name = i.form.name();
        if (NOTHING.contains(name)) return true;
        return !NOT.contains(name) && !SimdOperands.mmx(i) && prefix(i) != null;
    }

    /** The mandatory prefix, as the table has it; null if it has none of the kind. */
    private static String prefix(Insn i) {
        String opcode = i.form.opcode();
        int colon = opcode.indexOf(':');
        return colon == 2 && Set.of("NP", "66", "F3", "F2").contains(opcode.substring(0, 2)) ? opcode.substring(0, 2) : null;
    }

    /** A block begins, or the interpreter has done an instruction. */
    void forget() {
        begun = false;
    }

    /** Emits an instruction that there is a way of; false if its operand lies where that cannot be looked up. */
    boolean emit(Insn i, boolean unchecked) {
        if (NOTHING.contains(i.form.name())) return true;
        if (i.memory() && !unchecked) return false;
        if (i.form.name().equals("movnti")) {
            a.op(32, STORE, HostOperands.host(i.reg), emitter.access(32, true));
            return true;
        }
        begin();
        int reg = has(i, Operand.Gd) ? HostOperands.host(i.reg) : i.reg;
        if (!i.memory()) itself(i, reg, has(i, Operand.Ed) || has(i, Operand.RdMw) ? HostOperands.host(i.rm) : i.rm);
        else {
            Operand in = inMemory(i);
            boolean writes = i.form.operands().get(0) == in;
            int bits = in == Operand.RdMw ? 16 : in.bits(i.operandSize);
            if (bits == 128 && !ANYWHERE.contains(i.form.name())) emitter.aligned();
            Address at = emitter.access(bits, writes);
            if (bits != 128) itself(i, reg, at);
            else if (writes) a.op(32, MOVUPS_STORE, reg, at);
            else {
                a.op(32, MOVUPS, FREE, at);
                itself(i, reg, FREE);
            }
        }
        if (COMPARE.contains(i.form.name())) emitter.keepImage();
        return true;
    }

    private void itself(Insn i, int reg, int rm) {
        mandatory(i);
        if (has(i, Operand.Ib)) a.followed(32, opcode(i), reg, rm, 8, i.immediate);
        else a.op(32, opcode(i), reg, rm);
    }

    private void itself(Insn i, int reg, Address at) {
        mandatory(i);
        if (has(i, Operand.Ib)) a.followed(32, opcode(i), reg, at, 8, i.immediate);
        else a.op(32, opcode(i), reg, at);
    }

    private void mandatory(Insn i) {
        String prefix = prefix(i);
        if (!prefix.equals("NP")) a.bytes(Integer.parseInt(prefix, 16));
    }

    private static int opcode(Insn i) {
        return 0x0F00 | i.opcode & 0xFF;
    }

    private static boolean has(Insn i, Operand o) {
        return i.form.operands().contains(o);
    }

    private static Operand inMemory(Insn i) {
        for (Operand o : i.form.operands()) if (memory(o)) return o;
        throw new IllegalStateException(i.form + " has no operand in memory");
    }

    private static boolean memory(Operand o) {
        return switch (o) {
            case Ed, RdMw, Wd, Wq, Wdq, Wss, Wsd, Wps, Wpd, Mq, Mdq, Mps, Mpd -> true;
            default -> false;
        };
    }

    private void begin() {
        if (!begun) emitter.take(Frame.LANES, HostCode.LOAD_SIMD);
        begun = true;
    }
}
