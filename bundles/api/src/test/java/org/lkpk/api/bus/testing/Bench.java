package org.lkpk.api.bus.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.lkpk.api.bus.Alarm;
import org.lkpk.api.bus.Card;
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

/** A workbench for one card: one slot, its wires in view, and a clock that moves only when told to. */
public final class Bench implements Slot, Clock {
    /** What the card has sent down its serial cable. */
    public final List<Integer> sent = new ArrayList<>();
    public final List<String> resets = new ArrayList<>();
    public final List<Integer> exits = new ArrayList<>();
    /** Whether the far end of the serial cable takes bytes. */
    public boolean ready = true;
    public boolean a20;

    private final Map<String, String> settings = new HashMap<>();
    private final Map<Integer, Claim> claims = new HashMap<>();
    private final Map<Integer, byte[]> rams = new HashMap<>();
    private final Map<String, Input> inputs = new HashMap<>();
    private final PriorityQueue<Bell> alarms = new PriorityQueue<>();
    private final boolean[] lines = new boolean[16];
    private final int[] rises = new int[16];
    private long now;
    private long orders;

    private record Claim(int first, int width, IoPort port) { }

    /** @param settings each {@code key=value} */
    public Bench(String... settings) {
        for (String setting : settings) this.settings.put(setting.split("=")[0], setting.split("=")[1]);
    }

    /** Plugs the card; returns this, for chaining. */
    public Bench with(Card card) {
        card.plug(this);
        return this;
    }

    /** What an update of the card's bundle does: {@code fresh} takes the slot and the state of {@code old}. */
    public void replace(Card old, Card fresh) {
        var state = old.save();
        old.unplug();
        claims.clear();
        inputs.clear();
        alarms.clear();
        Arrays.fill(lines, false);
        a20 = false;
        rams.values().forEach(bytes -> Arrays.fill(bytes, (byte) 0));
        fresh.plug(this);
        fresh.load(state);
    }

    /** Lets guest time pass, ringing alarms as they become due. */
    public void pass(long ns) {
        long end = now + ns;
        while (!alarms.isEmpty() && alarms.peek().due <= end) {
            Bell bell = alarms.remove();
            now = Math.max(now, bell.due);
            bell.event.run();
        }
        now = end;
    }

    /** Alarms still to ring. */
    public int pending() {
        return alarms.size();
    }

    /** Guest time of the next alarm. */
    public long due() {
        return alarms.element().due;
    }

    public int in(int port) {
        return in(port, 1);
    }

    public int in(int port, int size) {
        Claim claim = claims.get(port);
        if (claim == null) return -1 >>> 32 - 8 * size;
        if (size <= claim.width) return claim.port.in(port - claim.first, size) & -1 >>> 32 - 8 * size;
        return in(port, size / 2) | in(port + size / 2, size / 2) << 4 * size;
    }

    public void out(int port, int value) {
        out(port, 1, value);
    }

    public void out(int port, int size, int value) {
        Claim claim = claims.get(port);
        if (claim == null) return;
        if (size <= claim.width) {
            claim.port.out(port - claim.first, size, value & -1 >>> 32 - 8 * size);
            return;
        }
        out(port, size / 2, value);
        out(port + size / 2, size / 2, value >>> 4 * size);
    }

    /** Offers bytes to an input; returns how many it had room for and took. */
    public int give(String name, byte... bytes) {
        int count = Math.min(inputs.get(name).room(), bytes.length);
        inputs.get(name).receive(Arrays.copyOf(bytes, count));
        return count;
    }

    /** Level of an IRQ line. */
    public boolean line(int irq) {
        return lines[irq];
    }

    /** How often an IRQ line has risen. */
    public int rises(int irq) {
        return rises[irq];
    }

    /** The bytes of the RAM claimed at {@code base}. */
    public byte[] bytes(int base) {
        return rams.get(base);
    }

    /** What has been sent, as text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        sent.forEach(octet -> text.append((char) (int) octet));
        return text.toString();
    }

    @Override
    public String name() {
        return "bench";
    }

    @Override
    public String setting(String key, String standard) {
        return settings.getOrDefault(key, standard);
    }

    @Override
    public int number(String key, int standard) {
        return settings.containsKey(key) ? Integer.decode(settings.get(key)) : standard;
    }

    @Override
    public void ports(int first, int count, int width, IoPort port) {
        for (int i = first; i < first + count; i++) {
            if (claims.containsKey(i)) throw new SlotConflict("port " + Integer.toHexString(i) + "h is taken");
            claims.put(i, new Claim(first, width, port));
        }
    }

    @Override
    public void memory(int base, int size, MemoryPort port) {
        throw new UnsupportedOperationException("no memory-mapped registers on the bench");
    }

    @Override
    public Ram ram(int base, int size, boolean writable) {
        byte[] bytes = rams.computeIfAbsent(base, key -> new byte[size]);
        return new Ram() {
            @Override
            public int size() {
                return size;
            }

            @Override
            public void read(int offset, byte[] into) {
                System.arraycopy(bytes, offset, into, 0, into.length);
            }

            @Override
            public void write(int offset, byte[] from) {
                System.arraycopy(from, 0, bytes, offset, from.length);
            }
        };
    }

    @Override
    public Line irq(int line, boolean shared) {
        return high -> {
            if (high && !lines[line]) rises[line]++;
            lines[line] = high;
        };
    }

    @Override
    public Line dma(int channel, DmaPort port) {
        throw new UnsupportedOperationException("no DMA on the bench");
    }

    @Override
    public Line a20() {
        return high -> a20 = high;
    }

    @Override
    public void reset(String cause) {
        resets.add(cause);
    }

    @Override
    public void exit(int status) {
        exits.add(status);
    }

    @Override
    public Clock clock() {
        return this;
    }

    @Override
    public SerialEnd serial() {
        return new SerialEnd() {
            @Override
            public boolean ready() {
                return ready;
            }

            @Override
            public void send(int value) {
                sent.add(value);
            }
        };
    }

    @Override
    public void input(String name, Input input) {
        inputs.put(name, input);
    }

    @Override
    public long now() {
        return now;
    }

    /** 2026-01-02 03:04:05 UTC, a Friday. */
    @Override
    public long epoch() {
        return 1_767_323_045_000_000_000L;
    }

    @Override
    public Alarm after(long delay, Runnable event) {
        return at(now + delay, ++orders, event);
    }

    @Override
    public Alarm at(long due, long order, Runnable event) {
        Bell bell = new Bell(due, order, event);
        alarms.add(bell);
        return bell;
    }

    private final class Bell implements Alarm, Comparable<Bell> {
        private final long due;
        private final long order;
        private final Runnable event;

        Bell(long due, long order, Runnable event) {
            this.due = due;
            this.order = order;
            this.event = event;
        }

        @Override
        public long due() {
            return due;
        }

        @Override
        public long order() {
            return order;
        }

        @Override
        public void cancel() {
            alarms.remove(this);
        }

        @Override
        public int compareTo(Bell other) {
            return due != other.due ? Long.compare(due, other.due) : Long.compare(order, other.order);
        }
    }
}
