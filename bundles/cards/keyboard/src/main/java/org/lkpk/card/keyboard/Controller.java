package org.lkpk.card.keyboard;

import org.lkpk.api.bus.IoPort;
import org.lkpk.api.bus.Line;
import org.lkpk.api.bus.State;

/**
 * The 8042 keyboard controller as an AT has it (IBM PC/AT technical reference), in the state in which a BIOS leaves it.
 * Its answers come at once, the keyboard's at the pace of the cable.
 * Not implemented: the auxiliary device (no mouse port: commands to it answer as an AT's controller does), parity and
 * timeout errors, the password, reading and writing controller RAM but for its command byte.
 */
final class Controller {
    private static final int STATUS_OUTPUT = 0x01, STATUS_SYSTEM = 0x04, STATUS_COMMAND = 0x08, STATUS_UNLOCKED = 0x10;
    private static final int MODE_INTERRUPT = 0x01, MODE_SYSTEM = 0x04, MODE_DISABLED = 0x10, MODE_TRANSLATE = 0x40,
            MODE_BIOS = MODE_TRANSLATE | MODE_SYSTEM | MODE_INTERRUPT;
    private static final int READ_MODE = 0x20, WRITE_MODE = 0x60, TEST_AUX = 0xA9, TEST = 0xAA, TEST_KEYBOARD = 0xAB,
            DISABLE = 0xAD, ENABLE = 0xAE, READ_INPUT = 0xC0, READ_OUTPUT = 0xD0, WRITE_OUTPUT = 0xD1,
            WRITE_KEYBOARD_BUFFER = 0xD2, WRITE_AUX_BUFFER = 0xD3, WRITE_AUX = 0xD4, A20_OFF = 0xDD, A20_ON = 0xDF,
            READ_TEST_INPUTS = 0xE0, PULSE = 0xF0;
    private static final int OUTPUT_NO_RESET = 0x01, OUTPUT_A20 = 0x02, OUTPUT_FULL = 0x10, OUTPUT_IDLE = 0xCF;
    private static final int TESTED = 0x55, NO_ERROR = 0x00, CLOCK_STUCK_LOW = 0x01, INPUT_UNLOCKED = 0xA0,
            TEST_CLOCK = 0x01, TEST_DATA = 0x02;
    private static final int NONE = -1;

    private final Line irq;
    private final Line a20;
    private final Runnable pulseReset;
    private final Keyboard keyboard;

    private int mode, outputPort;
    private boolean commandLast;
    /** The command whose parameter is the next byte written to port 60h. */
    private int command;
    private boolean full;
    private int output;
    /** The controller's answer that waits until the output buffer has been read. */
    private int answer;
    /** The keyboard has told that the next code is a key's release. */
    private boolean released;

    Controller(Line irq, Line a20, Runnable pulseReset, Keyboard keyboard) {
        this.irq = irq;
        this.a20 = a20;
        this.pulseReset = pulseReset;
        this.keyboard = keyboard;
        reset();
    }

    void reset() {
        mode = MODE_BIOS;
        outputPort = OUTPUT_IDLE;
        commandLast = false;
        command = NONE;
        full = false;
        output = 0;
        answer = NONE;
        released = false;
        drive();
    }

    /** Port 60h. */
    IoPort data() {
        return new IoPort() {
            @Override
            public int in(int offset, int size) {
                return read();
            }

            @Override
            public void out(int offset, int size, int value) {
                commandLast = false;
                if (command != NONE) parameter(value);
                else toKeyboard(value);
            }
        };
    }

    /** Port 64h. */
    IoPort status() {
        return new IoPort() {
            @Override
            public int in(int offset, int size) {
                return (full ? STATUS_OUTPUT : 0) | mode & STATUS_SYSTEM | (commandLast ? STATUS_COMMAND : 0)
                        | STATUS_UNLOCKED;
            }

            @Override
            public void out(int offset, int size, int value) {
                commandLast = true;
                command(value);
            }
        };
    }

