package org.lkpk.cpu.engine;

import static org.lkpk.cpu.host.Assembler.*;
import static org.lkpk.cpu.host.HostCode.frame;

import java.util.Set;
import org.lkpk.cpu.host.Assembler;
import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.table.Insn;

/**
 * Emits x87 instructions as machine code of the host: themselves. The host's x87 is the guest's from the first of them until
 * Java goes on; that there is one and that all exceptions are masked is looked at then, and nothing but other code changes it.
 * Not here, but the interpreter's: transcendental functions, in whose last bits hosts differ; FFREE, after which they may differ
 * in C1; and what changes the environment.
 */
final class HostFpuEmitter {
    private static final Set<String> IN_MEMORY = Set.of("fadd", "fmul", "fcom", "fcomp", "fsub", "fsubr", "fdiv", "fdivr", "fld", "fst",
            "fstp", "fild", "fist", "fistp", "fiadd", "fimul", "ficom", "ficomp", "fisub", "fisubr", "fidiv", "fidivr");
    /** They work on registers alone, and all of them set C1. */
    private static final Set<String> IN_REGISTERS = Set.of("fadd", "fmul", "fcom", "fcomp", "fsub", "fsubr", "fdiv", "fdivr", "fadd_to",
            "fmul_to", "fsub_to", "fsubr_to", "fdiv_to", "fdivr_to", "faddp", "fmulp", "fsubp", "fsubrp", "fdivp", "fdivrp", "fcompp",
            "fucompp", "fucom", "fucomp", "ftst", "fxam", "fld", "fxch", "fst", "fstp", "fchs", "fabs", "fld1", "fldl2t", "fldl2e", "fldpi",
            "fldlg2", "fldln2", "fldz", "fdecstp", "fincstp", "fsqrt", "frndint", "fscale", "fxtract", "fprem", "fprem1");
    private static final Set<String> SET_FLAGS = Set.of("fcomi", "fcomip", "fucomi", "fucomip");
    private static final Set<String> CONTROL = Set.of("fldcw", "fnstcw", "fnstsw_m16", "fnstsw_ax", "fwait");
    private static final int BITS = 0x1F3F, ONE = 0x40;

    private final Assembler a;
    private final HostOperands emitter;
    private Insn[] insns;
    /** Number of the block's last instruction. */
    private int last;
    /** Whether the host's x87 is the guest's; segment that was noted last, or -1. */
    private boolean begun;
    private int segment;

    HostFpuEmitter(Assembler a, HostOperands emitter) {
        this.a = a;
        this.emitter = emitter;
    }

    /** Whether there is a way of an instruction. */
    static boolean emits(Insn i) {
        String name = i.form.name();
        return CONTROL.contains(name) || (i.memory() ? IN_MEMORY.contains(stem(name)) : inRegisters(i));
    }

    private static String stem(String name) {
        int end = name.indexOf("_m");
        return end < 0 ? name : name.substring(0, end);
    }

    /** Without those that the SDM does not name. */
    private static boolean inRegisters(Insn i) {
        String name = i.form.name();
        if (SET_FLAGS.contains(name) || name.startsWith("fcmov")) return true;
        boolean alias = switch (i.opcode) {
            case 0xDC -> i.reg == 2 || i.reg == 3;
            case 0xDD -> i.reg == 1;
            case 0xDE -> i.reg == 2;
            case 0xDF -> i.reg != 4;
            default -> false;
        };
        return !alias && IN_REGISTERS.contains(name);
    }

    /** A block begins; {@code last} is the number of its last instruction. */
    void block(Insn[] insns, int last) {
        this.insns = insns;
        this.last = last;
        forget();
    }

    /** The interpreter has done an instruction. */
    void forget() {
        begun = false;
        segment = -1;
    }

    /** Emits an instruction that there is a way of; false if its operand lies where that cannot be looked up. */
    boolean emit(Insn i, boolean unchecked, int number) {
        String name = i.form.name();
        if (i.memory() && !unchecked) return false;
        begin();
        if (name.equals("fwait")) return true;
        if (name.startsWith("fcmov")) emitter.flags();
        if (name.equals("fldcw")) control(emitter.access(16, false));
        else if (i.memory()) inMemory(i, name);
        else a.bytes(i.opcode, 0xC0 | i.reg << 3 | i.rm);
        if (SET_FLAGS.contains(name)) compared(number);
        if (!CONTROL.contains(name)) note(i, number);
        return true;
    }

    /** FCOMI and its like: AMD's leave C1 alone where Intel's clear it, as FINCSTP does. */
    private void compared(int number) {
        emitter.keepImage();
        boolean sets = number < last && quiet(insns[number + 1]) && IN_REGISTERS.contains(insns[number + 1].form.name());
        if (!sets) a.bytes(0xD9, 0xF7, 0xD9, 0xF6);
    }

    private void begin() {
        if (!begun) emitter.take(Frame.LOADED, HostCode.LOAD_FPU);
        begun = true;
    }

    private void inMemory(Insn i, String name) {
        boolean writes = name.startsWith("fst") || name.startsWith("fist") || name.startsWith("fnst");
        int bits = name.equals("fnstcw") ? 16 : Integer.parseInt(name.substring(name.length() - 2));
        Address at = emitter.access(bits, writes);
        a.op(32, i.opcode, i.reg, at);
    }

    /** FLDCW: what the host need not keep as the guest's would is the interpreter's, and what unmasks. */
    private void control(Address at) {
        a.op(32, 0x0FB7, R11, at);
        HostCode.masked(a, emitter.miss());
        a.constant(32, AND, R11, BITS);
        a.constant(32, OR, R11, ONE);
        a.op(32, STORE, R11, frame(Frame.SPARE));
        a.op(32, 0xD9, 5, frame(Frame.SPARE));
    }

    /** Notes where the instruction and its operand are; the former not if the next one does before anybody can look. */
    private void note(Insn i, int number) {
        if (number == last || !quiet(insns[number + 1]))
            a.followed(32, 0xC7, 0, frame(Frame.PLACE), 32, HostCode.place(i.offset, i.escape()));
        if (!i.memory()) return;
        a.op(32, opcode(XOR), R9, R10);
        a.op(32, STORE, R10, frame(Frame.DATA));
        if (segment != i.segment) a.followed(32, 0xC7, 0, frame(Frame.SEGMENT), 32, i.segment);
        segment = i.segment;
    }

    /** Whether it is noted, and the code is never left before it. */
    private static boolean quiet(Insn i) {
        return !i.memory() && emits(i) && !CONTROL.contains(i.form.name());
    }
}
