package org.lkpk.card.pit;

import org.lkpk.api.bus.State;

/**
 * One of the 8254's three counters. Nothing counts here: the counting element's value and the level of OUT are worked
 * out from the number of clock pulses since the count was loaded. Times are in clock pulses since power-on.
 */
final class Counter {
    private static final int CONTROL_BCD = 0x01, CONTROL_ACCESS = 0x30, CONTROL_USED = 0x3F;
    private static final int ACCESS_LSB = 1, ACCESS_MSB = 2, ACCESS_BOTH = 3;
    private static final int STATUS_OUT = 0x80, STATUS_NULL = 0x40;
    private static final int TERMINAL = 0, ONE_SHOT = 1, RATE = 2, SQUARE = 3, SOFTWARE_STROBE = 4, HARDWARE_STROBE = 5;
    private static final long NEVER = Long.MAX_VALUE;
    private static final int NONE = -1;

    /** The control word's six lower bits. */
    private int control = ACCESS_BOTH << 4;
    /** The count register as a number of pulses, and whether one was written since the control word. */
    private int count = modulus();
    private boolean written;
    private int firstByte = NONE;
    private boolean highByteNext;
    private int latchedCount = NONE;
    private int latchedStatus = NONE;

    /** When the counting element was or will be loaded from the count register. */
    private long from;
    private long loadAt = NEVER;
    /** What was loaded; 0 until then. */
    private int initial;
    private boolean nullCount = true;
    private boolean gate;
    private boolean counting;
    /** Pulses counted when counting stopped. */
    private long held;

    Counter(boolean gate) {
        this.gate = gate;
    }

    // What the guest writes.

    void control(int word) {
        unload();
        control = word & CONTROL_USED;
        written = false;
        nullCount = true;
        loadAt = NEVER;
        firstByte = NONE;
        highByteNext = false;
        latchedCount = NONE;
        latchedStatus = NONE;
    }

    void write(long now, int octet) {
        settle(now);
        switch (access()) {
            case ACCESS_LSB -> load(now, octet);
            case ACCESS_MSB -> load(now, octet << 8);
            default -> {
                if (firstByte == NONE) {
                    firstByte = octet;
                    if (mode() == TERMINAL) unload();
                } else {
                    int both = octet << 8 | firstByte;
                    firstByte = NONE;
                    load(now, both);
                }
            }
        }
    }

    /** A whole count has been written: it is loaded by the next pulse, at the end of the cycle or by a trigger. */
    private void load(long now, int raw) {
        count = bcd() ? decimal(raw) : raw;
        if (count == 0) count = modulus();
        boolean first = !written;
        written = true;
        nullCount = true;
        switch (mode()) {
            case TERMINAL, SOFTWARE_STROBE -> loadAt = now + 1;
            case RATE, SQUARE -> {
                if (first || initial == 0) loadAt = now + 1;
                else loadAt = counting ? cycleEnd(now) : NEVER;
            }
            default -> { } // Modes 1 and 5 wait for a trigger.
        }
        if (mode() == TERMINAL) unload();
    }

    /** A counting element without a count stands still, and OUT is at its mode's first level. */
    private void unload() {
        counting = false;
        initial = 0;
    }

    void gate(long now, boolean high) {
        if (high == gate) return;
        settle(now);
        int mode = mode();
        if (high) {
            gate = true;
            if (mode == TERMINAL || mode == SOFTWARE_STROBE) resume(now);
            else if (written) loadAt = now + 1;
        } else {
            held = elapsed(now);
            if (mode != ONE_SHOT && mode != HARDWARE_STROBE) counting = false;
            if (mode == RATE || mode == SQUARE) loadAt = initial == 0 ? loadAt : NEVER;
            gate = false;
        }
    }

    private void resume(long now) {
        if (initial == 0) return;
        from = now - held;
        counting = true;
    }

    // What the guest reads.

    int read(long now) {
        if (latchedStatus != NONE) {
            int status = latchedStatus;
            latchedStatus = NONE;
            return status;
        }
        int value = latchedCount != NONE ? latchedCount : value(now);
        boolean high = access() == ACCESS_MSB || access() == ACCESS_BOTH && highByteNext;
        if (access() == ACCESS_BOTH) highByteNext = !highByteNext;
        if (access() != ACCESS_BOTH || high) latchedCount = NONE;
        return high ? value >> 8 : value & 0xFF;
    }

    void latchCount(long now) {
        if (latchedCount == NONE) latchedCount = value(now);
    }

    void latchStatus(long now) {
        settle(now);
        if (latchedStatus == NONE)
            latchedStatus = control | (out(now) ? STATUS_OUT : 0) | (nullCount ? STATUS_NULL : 0);
    }

