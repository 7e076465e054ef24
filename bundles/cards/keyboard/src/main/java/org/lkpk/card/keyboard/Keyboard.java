package org.lkpk.card.keyboard;

import org.lkpk.api.bus.Alarm;
import org.lkpk.api.bus.Clock;
import org.lkpk.api.bus.Input;
import org.lkpk.api.bus.State;

/**
 * An MF2 keyboard (IBM PS/2 keyboard technical reference) at the end of its cable. Key strokes come from the host as
 * scan codes of set 2. Not implemented: scan code set 3 and its per-key types, typematic repeat, lamps to be seen.
 */
final class Keyboard implements Input {
    private static final int ACKNOWLEDGE = 0xFA, RESEND = 0xFE, TESTED = 0xAA, ECHO = 0xEE;
    private static final int[] IDENTITY = {0xAB, 0x83};
    private static final int SET_LAMPS = 0xED, SELECT_SET = 0xF0, IDENTIFY = 0xF2, SET_RATE = 0xF3, ENABLE = 0xF4,
            DISABLE = 0xF5, DEFAULTS = 0xF6, SEND_AGAIN = 0xFE, RESET = 0xFF;
    private static final int NONE = 0;

    /** Time of a byte on the cable, 11 bits at 12 kHz, and of the self test (shorter than a real one's half second). */
    static final long BYTE = 900_000, SELF_TEST = 20_000_000;

    private final Clock clock;
    private final Runnable arrived;
    private final Bytes sending = new Bytes(16);
    private boolean scanning = true;
    private int set = 2;
    /** The command whose parameter comes next. */
    private int command = NONE;
    private int last = ACKNOWLEDGE;
    /** A release in set 1 is under way. */
    private boolean broken;
    /** The self test runs once its command's acknowledgement is through. */
    private boolean testing;
    /** The byte on the cable is through, and the controller may fetch it. */
    private boolean offered;
    private Alarm alarm;

    /** @param arrived called when a byte has come through the cable */
    Keyboard(Clock clock, Runnable arrived) {
        this.clock = clock;
        this.arrived = arrived;
    }

    /** Power-on. */
    void reset() {
        if (alarm != null) alarm.cancel();
        alarm = null;
        offered = false;
        sending.clear();
        command = NONE;
        testing = false;
        scanning = true;
        set = 2;
        broken = false;
    }

    /** Keys wait on the host's side while the guest has not enabled scanning. */
    @Override
    public int room() {
        return scanning ? sending.room() : 0;
    }

    @Override
    public void receive(byte[] bytes) {
        for (byte octet : bytes) key(octet & 0xFF);
    }

    /** In set 1 a key's release is its code with the upper bit set, instead of a byte of its own before it. */
    private void key(int code) {
        if (set == 1 && code == ScanCodes.BREAK) {
            broken = true;
            return;
        }
        send(set == 1 ? ScanCodes.toSet1(code) | (broken ? ScanCodes.RELEASED : 0) : code);
        broken = false;
    }

    private void send(int octet) {
        sending.put(octet);
        if (alarm == null && !offered) alarm = clock.after(BYTE, this::offer);
    }

    private void offer() {
        alarm = null;
        offered = sending.size() > 0;
        if (offered) arrived.run();
    }

    boolean offers() {
        return offered;
    }

    /** The controller takes the byte that is offered. */
    int take() {
        offered = false;
        last = sending.take();
        if (sending.size() > 0) alarm = clock.after(testing ? SELF_TEST : BYTE, this::offer);
        testing = false;
        return last;
    }

    /** A byte from the controller. */
    void command(int octet) {
        if (command != NONE && octet < SET_LAMPS) {
            parameter(octet);
            return;
        }
        command = NONE;
        switch (octet) {
            case SET_LAMPS, SELECT_SET, SET_RATE -> {
                command = octet;
                send(ACKNOWLEDGE);
            }
            case ECHO -> send(ECHO);
            case IDENTIFY -> {
                send(ACKNOWLEDGE);
                for (int part : IDENTITY) send(part);
            }
            case ENABLE -> {
                scanning = true;
                send(ACKNOWLEDGE);
            }
            case DISABLE, DEFAULTS -> {
                reset();
                scanning = octet == DEFAULTS;
                send(ACKNOWLEDGE);
            }
            case SEND_AGAIN -> send(last);
            case RESET -> restart();
            default -> send(RESEND);
        }
    }

    private void parameter(int octet) {
        int of = command;
        command = NONE;
        if (of == SELECT_SET && octet > 2) {
            send(RESEND);
            return;
        }
        send(ACKNOWLEDGE);
        if (of != SELECT_SET) return;
        if (octet == 0) send(set);
        else set = octet;
    }

    private void restart() {
        reset();
        send(ACKNOWLEDGE);
        send(TESTED);
        testing = true;
    }

    State save() {
        return new State("keyboard", 1).with("sending", sending.save()).with("scanning", scanning).with("set", set)
                .with("command", command).with("last", last).with("broken", broken).with("testing", testing)
                .with("offered", offered).with("alarm", alarm);
    }

    void load(State state) {
        sending.load(state.bytes("sending"));
        scanning = state.flag("scanning");
        set = state.word("set");
        command = state.word("command");
        last = state.word("last") & 0xFF;
        broken = state.flag("broken");
        testing = state.flag("testing");
        offered = state.flag("offered") && sending.size() > 0;
        alarm = state.alarm("alarm", clock, this::offer);
    }
}
