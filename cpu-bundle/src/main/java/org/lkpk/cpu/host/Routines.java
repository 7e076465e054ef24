package org.lkpk.cpu.host;

import static org.lkpk.cpu.host.Assembler.*;
import static org.lkpk.cpu.host.HostCode.*;

import java.util.stream.Stream;
import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.Assembler.Label;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.host.HostCode.Layout;
import org.lkpk.cpu.state.CpuState;

/**
 * The code that all regions share. A Java method has its arguments in RSI, RDX, RCX, R8, R9, RDI, and on the stack; it has to keep
 * RSP, RBP, R12 and R15.
 */
final class Routines {
    static final int PUSHES = 3;
    private final Assembler a = new Assembler();
    private final Label[] labels = Stream.generate(Label::new).limit(ROUTINES).toArray(Label[]::new);
    private final Layout layout;
    private final long links;
    private final Address result, carries;
    private final FpuRoutines fpu;
    private final SimdRoutines simd;

    /** @param links where the table of links begins */
    Routines(Layout layout, long links) {
        this.layout = layout;
        this.links = links;
        result = layout.state(layout.result);
        carries = layout.state(layout.carries);
        fpu = new FpuRoutines(a, layout);
        simd = new SimdRoutines(a, layout);
        leave();
        restore();
        a.label(labels[LOAD_FPU]);
        fpu.load();
        a.label(labels[LOAD_SIMD]);
        simd.load();
    }

    byte[] code() {
        return a.code();
    }

    /** Where a routine begins. */
    int at(int routine) {
        return labels[routine].at();
    }

    /** Number and six arguments of a system call. */
    static byte[] system() {
        Assembler a = new Assembler();
        a.op(64, STORE, RSI, RAX);
        a.op(64, STORE, RDI, R11);
        a.op(64, STORE, RDX, RDI);
        a.op(64, STORE, RCX, RSI);
        a.op(64, STORE, R8, RDX);
        a.op(64, STORE, R9, R10);
        a.op(64, STORE, R11, R8);
        a.op(64, LOAD, R9, new Address(RSP, 8));
        a.bytes(0x0F, 0x05, 0xC3);
        return a.code();
    }

    /** An array, the distance to its first byte, where to, how many bytes. */
    static byte[] copy() {
        Assembler a = new Assembler();
        a.op(64, STORE, RCX, RDI);
        a.op(64, STORE, R8, RCX);
        a.op(64, opcode(ADD), RDX, RSI);
        a.bytes(0xF3, 0xA4, 0xC3);
        return a.code();
    }

    /** See {@link HostCode#enter}. */
    static byte[] enter(Layout layout) {
        Assembler a = new Assembler();
        a.push(RBP);
        a.push(R12);
        a.push(R15);
        a.constant(64, SUB, RSP, Frame.SIZE);
        a.op(64, STORE, RSI, STATE);
        a.op(64, STORE, R9, RAM);
        a.op(64, STORE, RCX, READ);
        a.op(64, STORE, R8, WRITE);
        a.op(64, STORE, RDX, frame(Frame.REGISTERS));
        a.followed(64, 0xC7, 0, frame(Frame.LOADED), 32, 0); // And the place.
        a.followed(8, 0xC7, 0, frame(Frame.LANES), 8, 0);
        a.followed(8, 0xC7, 0, frame(Frame.FLAGS), 8, IN_STATE);
        a.op(32, LOAD, R10, layout.state(layout.eip));
        a.op(32, STORE, R10, frame(Frame.BASE));
        a.op(32, LOAD, R10, layout.state(layout.place));
        a.op(64, STORE, R10, frame(Frame.KEY));
        a.op(64, LOAD, R10, layout.state(layout.count));
        a.constant(64, ADD, R10, CpuState.SLICE); // The JVM cannot stop meanwhile.
        a.op(64, opcode(CMP) + 2, R10, layout.state(layout.countLimit));
        a.op(64, 0x0F40 | G, R10, layout.state(layout.countLimit));
        a.op(64, STORE, R10, frame(Frame.LIMIT));
        a.op(64, STORE, RDI, R11);
        a.op(64, STORE, RDX, R10);
        for (int n = 0; n < 8; n++) a.op(32, LOAD, host(n), new Address(R10, layout.ints + 4 * n));
        a.op(32, 0xFF, 4, R11);
        return a.code();
    }

    private static int host(int register) {
        return register == CpuState.ESP ? STACK : register;
    }

