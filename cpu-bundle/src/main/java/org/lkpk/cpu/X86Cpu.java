package org.lkpk.cpu;

import java.util.List;
import java.util.Map;
import org.lkpk.api.bus.State;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Segment;
import org.lkpk.api.cpu.Stop;
import org.lkpk.cpu.engine.Interpreter;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Model;
import org.lkpk.cpu.state.RegisterFile;
import org.lkpk.cpu.state.Snapshot;
import org.lkpk.cpu.table.OpTable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/** The 80386 to Pentium 4 processors (Intel SDM). Not implemented: APIC. */
@Component(service = Cpu.class, scope = ServiceScope.PROTOTYPE)
public final class X86Cpu implements Cpu {
    private final String version;
    private CpuState s;
    private Interpreter interpreter;

    @Activate
    public X86Cpu(BundleContext context) {
        this(context.getBundle().getVersion().toString());
    }

    /** A processor outside of a framework. */
    public X86Cpu(String version) {
        this.version = version;
    }

    @Override
    public void plug(Board board, Profile profile, Engine engine) {
        if (interpreter != null) interpreter.close(); // From one bench to the next.
        s = new CpuState(board, new Model(profile));
        interpreter = new Interpreter(s, new OpTable(), engine);
    }

    @Override
    public void unplug() {
        interpreter.close();
    }

    @Override
    public void reset() {
        s.reset();
        interpreter.remapped();
    }

    @Override
    public Stop run(long limit) {
        return interpreter.run(limit);
    }

    @Override
    public long instructions() {
        return s.count;
    }

    @Override
    public void interrupt(boolean high) {
        s.intr = high;
        s.attend();
    }

    @Override
    public void nmi() {
        s.attention |= CpuState.NMI;
    }

    @Override
    public void stopInUserMode(boolean wanted) {
        if (wanted) s.attention |= CpuState.USER_STOP;
        else s.attention &= ~CpuState.USER_STOP;
    }

    @Override
    public void interject() {
        interpreter.interject();
    }

    @Override
    public int privilege() {
        return s.cpl;
    }

    @Override
    public boolean idle() {
        return s.halted && (s.system & CpuState.IF) != 0;
    }

    @Override
    public long register(String name) {
        return RegisterFile.read(s, name);
    }

    @Override
    public void register(String name, long value) {
        RegisterFile.write(s, name, value);
    }

    @Override
    public List<String> registers() {
        return RegisterFile.NAMES;
    }

    @Override
    public void segment(String name, Segment segment) {
        RegisterFile.segment(s, name, segment);
    }

    @Override
    public Segment segment(String name) {
        return RegisterFile.segment(s, name);
    }

    @Override
    public int[] cpuid(int leaf) {
        int[] answer = new int[4];
        s.model.cpuid(leaf, answer);
        return answer;
    }

    @Override
    public long physical(int linear) {
        return s.tlb.physical(linear);
    }

    @Override
    public Trap trapAt(int linear, Runnable handler) {
        return interpreter.traps().at(linear, handler);
    }

    @Override
    public Trap trapOn(int linear, int size, Access access, AccessHandler handler) {
        return interpreter.traps().on(linear, size, access, handler);
    }

    @Override
    public Trap sample(long interval, Runnable handler) {
        return interpreter.sample(interval, handler);
    }

    @Override
    public Map<String, Long> counters() {
        return interpreter.counters();
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public State save() {
        return Snapshot.save(s);
    }

    @Override
    public void load(State state) {
        Snapshot.load(s, state);
        interpreter.remapped();
    }
}
