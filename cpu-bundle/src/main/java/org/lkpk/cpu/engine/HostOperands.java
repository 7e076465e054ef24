package org.lkpk.cpu.engine;

import static org.lkpk.cpu.host.Assembler.*;
import static org.lkpk.cpu.host.HostCode.*;
import static org.lkpk.cpu.state.CpuState.EAX;
import static org.lkpk.cpu.state.CpuState.ECX;
import static org.lkpk.cpu.state.CpuState.ESP;

import java.util.ArrayList;
import java.util.List;
import org.lkpk.cpu.host.Assembler;
import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.Assembler.Label;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.host.HostCode.Layout;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;

/**
 * What machine code of the host for a guest's instruction is made with: where the instruction's operands are, and its flags. Guest
 * registers are the host's, memory is looked up in the TLB's tables, and flags are kept as {@link HostCode#IN_STATE} and those beside it say.
 */
abstract class HostOperands {
    /** How flags are kept is not known. */
    static final int UNKNOWN = -1;

    final Assembler a = new Assembler();
    final Layout layout = HostCode.layout();
    final Address result = state(layout.result), carries = state(layout.carries);
    final Plan plan;
    final Meanings meanings;
    final Liveness liveness;
    private final Label[] misses;
    /** What is seldom done stands behind all else. */
    final List<Runnable> cold = new ArrayList<>();
    Plan.Node node;
    Insn i;
    int number;
    /** How flags are kept, or {@link #UNKNOWN}: the frame says so, or nobody sees them. And whether they are the host's, or CF is. */
    int kept;
    boolean hosts, hostsCarry;

    HostOperands(Meanings meanings, Plan plan) {
        this.meanings = meanings;
        this.plan = plan;
        liveness = new Liveness(plan, meanings);
        misses = new Label[plan.insns.length];
    }

    final Address state(int field) {
        return layout.state(field);
    }

    /** Where to jump to leave before the present instruction. */
    Label miss() {
        int n = number;
        if (misses[n] == null) {
            Label miss = misses[n] = new Label();
            cold.add(() -> {
                a.label(miss);
                a.move(R9, n);
                a.address(R10, 0);
                a.jump(MISS);
            });
        }
        return misses[n];
    }

    // Operands

    static int host(int register) {
        return register == ESP ? STACK : register;
    }

    /** Width of the first operand. */
    int bits() {
        return Meanings.width(i.form, i.operandSize);
    }

    Operand operand(int n) {
        return i.form.operands().get(n);
    }

    boolean memory(Operand o) {
        return o == Operand.Ob || o == Operand.Ov || i.memory() && (o.registerOrMemory() || o.onlyMemory());
    }

    /** Whether it is a constant. */
    static boolean constant(Operand o) {
        return o == Operand.Ib || o == Operand.Iz || o == Operand.sIb || o == Operand.Iw || o == Operand.ONE;
    }

    int constantOf(Operand o) {
        return o == Operand.ONE ? 1 : i.immediate;
    }

    /** The host's number of the register that an operand is. */
    int register(Operand o) {
        int n = switch (o) {
            case Gb, Gw, Gd, Gv -> i.reg;
            case AL, AX, EAX, rAX -> EAX;
            case CL -> ECX;
            default -> i.rm;
        };
        return o.bits(i.operandSize) == 8 ? n : host(n);
    }

    /** Whether the memory operand's address can be worked out. */
    boolean reaches() {
        return !i.memory() || i.addressSize == 32;
    }

    /** Works the address of the memory operand out and looks it up: where it is in RAM. Uses R9, R10, R11; R9 stays in use. */
    Address access(int bits, boolean write) {
        offset();
        return access(bits, write, write ? CpuState.READ | CpuState.WRITE : CpuState.READ);
    }

    Address access(int bits, boolean write, int need) {
        if (!Forge.unchecked(i, plan.mode)) segment(bits, need);
        return look(bits, write);
    }

    /** Leaves unless the memory operand's address is a multiple of 16. */
    void aligned() {
        offset();
        a.followed(8, 0xF7, 0, R9, 8, 15);
        a.jump(NE, miss());
    }

    void offset() {
        if (i.base == CpuState.NONE && i.index == CpuState.NONE) a.move(R9, i.displacement);
        else a.op(32, LEA, R9, address());
    }

    Address address() {
        return new Address(i.base == CpuState.NONE ? NONE : host(i.base), i.index == CpuState.NONE ? NONE : host(i.index), i.scale,
                i.displacement);
    }

    /** Adds the base of a segment that need not be flat; it must be all of memory. */
    private void segment(int bits, int need) {
        a.op(64, LOAD, R10, frame(Frame.RIGHTS));
        a.op(32, LOAD, R10, new Address(R10, layout.ints + 4 * i.segment));
        a.constant(32, AND, R10, need);
        a.constant(32, CMP, R10, need);
        a.jump(NE, miss());
        if (bits > 8) {
            a.constant(32, CMP, R9, -(bits >> 3));
            a.jump(A, miss());
        }
        a.op(64, LOAD, R10, frame(Frame.BASES));
        a.op(32, opcode(ADD) + 2, R9, new Address(R10, layout.ints + 4 * i.segment));
        lose();
    }

