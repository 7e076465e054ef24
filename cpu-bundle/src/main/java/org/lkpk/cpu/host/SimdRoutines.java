package org.lkpk.cpu.host;

import static org.lkpk.cpu.host.Assembler.*;
import static org.lkpk.cpu.host.HostCode.frame;

import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.Assembler.Label;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.host.HostCode.Layout;
import org.lkpk.cpu.state.CpuState;

/**
 * How the guest's XMM registers and MXCSR get into the host's and out again. They are loaded before the first instruction that needs
 * them, and stay through all code that is linked; whoever leaves for Java writes them back.
 */
final class SimdRoutines {
    private static final int REGISTERS = 8, MOVUPS = 0x0F10, MOVUPS_STORE = 0x0F11;
    private final Assembler a;
    private final Layout layout;

    SimdRoutines(Assembler a, Layout layout) {
        this.a = a;
        this.layout = layout;
    }

    /** Called: the frame lies behind the return address. R11 is 0 if they are loaded, since nothing can stop an instruction. */
    void load() {
        Label no = new Label();
        a.followed(32, 0xF7, 0, layout.state(layout.cr0), 32, CpuState.CR0_EM | CpuState.CR0_TS);
        a.jump(NE, no);
        a.followed(32, 0xF7, 0, layout.state(layout.cr4), 32, CpuState.CR4_OSFXSR);
        a.jump(E, no);
        a.op(64, LOAD, R10, frame(8 + Frame.SIMD));
        a.op(32, LOAD, R11, new Address(R10, layout.mxcsr));
        a.constant(32, AND, R11, Simd.MASKS);
        a.constant(32, CMP, R11, Simd.MASKS);
        a.jump(NE, no);
        a.op(32, 0x0FAE, 2, new Address(R10, layout.mxcsr)); // LDMXCSR
        a.op(64, LOAD, R10, frame(8 + Frame.XMM));
        for (int n = 0; n < REGISTERS; n++) a.op(32, MOVUPS, n, register(n));
        a.followed(8, 0xC7, 0, frame(8 + Frame.LANES), 8, 1);
        a.op(32, opcode(XOR), R11, R11);
        a.bytes(0xC3);
        a.label(no);
        a.move(R11, 1);
        a.bytes(0xC3);
    }

    /** Writes them back, if they were loaded; the host's MXCSR is the JVM's again. Uses R10. */
    void save() {
        Label none = new Label();
        a.constant(8, CMP, frame(Frame.LANES), 0);
        a.jump(E, none);
        a.op(64, LOAD, R10, frame(Frame.XMM));
        for (int n = 0; n < REGISTERS; n++) a.op(32, MOVUPS_STORE, n, register(n));
        a.op(64, LOAD, R10, frame(Frame.SIMD));
        a.op(32, 0x0FAE, 3, new Address(R10, layout.mxcsr)); // STMXCSR
        a.followed(32, 0xC7, 0, frame(Frame.LANES), 32, Simd.MASKS);
        a.op(32, 0x0FAE, 2, frame(Frame.LANES));
        a.label(none);
    }

    private Address register(int n) {
        return new Address(R10, layout.longs + 16 * n);
    }
}
