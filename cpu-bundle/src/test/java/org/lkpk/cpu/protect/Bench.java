package org.lkpk.cpu.protect;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.fail;
import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.testing.Ram;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.state.Model;
import org.lkpk.cpu.state.Tlb;

/** A processor on a board of 8 MB of RAM and no devices, in flat protected mode at ring 0, with the usual tables. */
public class Bench extends Ram implements Board, Tlb.Guard {
    /** Where the tables lie. */
    public static final int GDT = 0x1000, IDT = 0x2000, TSS = 0x3000, TSS2 = 0x3800, LDT = 0x4000;
    /** Selectors in the GDT. */
    public static final int CODE0 = 0x08, DATA0 = 0x10, CODE3 = 0x1B, DATA3 = 0x23, TASK = 0x28, CODE16 = 0x30, CONFORMING = 0x38,
            TASK2 = 0x40, LOCAL = 0x48, GATE = 0x50, FREE = 0x58;
    public static final int ESP0 = 0x7000, HANDLER = 0x123456;

    public boolean a20 = true;
    public long ticks;
    public int outPort, outValue;
    /** The pins FERR# and IGNNE#. */
    public boolean ferr, ignne;
    public final CpuState s;

    public Bench() {
        this(Profile.P6);
    }

    public Bench(Profile profile) {
        super(8 << 20);
        s = new CpuState(this, new Model(profile));
        s.tlb.guard = this;
        gdt(CODE0, descriptor(0, -1, 0xC09B));
        gdt(DATA0, descriptor(0, -1, 0xC093));
        gdt(CODE3, descriptor(0, -1, 0xC0FB));
        gdt(DATA3, descriptor(0, -1, 0xC0F3));
        gdt(TASK, descriptor(TSS, 0x6F, 0x89));
        gdt(TASK2, descriptor(TSS2, 0x67, 0x89));
        gdt(CODE16, descriptor(0, 0xFFFF, 0x9B));
        gdt(CONFORMING, descriptor(0, -1, 0xC09F));
        gdt(LOCAL, descriptor(LDT, 0xF, 0x82));
        s.gdtBase = GDT;
        s.gdtLimit = 0xFF;
        s.idtBase = IDT;
        s.idtLimit = 0x7FF;
        store(TSS + 4, 4, ESP0);
        store(TSS + 8, 4, DATA0);
        store(TSS + 0x66, 4, 0xFFFF0068);
        s.cr0 = CR0_PE | CR0_ET;
        segments(CODE0, DATA0, 0);
        SystemSegments.loadTask(s, TASK);
        s.r[ESP] = 0x8000;
        s.eip = 0x400;
    }

    private void segments(int code, int data, int level) {
        s.privilege(level);
        Segments.set(s, CS, code, 0, -1, 0xC09B | level << 5);
        Segments.set(s, SS, data, 0, -1, 0xC093 | level << 5);
        for (int n = DS; n <= GS; n++) Segments.set(s, n, data, 0, -1, 0xC093 | level << 5);
        Segments.set(s, ES, data, 0, -1, 0xC093 | level << 5);
    }

    /** Goes to ring 3. */
    public Bench ring3() {
        segments(CODE3, DATA3, 3);
        s.r[ESP] = 0x9000;
        return this;
    }

    /** Goes to virtual-8086 mode at 1000:0400 with SS:SP = 2000:0800. */
    public Bench v86(int iopl) {
        s.eflags(VM | IF | iopl << 12 | 2);
        int[] paragraphs = {0x3000, 0x1000, 0x2000, 0x3001, 0x3002, 0x3003};
        for (int n = 0; n < 6; n++) InterruptReturn.segmentV86(s, n, paragraphs[n]);
        s.privilege(3);
        s.r[ESP] = 0x800;
        return this;
    }

    /** Goes to real mode with the interrupt table at 0. */
    public Bench real() {
        s.cr0 &= ~CR0_PE;
        for (int n = 0; n < 6; n++) Segments.set(s, n, 0, 0, 0xFFFF, 0x93);
        s.idtBase = 0;
        s.idtLimit = 0x3FF;
        return this;
    }

    /** A segment's descriptor; limit in bytes, access as in the API's Segment. */
    public static long descriptor(int base, int limit, int access) {
        long l = (access & 0x8000) != 0 ? limit >>> 12 : limit;
        return l & 0xFFFF | (l & 0xF0000) << 32 | (base & 0xFFFFFFL) << 16 | (base & 0xFF000000L) << 32 | (access & 0xF0FFL) << 40;
    }

    /** A gate's; access is bits 40..47, and {@code count} the parameters to copy. */
    public static long gate(int access, int selector, int offset, int count) {
        return offset & 0xFFFF | (long) selector << 16 | (long) count << 32 | (long) access << 40 | (offset & 0xFFFF0000L) << 32;
    }

    public void gdt(int selector, long descriptor) {
        store64(GDT + (selector & ~7), descriptor);
    }

    public void idt(int vector, int access, int selector) {
        store64(IDT + 8 * vector, gate(access, selector, HANDLER, 0));
    }

    public void store64(int address, long v) {
        store(address, 4, (int) v);
        store(address + 4, 4, (int) (v >>> 32));
    }

    public int load(int address) {
        return load(address, 4);
    }

    /** Asserts that {@code action} faults with {@code vector} and {@code error}. */
    public void faults(int vector, int error, Runnable action) {
        try {
            action.run();
        } catch (Fault f) {
            assertEquals("vector", vector, f.vector);
            assertEquals("error code", Integer.toHexString(error), Integer.toHexString(f.error));
            return;
        }
        fail("no fault " + vector);
    }

    /** Asserts that the words from the top of the stack on are these. */
    public void stack(int... words) {
        for (int i = 0; i < words.length; i++)
            assertEquals("word " + i, Integer.toHexString(words[i]), Integer.toHexString(load(s.base[SS] + s.r[ESP] + 4 * i)));
    }

    public void stack16(int... words) {
        for (int i = 0; i < words.length; i++)
            assertEquals("word " + i, Integer.toHexString(words[i]),
                    Integer.toHexString(load(s.base[SS] + (s.r[ESP] & 0xFFFF) + 2 * i, 2)));
    }

    /** Puts words on the stack, the first on its top. */
    public void push(int... words) {
        s.r[ESP] -= 4 * words.length;
        for (int i = 0; i < words.length; i++) store(s.base[SS] + s.r[ESP] + 4 * i, 4, words[i]);
    }

    public void push16(int... words) {
        s.r[ESP] -= 2 * words.length;
        for (int i = 0; i < words.length; i++) store(s.base[SS] + s.r[ESP] + 2 * i, 2, words[i]);
    }

    @Override
    public Memory memory() {
        return this;
    }

    @Override
    public int in(int port, int size) {
        return (int) (0xFFFFFFFFL >>> 32 - 8 * size);
    }

    @Override
    public void out(int port, int size, int value) {
        outPort = port;
        outValue = value;
    }

    @Override
    public int acknowledge() {
        return 0x20;
    }

    @Override
    public void ferr(boolean asserted) {
        ferr = asserted;
    }

    @Override
    public boolean ignne() {
        return ignne;
    }

    @Override
    public long ticks() {
        return ticks;
    }

    @Override
    public boolean a20() {
        return a20;
    }

    @Override
    public void codeWrite(int index, int size) { }

    @Override
    public boolean trapped(int page) {
        return false;
    }

    @Override
    public void accessed(int linear, int size, boolean write) { }
}
