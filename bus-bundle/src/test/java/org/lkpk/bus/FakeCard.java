package org.lkpk.bus;

import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.bus.Alarm;
import org.lkpk.api.bus.Card;
import org.lkpk.api.bus.Input;
import org.lkpk.api.bus.IoPort;
import org.lkpk.api.bus.Line;
import org.lkpk.api.bus.Slot;
import org.lkpk.api.bus.State;

/** A card with one register, an IRQ line, an alarm and a way in. */
class FakeCard implements Card, IoPort, Input {
    final List<String> seen = new ArrayList<>();
    final List<Byte> received = new ArrayList<>();
    Slot slot;
    Line irq;
    Alarm alarm;
    long value;
    int room = Integer.MAX_VALUE;
    int version = 1;

    @Override
    public void plug(Slot to) {
        slot = to;
        to.ports(to.number("port", 0x300), 4, 1, this);
        irq = to.irq(to.number("irq", 5), to.setting("shared", "no").equals("yes"));
        irq.set(false);
        to.input("bytes", this);
    }

    @Override
    public void reset() {
        seen.add("reset");
        value = 0;
    }

    @Override
    public void unplug() {
        seen.add("unplug");
    }

    @Override
    public State save() {
        return new State("fake", version).with("value", value).with("alarm", alarm);
    }

    @Override
    public void load(State state) {
        value = state.expect("fake", version).number("value");
        alarm = state.alarm("alarm", slot.clock(), this::ring);
        irq.set(value != 0);
    }

    void ring() {
        seen.add("ring " + slot.clock().now());
    }

    @Override
    public int in(int offset, int size) {
        return (int) value;
    }

    @Override
    public void out(int offset, int size, int to) {
        value = to;
        irq.set(to != 0);
    }

    @Override
    public int room() {
        return room;
    }

    @Override
    public void receive(byte[] bytes) {
        for (byte b : bytes) received.add(b);
        if (room != Integer.MAX_VALUE) room -= bytes.length;
    }
}
