package org.lkpk.card.pit;

import org.lkpk.api.bus.Alarm;
import org.lkpk.api.bus.Clock;
import org.lkpk.api.bus.IoPort;
import org.lkpk.api.bus.Line;
import org.lkpk.api.bus.State;

/**
 * The 8254 timer (Intel 8254 data sheet) at 1.193182 MHz as a PC wires it: OUT 0 is IRQ 0, counter 2's gate and OUT are
 * in port 61h. It stands as a BIOS leaves it: counter 0 at 18.2 Hz, counter 1 at the refresh rate.
 * Not implemented: the speaker; refresh that follows counter 1, port 61h's bit 4 toggles every 15 µs.
 */
final class Pit {
    private static final int CONTROL = 3;
    private static final int CONTROL_READ_BACK = 3, READ_BACK_NO_COUNT = 0x20, READ_BACK_NO_STATUS = 0x10;
    private static final int CONTROL_LATCH = 0x30;
    private static final int SYSTEM_GATE = 0x01, SYSTEM_USED = 0x0F, SYSTEM_REFRESH = 0x10, SYSTEM_OUT = 0x20;
    private static final int REFRESH_PULSES = 18;
    private static final long HZ = 1_193_182, NS_PER_SECOND = 1_000_000_000;

    private final Line irq;
    private final Clock clock;
    private final Counter[] counters = {new Counter(true), new Counter(true), new Counter(false)};
    private int system;
    private Alarm edge;

    Pit(Line irq, Clock clock) {
        this.irq = irq;
        this.clock = clock;
        reset();
    }

    /** The chip has no reset pin; this is what a BIOS does. */
    void reset() {
        long now = pulses();
        system = 0;
        counters[2].gate(now, false);
        counters[0].control(0x36);
        counters[0].write(now, 0);
        counters[0].write(now, 0);
        counters[1].control(0x54);
        counters[1].write(now, REFRESH_PULSES);
        counters[2].control(0xB6);
        drive();
    }

    /** Ports 40h to 43h. */
    IoPort counters() {
        return new IoPort() {
            @Override
            public int in(int offset, int size) {
                return offset == CONTROL ? 0xFF : counters[offset].read(pulses());
            }

            @Override
            public void out(int offset, int size, int value) {
                if (offset == CONTROL) control(value);
                else counters[offset].write(pulses(), value);
                drive();
            }
        };
    }

    /** Port 61h. */
    IoPort system() {
        return new IoPort() {
            @Override
            public int in(int offset, int size) {
                long now = pulses();
                int answer = system;
                if ((now / REFRESH_PULSES & 1) != 0) answer |= SYSTEM_REFRESH;
                if (counters[2].out(now)) answer |= SYSTEM_OUT;
                return answer;
            }

            @Override
            public void out(int offset, int size, int value) {
                system = value & SYSTEM_USED;
                counters[2].gate(pulses(), (value & SYSTEM_GATE) != 0);
            }
        };
    }

    private void control(int word) {
        int select = word >> 6;
        if (select == CONTROL_READ_BACK) readBack(word);
        else if ((word & CONTROL_LATCH) == 0) counters[select].latchCount(pulses());
        else counters[select].control(word);
    }

    private void readBack(int word) {
        long now = pulses();
        for (int i = 0; i < counters.length; i++) {
            if ((word & 2 << i) == 0) continue;
            if ((word & READ_BACK_NO_COUNT) == 0) counters[i].latchCount(now);
            if ((word & READ_BACK_NO_STATUS) == 0) counters[i].latchStatus(now);
        }
    }

    /** Brings IRQ 0 to OUT 0's level and sets the alarm for its next change. */
    private void drive() {
        if (edge != null) edge.cancel();
        long now = pulses(), next = counters[0].nextEdge(now);
        irq.set(counters[0].out(now));
        edge = next == Long.MAX_VALUE ? null : clock.after(time(next) - clock.now(), this::changed);
    }

    private void changed() {
        edge = null;
        // The low time of one pulse before this edge gets no alarm: the interrupt controller wants the edge alone.
        if (counters[0].strobes()) irq.set(false);
        drive();
    }

    /** Clock pulses since power-on; from the time anew each time, so that no rounding adds up. */
    private long pulses() {
        long now = clock.now();
        return now / NS_PER_SECOND * HZ + now % NS_PER_SECOND * HZ / NS_PER_SECOND;
    }

    /** The first nanosecond of a clock pulse. */
    private static long time(long pulse) {
        return pulse / HZ * NS_PER_SECOND + (pulse % HZ * NS_PER_SECOND + HZ - 1) / HZ;
    }

    void save(State state) {
        state.with("system", system).with("edge", edge);
        for (int i = 0; i < counters.length; i++) state.with("counter" + i, counters[i].save());
    }

    void load(State state) {
        system = state.word("system") & SYSTEM_USED;
        for (int i = 0; i < counters.length; i++) counters[i].load(state.part("counter" + i));
        if (edge != null) edge.cancel();
        edge = state.alarm("edge", clock, this::changed);
        irq.set(counters[0].out(pulses()));
    }
}