    private void leave() {
        Label both = new Label(), done = new Label();
        a.label(labels[MISS]);
        a.op(32, STORE, R9, layout.state(layout.progress));
        a.op(64, STORE, R10, layout.state(layout.placed));
        a.op(32, LOAD, R9, frame(Frame.BASE));
        a.op(32, STORE, R9, layout.state(layout.eip));
        a.op(32, opcode(XOR), R11, R11);
        a.jump(both);
        a.label(labels[LEAVE]);
        follow();
        a.op(32, STORE, R9, layout.state(layout.eip));
        a.move(R11, 1);
        a.label(both);
        a.op(32, STORE, R11, frame(Frame.SPARE));
        fpu.save();
        simd.save();
        settle(done);
        a.label(done);
        a.op(64, LOAD, R10, frame(Frame.REGISTERS));
        for (int n = 0; n < 8; n++) a.op(32, STORE, host(n), new Address(R10, layout.ints + 4 * n));
        a.op(32, LOAD, RAX, frame(Frame.SPARE));
        a.constant(64, ADD, RSP, Frame.SIZE);
        a.pop(R15);
        a.pop(R12);
        a.pop(RBP);
        a.bytes(0xC3);
    }

    /** Goes on by a link, if there is one for R9 and nothing has come up. */
    private void follow() {
        Label none = new Label();
        a.followed(32, 0x69, R10, R9, 32, HASH);
        a.shift(SHR, R10, 32 - LINKS);
        a.shift(SHL, R10, Integer.numberOfTrailingZeros(ENTRY));
        a.move(R11, links);
        a.op(64, opcode(ADD), R11, R10);
        a.op(64, STORE, R9, R11);
        a.followed(64, 0xC1, SHL, R11, 8, 32);
        a.op(64, opcode(OR) + 2, R11, frame(Frame.KEY));
        a.op(64, opcode(CMP) + 2, R11, new Address(R10, 0));
        a.jump(NE, none);
        a.op(64, LOAD, R11, layout.state(layout.count));
        a.op(64, opcode(ADD) + 2, R11, new Address(R10, 16));
        a.op(64, opcode(CMP) + 2, R11, frame(Frame.LIMIT));
        a.jump(G, none);
        a.constant(32, CMP, layout.state(layout.attention), 0);
        a.jump(NE, none);
        a.constant(8, CMP, layout.state(layout.interjected), 0);
        a.jump(NE, none);
        fpu.settle();
        a.constant(32, AND, R9, ~0xFFF);
        a.op(32, STORE, R9, frame(Frame.BASE));
        a.op(32, 0xFF, 4, new Address(R10, 8));
        a.label(none);
    }

    /** Writes flags to the state, wherever they are, and goes on at {@code done}. */
    private void settle(Label done) {
        Label other = new Label(), words = new Label();
        a.op(32, 0x0FB6, R10, frame(Frame.FLAGS));
        a.op(32, TEST, R10, R10);
        a.jump(E, done);
        a.constant(32, CMP, R10, RESULT);
        a.jump(NE, other);
        a.followed(32, 0xC7, 0, carries, 32, 0);
        a.jump(done);
        a.label(other);
        a.jump(A, words);
        carries(done);
        a.label(words);
        words();
    }

    /**
     * The carry vector of a sum or a difference, with the kind in R10. A difference borrows where the sum of its right operand
     * and itself carries, which is the left one.
     */
    private void carries(Label done) {
        Label sum = new Label();
        a.constant(32, CMP, R10, SUM);
        a.op(32, LOAD, R9, frame(Frame.LEFT));
        a.op(32, LOAD, R10, result);
        a.jump(E, sum);
        a.op(32, XCHG, R9, R10);
        a.label(sum);
        a.op(32, STORE, R10, R11);
        a.op(32, opcode(SUB), R9, R11);
        // R9 and R11 add up to R10: r9 & r11 | (r9 | r11) & ~r10
        a.op(32, 0xF7, 2, R10);
        a.op(32, STORE, R9, frame(Frame.LEFT));
        a.op(32, opcode(AND), R11, R9);
        a.op(32, opcode(OR) + 2, R11, frame(Frame.LEFT));
        a.op(32, opcode(AND), R10, R11);
        a.op(32, opcode(OR), R9, R11);
        a.constant(32, AND, R11, 0xC0000008);
        a.op(32, STORE, R11, carries);
        a.jump(done);
    }