    /** The counting element as the bus reads it. */
    private int value(long now) {
        settle(now);
        int value = element(elapsed(now));
        return bcd() ? coded(value) : value & 0xFFFF;
    }

    private int element(long pulses) {
        if (initial == 0) return count;
        switch (mode()) {
            case RATE -> {
                return initial - (int) (pulses % initial);
            }
            case SQUARE -> {
                int phase = (int) (pulses % initial);
                return (initial & ~1) - 2 * (phase < highHalf() ? phase : phase - highHalf());
            }
            default -> {
                return Math.floorMod(initial - pulses, modulus());
            }
        }
    }

    // OUT.

    boolean out(long now) {
        settle(now);
        if (initial == 0) return mode() != TERMINAL;
        long pulses = elapsed(now);
        return switch (mode()) {
            case TERMINAL, ONE_SHOT -> pulses >= initial;
            case RATE -> !gate || pulses % initial != initial - 1;
            case SQUARE -> !gate || pulses % initial < highHalf();
            default -> pulses != initial;
        };
    }

    /** Whether OUT's low time is a single pulse, too short to be worth an event of its own. */
    boolean strobes() {
        return mode() == RATE || mode() >= SOFTWARE_STROBE;
    }

    /**
     * The next pulse at which OUT changes; for a counter that {@link #strobes} the one at which it rises again.
     *
     * @return {@link Long#MAX_VALUE} if it stays as it is
     */
    long nextEdge(long now) {
        settle(now);
        boolean periodic = mode() == RATE || mode() == SQUARE;
        if (periodic && counting) return initial > 1 ? cycleEnd(now) : NEVER; // A count of 1 is illegal there.
        boolean loading = loadAt != NEVER;
        if (!(loading ? gate : counting)) return NEVER;
        long start = loading ? loadAt : from;
        int length = loading ? count : initial;
        long edge = switch (mode()) {
            case SQUARE -> start + (length + 1) / 2;
            case SOFTWARE_STROBE, HARDWARE_STROBE -> start + length + 1;
            default -> start + length;
        };
        return edge > now ? edge : NEVER;
    }

    /** The end of mode 2's cycle or mode 3's half cycle, when a new count is loaded. */
    private long cycleEnd(long now) {
        long pulses = elapsed(now);
        long start = now - pulses % initial;
        if (mode() == SQUARE && pulses % initial < highHalf()) return start + highHalf();
        return start + initial;
    }

    /** Does what was due by now: the load of the count register into the counting element. */
    private void settle(long now) {
        if (loadAt > now) return;
        boolean intoLowHalf = mode() == SQUARE && counting && (loadAt - from) % initial == highHalf();
        initial = count;
        from = intoLowHalf ? loadAt - highHalf() : loadAt;
        held = 0;
        loadAt = NEVER;
        nullCount = false;
        counting = gate || mode() == ONE_SHOT || mode() == HARDWARE_STROBE;
    }

    private long elapsed(long now) {
        return counting ? now - from : held;
    }

    /** An odd count's high half is one pulse longer than its low half. */
    private int highHalf() {
        return (initial + 1) / 2;
    }

    private int access() {
        return (control & CONTROL_ACCESS) >> 4;
    }

    /** 0 to 5; the upper bit of modes 2 and 3 is "don't care". */
    private int mode() {
        int mode = control >> 1 & 7;
        return mode > HARDWARE_STROBE ? mode & 3 : mode;
    }

    private boolean bcd() {
        return (control & CONTROL_BCD) != 0;
    }

    private int modulus() {
        return bcd() ? 10_000 : 0x10000;
    }

    private static int decimal(int coded) {
        return ((coded >> 12) * 10 + (coded >> 8 & 15)) * 100 + (coded >> 4 & 15) * 10 + (coded & 15);
    }

    private static int coded(int value) {
        return value / 1000 % 10 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10;
    }

    State save() {
        return new State("counter", 1).with("control", control).with("count", count).with("written", written)
                .with("firstByte", firstByte).with("highByteNext", highByteNext).with("latchedCount", latchedCount)
                .with("latchedStatus", latchedStatus).with("from", from).with("loadAt", loadAt)
                .with("initial", initial).with("nullCount", nullCount).with("gate", gate)
                .with("counting", counting).with("held", held);
    }

    void load(State state) {
        control = state.word("control") & CONTROL_USED;
        count = state.word("count");
        written = state.flag("written");
        firstByte = state.word("firstByte");
        highByteNext = state.flag("highByteNext");
        latchedCount = state.word("latchedCount");
        latchedStatus = state.word("latchedStatus");
        from = state.number("from");
        loadAt = state.number("loadAt");
        initial = state.word("initial");
        nullCount = state.flag("nullCount");
        gate = state.flag("gate");
        counting = state.flag("counting");
        held = state.number("held");
    }
}
