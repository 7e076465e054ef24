package org.lkpk.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lkpk.api.bus.State;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Segment;
import org.lkpk.api.cpu.Stop;

/** A CPU whose instructions are calls of a test's program. */
class FakeCpu implements Cpu {
    /** What the CPU executes. */
    interface Program {
        void instruction(FakeCpu cpu, long number);

        default void interrupt(FakeCpu cpu, int vector) { }
    }

    final Program program;
    final List<String> seen = new ArrayList<>();
    Board board;
    boolean halted;
    boolean enabled = true;
    boolean shutdown;
    int privilege;
    long value;
    boolean refuses;
    private long count;
    private boolean pin;
    private boolean stopInUser;
    private volatile boolean interjected;

    FakeCpu(Program program) {
        this.program = program;
    }

    @Override
    public void plug(Board to, Profile profile, Engine engine) {
        board = to;
    }

    @Override
    public void unplug() {
        board = null;
    }

    @Override
    public void reset() {
        halted = shutdown = false;
        enabled = true;
        seen.add("reset");
    }

    @Override
    public Stop run(long limit) {
        while (count < limit) {
            if (interjected) {
                interjected = false;
                return Stop.INTERJECTED;
            }
            if (stopInUser && privilege == 3) return Stop.USER;
            if (shutdown) return Stop.SHUTDOWN;
            if (pin && enabled) {
                halted = false;
                program.interrupt(this, board.acknowledge());
            }
            if (halted) return enabled ? Stop.HALT : Stop.DEAD;
            program.instruction(this, count);
            count++;
        }
        return Stop.LIMIT;
    }

    @Override
    public long instructions() {
        return count;
    }

    @Override
    public void interrupt(boolean high) {
        pin = high;
    }

    @Override
    public void nmi() {
        halted = false;
    }

    @Override
    public void stopInUserMode(boolean wanted) {
        stopInUser = wanted;
    }

    @Override
    public void interject() {
        interjected = true;
    }

    @Override
    public int privilege() {
        return privilege;
    }

    @Override
    public boolean idle() {
        return halted && enabled;
    }

    @Override
    public long register(String name) {
        return name.equals("cs") ? 0x10 : value;
    }

    @Override
    public void register(String name, long to) {
        value = to;
    }

    @Override
    public List<String> registers() {
        return List.of("cs", "eip", "vector0");
    }

    @Override
    public void segment(String name, Segment segment) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public Segment segment(String name) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public int[] cpuid(int leaf) {
        return new int[4];
    }

    @Override
    public long physical(int linear) {
        return linear;
    }

    @Override
    public Trap trapAt(int linear, Runnable handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Trap trapOn(int linear, int size, Access access, AccessHandler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Trap sample(long interval, Runnable handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Long> counters() {
        return Map.of();
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public State save() {
        return new State("fake", 1).with("value", value);
    }

    @Override
    public void load(State state) {
        if (refuses) state.expect("other", 1);
        value = state.expect("fake", 1).number("value");
    }
}
