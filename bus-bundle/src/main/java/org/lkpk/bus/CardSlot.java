package org.lkpk.bus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.lkpk.api.bus.Clock;
import org.lkpk.api.bus.DmaPort;
import org.lkpk.api.bus.Input;
import org.lkpk.api.bus.IoPort;
import org.lkpk.api.bus.Line;
import org.lkpk.api.bus.MemoryPort;
import org.lkpk.api.bus.Ram;
import org.lkpk.api.bus.SerialEnd;
import org.lkpk.api.bus.Slot;
import org.lkpk.api.bus.SlotConflict;
import org.lkpk.api.machine.SlotView.Claim;
import org.lkpk.api.machine.SlotView.Kind;

/** The slot as one plugged card has it: the claims that it made, and how each of them ends. */
final class CardSlot implements Slot {
    private final SlotSpecification specification;
    private final Motherboard board;
    private final Claims claims;
    private final Cable cable;
    private final List<Claim> mine = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();
    /** Wires by what they lead to; a successor drives those of its predecessor on. */
    private final Map<String, Wire> wires = new TreeMap<>();
    private final Map<String, Wire> inherited;
    private final Map<String, Input> inputs = new HashMap<>();
    private final VirtualClock.Owned clock;

    /** @param inherited wires of the card that this one replaces, held */
    CardSlot(SlotSpecification specification, Motherboard board, Claims claims, Cable cable, Map<String, Wire> inherited) {
        this.specification = specification;
        this.board = board;
        this.claims = claims;
        this.cable = cable;
        this.inherited = inherited;
        clock = board.clock.owned();
    }

    List<Claim> claimed() {
        return mine;
    }

    /** The input of this name; null if the card has none. */
    Input input(String name) {
        return inputs.get(name);
    }

    /** The card has its state: what it has done to its wires takes effect. */
    void settle() {
        for (Wire wire : wires.values()) wire.release();
        inherited.values().removeAll(wires.values());
        for (Wire wire : inherited.values()) wire.end();
        inherited.clear();
    }

    /** Ends all claims but the wires, which keep their level for a successor. */
    Map<String, Wire> keep() {
        for (Wire wire : wires.values()) wire.hold();
        Map<String, Wire> kept = new TreeMap<>(wires);
        wires.clear();
        end();
        return kept;
    }

    /** Ends all claims. */
    void end() {
        clock.end();
        inputs.clear();
        for (Wire wire : wires.values()) wire.end();
        for (int i = ends.size(); i-- > 0; ) ends.get(i).run();
        ends.clear();
    }

    private void claim(Kind kind, int first, int last, boolean shared) {
        claims.check(specification.name(), new Claim(kind, first, last), shared);
        mine.add(new Claim(kind, first, last));
        if (shared) claims.share(specification.name(), first);
    }

    @Override
    public String name() {
        return specification.name();
    }

    @Override
    public String setting(String key, String standard) {
        return specification.settings().getOrDefault(key, standard);
    }

    @Override
    public int number(String key, int standard) {
        String text = specification.settings().get(key);
        if (text == null) return standard;
        try {
            boolean hex = text.startsWith("0x") || text.startsWith("0X");
            return hex ? Integer.parseUnsignedInt(text.substring(2), 16) : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("slot " + name() + ": " + key + "=" + text + " is not a number", e);
        }
    }

    @Override
    public void ports(int first, int count, int width, IoPort port) {
        if (first < 0 || count < 1 || first > Ports.COUNT - count)
            throw new SlotConflict("slot " + name() + ": no " + count + " ports at " + hex(first));
        if (width != 1 && width != 2 && width != 4) throw new IllegalArgumentException("slot " + name() + ": width " + width);
        claim(Kind.PORTS, first, first + count - 1, false);
        Ports.PortClaim claim = board.ports.claim(first, count, width, port);
        ends.add(() -> board.ports.remove(claim));
    }

    @Override
    public void memory(int base, int size, MemoryPort port) {
        claimMemory(Kind.MEMORY, base, size);
        DeviceClaim claim = board.memory.device(base, size, port);
        ends.add(() -> board.memory.remove(claim));
    }

    @Override
    public Ram ram(int base, int size, boolean writable) {
        if (((base | size) & PhysicalMemory.PAGE - 1) != 0)
            throw new IllegalArgumentException("slot " + name() + ": RAM at " + hex(base) + " is not of whole pages");
        claimMemory(writable ? Kind.RAM : Kind.ROM, base, size);
        PhysicalMemory.RamClaim claim = board.memory.ram(base, size, writable);
        ends.add(() -> board.memory.remove(claim));
        return claim;
    }

    private void claimMemory(Kind kind, int base, int size) {
        if (size < 1 || Integer.toUnsignedLong(base) + size > 1L << 32)
            throw new IllegalArgumentException("slot " + name() + ": no " + size + " bytes at " + hex(base));
        if (board.memory.main(base, size))
            throw new SlotConflict("slot " + name() + ": memory " + hex(base) + " belongs to main memory");
        claim(kind, base, base + size - 1, false);
    }

    @Override
    public Line irq(int line, boolean shared) {
        if (line < 0 || line > 15) throw new IllegalArgumentException("slot " + name() + ": no IRQ " + line);
        claim(Kind.IRQ, line, line, shared);
        return wire("irq " + line, () -> board.interrupts.wire(line));
    }

    @Override
    public Line dma(int channel, DmaPort port) {
        if (channel < 0 || channel == 4 || channel > 7)
            throw new IllegalArgumentException("slot " + name() + ": no DMA channel " + channel);
        claim(Kind.DMA, channel, channel, false);
        Wire request = board.dma.connect(channel, port);
        ends.add(() -> board.dma.disconnect(channel));
        return wire("dma " + channel, () -> request);
    }

    @Override
    public Line a20() {
        return wire("a20", board::a20Wire);
    }

    private Wire wire(String key, Supplier<Wire> maker) {
        Wire wire = inherited.get(key);
        if (wire == null) wire = maker.get();
        wire.hold();
        if (wires.put(key, wire) != null) throw new SlotConflict("slot " + name() + ": " + key + " claimed twice");
        return wire;
    }

    @Override
    public void reset(String cause) {
        board.reset(cause);
    }

    @Override
    public void exit(int status) {
        board.exit(status);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public SerialEnd serial() {
        return cable;
    }

    @Override
    public void input(String name, Input input) {
        inputs.put(name, input);
    }

    private static String hex(int value) {
        return String.format("%Xh", value);
    }
}
