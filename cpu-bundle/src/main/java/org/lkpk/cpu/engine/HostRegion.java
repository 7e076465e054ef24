package org.lkpk.cpu.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.lkpk.cpu.fpu.Quick;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.state.View;

/**
 * A region as machine code of the host: made by {@link HostEmitter}. Code that is left goes on in other regions by links, which
 * {@link #met} makes, so that it may come back from another than it was entered by. It comes back for an EIP, or by a miss: before
 * an instruction that the interpreter is to do, whose number is {@link CpuState#progress}, with EIP as that of its page and
 * {@link CpuState#placed} telling the region ({@link #left}); {@link #resume} goes on behind it.
 */
final class HostRegion extends Region {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private final HostCode host;
    private final View memory;
    private final Quick fpu;
    /** Where code leaves the x87. */
    private final byte[] image;
    /** Its code until it lies where it can run, and by entry where that begins in it. */
    private HostEmitter.Code code;
    private long[] addresses;
    private long at;
    private final int length;
    /** By instruction, where it goes on behind it, or -1. */
    private final int[] resumes;
    /** The links that lead to it. */
    private int[] slots = new int[2];
    private int links;

    HostRegion(HostCode host, View memory, Quick fpu, HostEmitter.Code code) {
        this.host = host;
        this.memory = memory;
        this.fpu = fpu;
        image = host.image();
        this.code = code;
        length = code.bytes().length;
        resumes = code.resumes();
    }

    @Override
    boolean install() {
        at = host.install(code.bytes(), code.far(), this);
        if (at == 0) return false;
        addresses = new long[code.entries().length];
        for (int n = 0; n < addresses.length; n++) addresses[n] = at + code.entries()[n];
        code = null;
        return true;
    }

    @Override
    void remove() {
        host.remove(at, length);
        for (int n = 0; n < links; n++) host.unlink(slots[n]);
    }

    @Override
    void met(Block b) {
        int slot = host.link(b.key, addresses[b.entry], most);
        for (int n = 0; n < links; n++) if (slots[n] == slot) return;
        if (links == slots.length) slots = Arrays.copyOf(slots, 2 * links);
        slots[links++] = slot;
    }

    @Override
    Region left(CpuState s) {
        return (Region) host.owner(s.placed);
    }

    @Override
    boolean resumes(int insn) {
        return live && resumes[insn] >= 0;
    }

    @Override
    boolean resume(CpuState s, int insn) {
        return enter(s, at + resumes[insn]);
    }

    @Override
    public boolean run(CpuState s, int entry) {
        return enter(s, addresses[entry]);
    }

    private boolean enter(CpuState s, long address) {
        boolean well = HostCode.enter(s, s.r, memory.read(), memory.write(), memory.ram(), address, s.base, s.whole, fpu.fpu(),
                fpu.significands(), fpu.words(), image, s.simd, s.simd.xmm);
        if (image[HostCode.CHANGED] != 0) numbers(s);
        if (well) return true;
        s.fault.vector = Fault.MISS;
        return false;
    }

    /** Takes over what the code has left in the host's x87. */
    private void numbers(CpuState s) {
        image[HostCode.CHANGED] = 0;
        s.fpu.restore(image);
        int at = HostCode.NOTED, opcode = (int) INT.get(image, at + 4), segment = (int) INT.get(image, at + 12);
        if (opcode >= 0) {
            s.fpu.instructionOffset = (int) INT.get(image, at);
            s.fpu.instructionSelector = s.selector[CpuState.CS];
            s.fpu.opcode = opcode;
        }
        if (segment >= 0) {
            s.fpu.dataOffset = (int) INT.get(image, at + 8);
            s.fpu.dataSelector = s.selector[segment];
        }
    }
}
