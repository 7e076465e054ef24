package org.lkpk.cpu.host;

import static org.lkpk.cpu.host.Assembler.*;
import static org.lkpk.cpu.host.HostCode.frame;

import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.Assembler.Label;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.host.HostCode.Layout;
import org.lkpk.cpu.state.CpuState;

/**
 * How the guest's x87 gets into the host's and out again (SDM vol. 1, figure 8-9). It is loaded before the first instruction that
 * needs it and stays through all code that is linked; whoever leaves for Java takes it out, which leaves the host's as
 * the JVM wants it: FNSAVE ends as FNINIT does.
 */
final class FpuRoutines {
    /** FRSTOR's and FNSAVE's image: where its words lie, its registers begin, and its end. */
    private static final int CONTROL = 0, STATUS = 4, TAGS = 8, NUMBERS = 28, IMAGE = 108, NUMBER = 10;
    private static final int PE = 0x20;
    private static final int[] SAVED = {RAX, RCX, RDX, RBX};
    private final Assembler a;
    private final Layout layout;

    FpuRoutines(Assembler a, Layout layout) {
        this.a = a;
        this.layout = layout;
    }

    /** Called: the frame lies behind the return address. R11 is 0 if it is loaded, since nothing can stop an instruction. */
    void load() {
        Label no = new Label();
        a.followed(32, 0xF7, 0, layout.state(layout.cr0), 32, CpuState.CR0_EM | CpuState.CR0_TS);
        a.jump(NE, no);
        a.op(64, LOAD, R10, frame(8 + Frame.FPU));
        a.op(32, LOAD, R11, new Address(R10, layout.control));
        HostCode.masked(a, no);
        a.constant(64, SUB, RSP, IMAGE + 4);
        words();
        for (int r : SAVED) a.push(r);
        int pushed = 8 * SAVED.length, frame = pushed + IMAGE + 4 + 8;
        a.op(64, LOAD, RAX, frame(frame + Frame.SIGNIFICANDS));
        a.op(64, LOAD, RCX, frame(frame + Frame.WORDS));
        numbers(pushed);
        tags(pushed);
        for (int n = SAVED.length - 1; n >= 0; n--) a.pop(SAVED[n]);
        a.op(32, 0xDD, 4, frame(0)); // FRSTOR
        a.constant(64, ADD, RSP, IMAGE + 4);
        a.followed(8, 0xC7, 0, frame(8 + Frame.LOADED), 8, 1);
        a.followed(32, 0xC7, 0, frame(8 + Frame.OPCODE), 32, -1);
        a.followed(32, 0xC7, 0, frame(8 + Frame.SEGMENT), 32, -1);
        a.op(32, opcode(XOR), R11, R11);
        a.bytes(0xC3);
        a.label(no);
        a.move(R11, 1);
        a.bytes(0xC3);
    }

    /** Control and status; the latter as {@link org.lkpk.cpu.fpu.Fpu#status} makes it. Leaves the top in R9. */
    private void words() {
        a.op(32, STORE, R11, frame(CONTROL));
        a.op(32, LOAD, R11, new Address(R10, layout.up));
        a.shift(SHL, R11, 9);
        a.op(32, opcode(OR) + 2, R11, new Address(R10, layout.status));
        Label exact = new Label();
        a.constant(64, CMP, new Address(R10, layout.inexact), 0);
        a.jump(E, exact);
        a.constant(32, OR, R11, PE);
        a.label(exact);
        a.op(32, LOAD, R9, new Address(R10, layout.top));
        a.op(32, STORE, R9, R10);
        a.shift(SHL, R10, 11);
        a.op(32, opcode(OR), R10, R11);
        a.op(32, STORE, R11, frame(STATUS));
    }

    private void numbers(int image) {
        for (int n = 0; n < 8; n++) {
            int to = image + NUMBERS + NUMBER * n;
            a.op(64, LOAD, RBX, new Address(RAX, R9, 3, layout.longs));
            a.op(64, STORE, RBX, frame(to));
            a.op(32, LOAD, RBX, new Address(RCX, R9, 2, layout.ints));
            a.op(16, STORE, RBX, frame(to + 8));
            a.constant(32, ADD, R9, 1);
            a.constant(32, AND, R9, 7);
        }
    }

    /** Empty or not; the host works the others out. */
    private void tags(int image) {
        a.op(32, opcode(XOR), RDX, RDX);
        for (int n = 0; n < 8; n++) {
            a.op(32, LOAD, RBX, new Address(RCX, layout.ints + 4 * n));
            a.shift(SHR, RBX, 16);
            a.op(32, LEA, RBX, new Address(RBX, RBX, 1, 0));
            if (n != 0) a.shift(SHL, RBX, 2 * n);
            a.op(32, opcode(OR), RBX, RDX);
        }
        a.op(32, STORE, RDX, frame(image + TAGS));
    }

    /** Takes it out into the image that Java reads, if it was loaded. Uses R10 and R11. */
    void save() {
        Label none = new Label();
        a.constant(8, CMP, frame(Frame.LOADED), 0);
        a.jump(E, none);
        settle();
        a.op(64, LOAD, R10, frame(Frame.IMAGE));
        a.op(32, 0xDD, 6, new Address(R10, layout.bytes)); // FNSAVE
        int[] noted = {Frame.OFFSET, Frame.OPCODE, Frame.DATA, Frame.SEGMENT};
        for (int n = 0; n < noted.length; n++) {
            a.op(32, LOAD, R11, frame(noted[n]));
            a.op(32, STORE, R11, new Address(R10, layout.bytes + HostCode.NOTED + 4 * n));
        }
        a.followed(8, 0xC7, 0, new Address(R10, layout.bytes + HostCode.CHANGED), 8, 1);
        a.label(none);
    }

    /** Makes what was noted last of an instruction independent of the page that runs. Uses R11. */
    void settle() {
        Label settled = new Label();
        a.constant(32, CMP, frame(Frame.PLACE), 0);
        a.jump(E, settled);
        a.op(32, LOAD, R11, frame(Frame.PLACE));
        a.constant(32, AND, R11, 0xFFF);
        a.op(32, opcode(ADD) + 2, R11, frame(Frame.BASE));
        a.op(32, STORE, R11, frame(Frame.OFFSET));
        a.op(32, LOAD, R11, frame(Frame.PLACE));
        a.shift(SHR, R11, HostCode.PLACE_OPCODE);
        a.constant(32, AND, R11, 0x7FF);
        a.op(32, STORE, R11, frame(Frame.OPCODE));
        a.followed(32, 0xC7, 0, frame(Frame.PLACE), 32, 0);
        a.label(settled);
    }
}