    /** Makes the state's two words of the pending flags by way of the host's. */
    private void words() {
        a.call(labels[RESTORE]);
        a.bytes(0x9C); // PUSHF
        a.pop(R10);
        // Result: 0 if ZF is set, else 1.
        a.op(32, opcode(XOR), R9, R9);
        a.followed(32, 0xF7, 0, R10, 32, CpuState.ZF);
        a.op(32, 0x0F90 | E, 0, R9);
        a.op(32, STORE, R9, result);
        a.op(32, STORE, R10, R11);
        a.constant(32, AND, R11, CpuState.AF);
        a.shift(SHR, R11, 1);
        bit(0, 0, 31); // CF
        bit(11, 0, 30); // OF differs
        bit(7, 7, 0); // SF
        bit(2, 6, 8); // PF differs from ZF
        a.op(32, STORE, R11, carries);
    }

    /** Puts bit {@code one} of R10, exclusive-ored with bit {@code other} unless that is the same or CF's own, into R11. */
    private void bit(int one, int other, int to) {
        a.op(32, STORE, R10, R9);
        if (one != 0) a.shift(SHR, R9, one);
        if (one != other) {
            a.op(32, STORE, R10, frame(Frame.LEFT));
            if (other != 0) a.shift(SHR, R10, other);
            a.op(32, opcode(XOR), R10, R9);
            a.op(32, LOAD, R10, frame(Frame.LEFT));
        }
        a.constant(32, AND, R9, 1);
        if (to != 0) a.shift(SHL, R9, to);
        a.op(32, opcode(OR), R9, R11);
    }

    /** Makes the pending flags the host's. It is called: the frame lies behind the return address. */
    private void restore() {
        Label sum = new Label(), difference = new Label(), without = new Label(), narrow = new Label();
        Address left = frame(8 + Frame.LEFT);
        a.label(labels[RESTORE]);
        a.op(32, 0x0FB6, R10, frame(8 + Frame.FLAGS));
        a.constant(32, CMP, R10, DIFFERENCE);
        a.jump(E, difference);
        a.jump(B, sum);
        a.constant(32, CMP, R10, DIFFERENCE8);
        a.jump(B, without);
        a.jump(E, narrow);
        a.op(64, 0xFF, 6, left);
        a.bytes(0x9D, 0xC3); // POPF, RET
        a.label(difference);
        a.op(32, LOAD, R10, left);
        a.op(32, STORE, R10, R11);
        a.op(32, opcode(SUB) + 2, R11, result);
        a.op(32, opcode(CMP), R11, R10);
        a.bytes(0xC3);
        a.label(narrow);
        a.op(32, LOAD, R10, left);
        a.op(32, STORE, R10, R11);
        a.op(32, opcode(SUB) + 2, R11, result);
        a.op(8, opcode(CMP), R11, R10);
        a.bytes(0xC3);
        a.label(without);
        a.constant(32, CMP, result, 0);
        a.bytes(0xC3);
        a.label(sum);
        Label inState = new Label();
        a.op(32, TEST, R10, R10);
        a.jump(E, inState);
        a.op(32, LOAD, R10, left);
        a.op(32, LOAD, R11, result);
        a.op(32, opcode(SUB), R10, R11);
        a.op(32, opcode(ADD), R11, R10);
        a.bytes(0xC3);
        a.label(inState);
        fromState();
    }

    private void fromState() {
        Label notZero = new Label(), odd = new Label();
        a.push(R9);
        a.op(32, LOAD, R10, carries);
        a.op(32, STORE, R10, R11);
        a.shift(SHR, R11, 31); // CF
        a.op(32, LEA, R9, new Address(R10, R10, 0, 0));
        a.op(32, opcode(XOR), R10, R9);
        a.shift(SHR, R9, 31);
        a.shift(SHL, R9, 11);
        a.op(32, opcode(OR), R9, R11); // OF
        a.op(32, STORE, R10, R9);
        a.constant(32, AND, R9, 8);
        a.op(32, opcode(ADD), R9, R9);
        a.op(32, opcode(OR), R9, R11); // AF
        a.op(32, LOAD, R9, result);
        a.shift(SHL, R10, 31);
        a.op(32, opcode(XOR), R9, R10);
        a.shift(SHR, R10, 31);
        a.shift(SHL, R10, 7);
        a.op(32, opcode(OR), R10, R11); // SF
        a.op(32, TEST, R9, R9);
        a.jump(NE, notZero);
        a.constant(32, OR, R11, CpuState.ZF);
        a.label(notZero);
        a.op(32, LOAD, R10, carries);
        a.shift(SHR, R10, 8);
        a.op(32, opcode(XOR), R9, R10);
        a.op(8, TEST, R10, R10);
        a.jump(0xB, odd);
        a.constant(32, OR, R11, CpuState.PF);
        a.label(odd);
        a.pop(R9);
        a.push(R11);
        a.bytes(0x9D, 0xC3); // POPF, RET
    }
}
