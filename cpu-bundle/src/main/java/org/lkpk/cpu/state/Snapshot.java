package org.lkpk.cpu.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lkpk.api.bus.State;
import org.lkpk.api.bus.StateRefused;
import org.lkpk.cpu.fpu.Simd;

/** The whole state of a processor as data. TLBs and decoded code are not part of it. */
public final class Snapshot {
    public static final String KIND = "org.lkpk.cpu";
    public static final int VERSION = 3;

    /** The bits of attention that no register tells: what was asked for or is under way. */
    private static final int KEPT = CpuState.NMI | CpuState.SHADOW | CpuState.USER_STOP | CpuState.STOPPED
            | CpuState.DEBUG | CpuState.HELD;

    private Snapshot() { }

    public static State save(CpuState s) {
        State state = new State(KIND, VERSION)
                .with("model", s.model.profile().title())
                .with("registers", bytes(s.r))
                .with("eip", s.eip).with("eflags", s.eflags()).with("cpl", s.cpl)
                .with("selector", bytes(s.selector)).with("base", bytes(s.base))
                .with("limit", bytes(s.limit)).with("access", bytes(s.access))
                .with("cr0", s.cr0).with("cr2", s.cr2).with("cr3", s.cr3).with("cr4", s.cr4)
                .with("dr", bytes(s.dr)).with("tr", bytes(s.tr)).with("vectors", bytes(s.vectors))
                .with("gdt.base", s.gdtBase).with("gdt.limit", s.gdtLimit)
                .with("idt.base", s.idtBase).with("idt.limit", s.idtLimit)
                .with("sysenter.cs", s.sysenterCs).with("sysenter.esp", s.sysenterEsp).with("sysenter.eip", s.sysenterEip)
                .with("ticksOffset", s.ticksOffset).with("count", s.count)
                .with("halted", s.halted).with("shutdown", s.shutdown).with("intr", s.intr).with("nmiBlocked", s.nmiBlocked)
                .with("attention", s.attention & KEPT).with("debug", s.debug).with("fpu", s.fpu.save())
                .with("sse", s.simd.save()).with("efer", s.efer).with("ferr", s.ferr);
        for (int i = 0; i < 4; i++) state.with("pdpte" + i, s.pdpte[i]);
        return state;
    }

    /** @throws StateRefused if it is not a state of this model; then nothing has changed */
    public static void load(CpuState s, State state) {
        state.expect(KIND, VERSION);
        String model = state.text("model");
        if (!model.equals(s.model.profile().title()))
            throw new StateRefused(KIND + ": state of a " + model + " offered to a " + s.model.profile().title());
        int[] registers = words(state, "registers", 9), selector = words(state, "selector", 8), base = words(state, "base", 8);
        int[] vectors = words(state, "vectors", 3);
        int[] limit = words(state, "limit", 8), access = words(state, "access", 8), dr = words(state, "dr", 8);
        // The first states had neither test registers nor a #DB that waits.
        int[] tr = state.has("tr") ? words(state, "tr", 8) : new int[8];
        complete(state);
        // Version 1 had no XMM registers.
        State simd = state.version() > 1 ? state.part("sse") : new Simd().save();
        s.simd.load(simd);
        s.fpu.load(state.part("fpu"));
        System.arraycopy(registers, 0, s.r, 0, 8);
        System.arraycopy(dr, 0, s.dr, 0, 8);
        System.arraycopy(tr, 0, s.tr, 0, 8);
        System.arraycopy(vectors, 0, s.vectors, 0, 3);
        System.arraycopy(selector, 0, s.selector, 0, 8);
        System.arraycopy(base, 0, s.base, 0, 8);
        System.arraycopy(limit, 0, s.limit, 0, 8);
        System.arraycopy(access, 0, s.access, 0, 8);
        take(s, state);
    }

    /** Every number must be there before the first is taken over. */
    private static void complete(State state) {
        for (String name : new String[] {"eip", "eflags", "cpl", "cr0", "cr2", "cr3", "cr4", "gdt.base", "gdt.limit", "idt.base",
                "idt.limit", "sysenter.cs", "sysenter.esp", "sysenter.eip", "ticksOffset", "count", "halted", "shutdown", "intr",
                "nmiBlocked", "attention", "pdpte0", "pdpte1", "pdpte2", "pdpte3"}) state.number(name);
    }

    private static void take(CpuState s, State state) {
        s.eip = state.word("eip");
        s.cr0 = state.word("cr0");
        s.cr2 = state.word("cr2");
        s.cr3 = state.word("cr3");
        s.cr4 = state.word("cr4");
        s.efer = state.version() > 2 ? state.word("efer") : 0;
        for (int i = 0; i < 4; i++) s.pdpte[i] = state.number("pdpte" + i);
        s.gdtBase = state.word("gdt.base");
        s.gdtLimit = state.word("gdt.limit");
        s.idtBase = state.word("idt.base");
        s.idtLimit = state.word("idt.limit");
        s.sysenterCs = state.word("sysenter.cs");
        s.sysenterEsp = state.word("sysenter.esp");
        s.sysenterEip = state.word("sysenter.eip");
        s.ticksOffset = state.number("ticksOffset");
        s.count = state.number("count");
        s.halted = state.flag("halted");
        s.shutdown = state.flag("shutdown");
        s.intr = state.flag("intr");
        s.nmiBlocked = state.flag("nmiBlocked");
        s.attention = state.word("attention");
        s.ferr = state.version() > 2 && state.flag("ferr");
        s.debug = state.has("debug") ? state.word("debug") : 0;
        s.eflags(state.word("eflags"));
        for (int i = 0; i < 8; i++) s.segmentChanged(i);
        s.privilege(state.word("cpl"));
        s.tlb.flush();
    }

    private static byte[] bytes(int[] words) {
        ByteBuffer b = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        b.asIntBuffer().put(words);
        return b.array();
    }

    private static int[] words(State state, String name, int count) {
        byte[] b = state.bytes(name);
        if (b.length != 4 * count) throw new StateRefused(KIND + ": " + name + " has " + b.length + " bytes, not " + 4 * count);
        int[] words = new int[count];
        ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
        return words;
    }
}