    private int read() {
        int octet = output;
        full = false;
        drive(); // The wire falls between two bytes, or the edge of the second would be lost.
        if (answer != NONE) {
            fill(answer);
            answer = NONE;
        } else {
            fetch();
        }
        return octet;
    }

    /** Takes the keyboard's byte, if it offers one and the controller lets it. */
    void fetch() {
        if (full || (mode & MODE_DISABLED) != 0 || !keyboard.offers()) return;
        int octet = keyboard.take();
        if ((mode & MODE_TRANSLATE) == 0) {
            fill(octet);
        } else if (octet == ScanCodes.BREAK) {
            released = true;
        } else {
            fill(ScanCodes.toSet1(octet) | (released ? ScanCodes.RELEASED : 0));
            released = false;
        }
    }

    private void toKeyboard(int octet) {
        mode &= ~MODE_DISABLED; // Sending needs the clock, and the controller lets go of it afterwards.
        keyboard.command(octet);
        fetch();
    }

    private void command(int value) {
        command = NONE;
        switch (value) {
            case READ_MODE -> answer(mode);
            case TEST_AUX -> answer(CLOCK_STUCK_LOW);
            case TEST -> {
                mode |= MODE_SYSTEM | MODE_DISABLED;
                answer(TESTED);
            }
            case TEST_KEYBOARD -> answer(NO_ERROR);
            case DISABLE -> mode |= MODE_DISABLED;
            case ENABLE -> {
                mode &= ~MODE_DISABLED;
                fetch();
            }
            case READ_INPUT -> answer(INPUT_UNLOCKED);
            case READ_OUTPUT -> answer(outputPort | (full ? OUTPUT_FULL : 0));
            case WRITE_MODE, WRITE_OUTPUT, WRITE_KEYBOARD_BUFFER, WRITE_AUX_BUFFER, WRITE_AUX -> command = value;
            case A20_OFF -> output(outputPort & ~OUTPUT_A20);
            case A20_ON -> output(outputPort | OUTPUT_A20);
            case READ_TEST_INPUTS -> answer((mode & MODE_DISABLED) != 0 ? TEST_DATA : TEST_DATA | TEST_CLOCK);
            default -> {
                // F0h to FFh pulse those of the output port's lower four lines whose bits are 0.
                if (value >= PULSE && (value & OUTPUT_NO_RESET) == 0) pulseReset.run();
            }
        }
    }

    private void parameter(int value) {
        int of = command;
        command = NONE;
        switch (of) {
            case WRITE_MODE -> {
                mode = value;
                drive();
                fetch();
            }
            case WRITE_OUTPUT -> output(value);
            // An AT's controller knows no second buffer; that is how Linux finds that there is no mouse port.
            case WRITE_KEYBOARD_BUFFER, WRITE_AUX_BUFFER -> answer(value);
            default -> { } // What is sent to the device that is not there is lost.
        }
    }

    private void output(int value) {
        outputPort = value & ~OUTPUT_FULL;
        drive();
        if ((value & OUTPUT_NO_RESET) == 0) pulseReset.run();
    }

    private void answer(int octet) {
        if (full) answer = octet;
        else fill(octet);
    }

    private void fill(int octet) {
        output = octet;
        full = true;
        drive();
    }

    private void drive() {
        irq.set(full && (mode & MODE_INTERRUPT) != 0);
        a20.set((outputPort & OUTPUT_A20) != 0);
    }

    void save(State state) {
        state.with("mode", mode).with("outputPort", outputPort).with("commandLast", commandLast)
                .with("command", command).with("full", full).with("output", output).with("answer", answer)
                .with("released", released);
    }

    void load(State state) {
        mode = state.word("mode") & 0xFF;
        outputPort = state.word("outputPort") & 0xFF;
        commandLast = state.flag("commandLast");
        command = state.word("command");
        full = state.flag("full");
        output = state.word("output") & 0xFF;
        answer = state.word("answer");
        released = state.flag("released");
        drive();
    }
}