    /** Looks the linear address in R9 up, which is the exclusive or of R9 and R10 from then on. */
    Address look(int bits, boolean write) {
        lose();
        a.op(32, STORE, R9, R10);
        a.shift(SHR, R10, 12);
        a.op(32, LOAD, R10, new Address(write ? WRITE : READ, R10, 2, layout.ints));
        Label miss = miss();
        if (bits == 80) within(bits, miss);
        else if (bits > 8) {
            Label unaligned = new Label(), back = new Label();
            a.followed(8, 0xF7, 0, R9, 8, (bits >> 3) - 1);
            a.jump(NE, unaligned);
            a.label(back);
            cold.add(() -> {
                a.label(unaligned);
                within(bits, miss);
                a.jump(back);
            });
        }
        a.followed(32, 0xF7, 0, R10, 32, 0xFFF);
        a.jump(NE, miss);
        a.op(32, opcode(XOR), R10, R9);
        return new Address(RAM, R9, 0, layout.bytes);
    }

    private void within(int bits, Label miss) {
        a.op(32, STORE, R9, R11);
        a.constant(32, AND, R11, 0xFFF);
        a.constant(32, CMP, R11, 0x1000 - (bits >> 3));
        a.jump(A, miss);
    }

    /** Has the guest's x87 or XMM registers in the host's, by a routine, unless the frame says that they are; else leaves. */
    void take(int there, int routine) {
        lose();
        Label load = new Label(), back = new Label(), miss = miss();
        a.constant(8, CMP, frame(there), 0);
        a.jump(E, load);
        a.label(back);
        cold.add(() -> {
            a.label(load);
            a.call(routine);
            a.op(32, TEST, R11, R11);
            a.jump(E, back);
            a.jump(miss);
        });
    }

    /** A register of 8 bits as one that may stand beside any other: AH to BH change places with AL to BL. */
    int low(int bits, int register) {
        if (bits != 8 || register < 4 || register > 7) return register;
        a.op(8, XCHG, register, register - 4);
        return register - 4;
    }

    /** Undoes {@link #low}. */
    void back(int bits, int register) {
        low(bits, register);
    }

    /** Looks up where the next push goes. */
    void top() {
        a.op(32, LEA, R9, new Address(STACK, -4));
        look(32, true);
    }

    void pushed(int register) {
        a.op(32, STORE, register, new Address(RAM, R9, 0, layout.bytes));
        a.op(32, LEA, STACK, new Address(STACK, -4));
    }

    void pop(int register) {
        a.op(32, STORE, STACK, R9);
        a.op(32, LOAD, register, look(32, false));
        if (register != STACK) a.op(32, LEA, STACK, new Address(STACK, 4));
    }

    // Flags

    /** The host's flags are lost. */
    void lose() {
        hosts = hostsCarry = false;
    }

    /** Has the flags in the host's. */
    void flags() {
        if (!hosts) restore();
        hosts = hostsCarry = true;
    }

    /** Those of a result without carries, too, whose AF the host may have left as it likes. */
    void allFlags() {
        if (kept == RESULT) hosts = false;
        flags();
    }

    /** Has those in the host's that the present instruction's condition asks for. */
    void condition() {
        int asked = i.opcode & 14;
        if (asked != B || !hostsCarry) flags();
    }

    private void restore() {
        switch (kept) {
            case SUM -> {
                a.op(32, LOAD, R10, frame(Frame.LEFT));
                a.op(32, LOAD, R11, result);
                a.op(32, opcode(SUB), R10, R11);
                a.op(32, opcode(ADD), R11, R10);
            }
            case DIFFERENCE -> {
                a.op(32, LOAD, R10, frame(Frame.LEFT));
                a.op(32, STORE, R10, R11);
                a.op(32, opcode(SUB) + 2, R11, result);
                a.op(32, opcode(CMP), R11, R10);
            }
            case RESULT -> a.constant(32, CMP, result, 0);
            default -> a.call(RESTORE);
        }
    }

    /** Flags are kept in a way from now on; that does not change the host's. */
    void keep(int how) {
        if (kept != how) a.followed(8, 0xC7, 0, frame(Frame.FLAGS), 8, how);
        kept = how;
    }

    /** Keeps the host's flags; those that are not defined must be as the guest is to see them. */
    void keepImage() {
        a.bytes(0x9C); // PUSHF
        a.op(64, 0x8F, 0, frame(Frame.LEFT));
        keep(EFLAGS);
        hosts = hostsCarry = true;
    }

    void keepResult(int register) {
        a.op(32, STORE, register, result);
        keep(RESULT);
    }

    /** Whether the flags that the present instruction sets must be kept: somebody sees them, or a condition for which the host's are lost. */
    boolean wanted() {
        if (!liveness.dead(number)) return true;
        if (!liveness.kept(number)) return false;
        boolean there = true;
        for (int n = number + 1; n <= node.last(); n++) {
            Insn after = plan.insns[n];
            boolean register = !after.memory() && !after.form.operands().contains(Operand.Ob) && !after.form.operands().contains(Operand.Ov);
            if (meanings.condition(after.form) != null) {
                if (!there || !register) return true;
            } else if (meanings.plain(after) != null) return false;
            else there &= register && Meanings.MOVES.contains(after.form.name());
        }
        return false;
    }

    /** The host's flags are those of the present instruction. */
    void set(boolean wanted) {
        if (wanted) keepImage();
        else kept = UNKNOWN;
        hosts = hostsCarry = true;
    }

    /** Has CF in the host's. */
    void carry() {
        if (!hostsCarry) flags();
    }

    /** Goes on at privilege level 0 alone. */
    void supervisor() {
        a.constant(32, CMP, state(layout.cpl), 0);
        a.jump(NE, miss());
    }

    /** Goes on unless a boolean field is set. */
    void unless(int field) {
        a.constant(8, CMP, state(field), 0);
        a.jump(NE, miss());
    }
}
