package org.lkpk.card.uart;

import org.lkpk.api.bus.Alarm;
import org.lkpk.api.bus.Clock;
import org.lkpk.api.bus.Input;
import org.lkpk.api.bus.IoPort;
import org.lkpk.api.bus.Line;
import org.lkpk.api.bus.SerialEnd;
import org.lkpk.api.bus.State;

/**
 * The 16550A UART (PC16550D data sheet). The far end waits while the receiver is full, so that the host's bytes are
 * never overrun. Not implemented: break, parity and framing errors, DMA mode pins, the FIFO mode's extra delay of the
 * "sent" interrupt after a lone byte.
 */
final class Uart implements IoPort, Input {
    // Register offsets; the first two change meaning while LCR.DLAB is set, and FCR is IIR when written.
    private static final int DATA = 0, IER = 1, IIR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7;

    private static final int IER_RECEIVED = 0x01, IER_SENT = 0x02, IER_LINE = 0x04, IER_MODEM = 0x08, IER_USED = 0x0F;
    private static final int IIR_MODEM = 0x00, IIR_NONE = 0x01, IIR_SENT = 0x02, IIR_RECEIVED = 0x04, IIR_LINE = 0x06,
            IIR_TIMEOUT = 0x0C, IIR_FIFO = 0xC0;
    private static final int FCR_ENABLE = 0x01, FCR_CLEAR_RECEIVED = 0x02, FCR_CLEAR_SENT = 0x04;
    private static final int LCR_WORD = 0x03, LCR_STOP = 0x04, LCR_PARITY = 0x08, LCR_DLAB = 0x80;
    private static final int MCR_DTR = 0x01, MCR_RTS = 0x02, MCR_OUT1 = 0x04, MCR_OUT2 = 0x08, MCR_LOOP = 0x10,
            MCR_USED = 0x1F;
    private static final int LSR_READY = 0x01, LSR_OVERRUN = 0x02, LSR_EMPTY = 0x20, LSR_IDLE = 0x40;
    private static final int MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80, MSR_DELTAS = 0x0F,
            MSR_RING_ENDED = 0x04;

    private static final int[] TRIGGER = {1, 4, 8, 14};
    private static final int TIMEOUT_CHARACTERS = 4;
    private static final long NS_PER_SECOND = 1_000_000_000, CLOCK_HZ = 1_843_200, CLOCKS_PER_BIT = 16;
    private static final int DIVISOR_9600 = 12;

    /** Time of a character when the baud rate is not to be kept: enough for the guest to see a transmitter at work. */
    private static final long FAST = 2_000;
    /** How soon to look again at a far end that was not ready. */
    private static final long RETRY = 1_000_000;
    private static final int ON_THE_LINE = 64;

    private final Line irq;
    private final Clock clock;
    private final SerialEnd end;
    private final boolean paced;

    private int divisor = DIVISOR_9600, ier, fcr, lcr, mcr, msr, scratch;
    private boolean overrun, sentPending, timedOut;
    private final Fifo received = new Fifo(16), sending = new Fifo(16), line = new Fifo(ON_THE_LINE);
    private int shifting;
    private Alarm shifted, arrival, timeout;

    /** @param paced whether characters take their time at the baud rate */
    Uart(Line irq, Clock clock, SerialEnd end, boolean paced) {
        this.irq = irq;
        this.clock = clock;
        this.end = end;
        this.paced = paced;
        msr = modem();
    }

    /** The MR pin. Scratch and divisor keep their values; what is on the line stays there. */
    void reset() {
        cancel(shifted);
        cancel(timeout);
        shifted = timeout = null;
        ier = fcr = lcr = mcr = 0;
        overrun = sentPending = timedOut = false;
        received.clear();
        sending.clear();
        msr = modem();
        fetch();
        drive();
    }

    @Override
    public int in(int offset, int size) {
        return switch (offset) {
            case DATA -> dlab() ? divisor & 0xFF : take();
            case IER -> dlab() ? divisor >> 8 : ier;
            case IIR -> identify();
            case LCR -> lcr;
            case MCR -> mcr;
            case LSR -> lineStatus();
            case MSR -> modemStatus();
            default -> scratch;
        };
    }

    @Override
    public void out(int offset, int size, int value) {
        switch (offset) {
            case DATA -> {
                if (dlab()) divisor = divisor & 0xFF00 | value;
                else send(value);
            }
            case IER -> {
                if (dlab()) divisor = divisor & 0xFF | value << 8;
                else enable(value & IER_USED);
            }
            case IIR -> control(value);
            case LCR -> lcr = value;
            case MCR -> modemControl(value & MCR_USED);
            case SCR -> scratch = value;
            default -> { } // LSR and MSR are read-only.
        }
    }

    @Override
    public int room() {
        return line.room();
    }

    @Override
    public void receive(byte[] bytes) {
        for (byte octet : bytes) line.put(octet);
        fetch();
    }

    // The transmitter: holding register or FIFO, then the shift register.

    private void send(int octet) {
        if (!fifo()) sending.clear(); // One holding register: the newer byte takes the older one's place.
        if (sending.room() > 0) sending.put(octet);
        sentPending = false;
        if (shifted == null) shift();
        drive();
    }

    /** Moves the next byte into the idle shift register. */
    private void shift() {
        shifting = sending.take() & 0xFF >> 8 - wordLength();
        shifted = clock.after(character(), this::shifted);
        if (sending.size() == 0) sentPending = true;
    }

    private void shifted() {
        if (!loop() && !end.ready()) {
            shifted = clock.after(Math.max(RETRY, character()), this::shifted);
            return;
        }
        shifted = null;
        if (loop()) accept(shifting);
        else end.send(shifting);
        if (sending.size() > 0) shift();
        drive();
    }

    // The receiver.

    /** Lets the next byte on the line arrive, one character time from now, if the receiver can take it. */
    private void fetch() {
        if (arrival == null && line.size() > 0 && !full() && !loop()) arrival = clock.after(character(), this::arrive);
    }

    private void arrive() {
        arrival = null;
        if (full() || loop()) return; // Fetched again when that ends.
        accept(line.take() & 0xFF >> 8 - wordLength());
        fetch();
        drive();
    }

    private void accept(int octet) {
        if (full()) {
            overrun = true;
            if (fifo()) return; // The FIFO keeps what it has, the single register takes the newer byte.
            received.clear();
        }
        received.put(octet);
        awaitTimeout();
    }

    private int take() {
        int octet = received.size() > 0 ? received.take() : 0;
        awaitTimeout();
        fetch();
        drive();
        return octet;
    }

    /** Bytes below the trigger level are announced when four character times pass without one coming or going. */
    private void awaitTimeout() {
        cancel(timeout);
        timedOut = false;
        timeout = fifo() && received.size() > 0 ? clock.after(TIMEOUT_CHARACTERS * character(), this::timeout) : null;
    }

    private void timeout() {
        timeout = null;
        timedOut = true;
        drive();
    }

    // Registers.

    /** Enabling "sent" while the holding register is empty raises it at once; Linux's 8250 probe relies on that. */
    private void enable(int value) {
        if ((value & ~ier & IER_SENT) != 0 && sending.size() == 0) sentPending = true;
        ier = value;
        drive();
    }

    private void control(int value) {
        boolean switched = ((value ^ fcr) & FCR_ENABLE) != 0;
        if (switched || (value & FCR_CLEAR_RECEIVED) != 0) {
            received.clear();
            awaitTimeout();
        }
        if (switched || (value & FCR_CLEAR_SENT) != 0) {
            if (sending.size() > 0) sentPending = true;
            sending.clear();
        }
        fcr = (value & FCR_ENABLE) != 0 ? value : 0;
        fetch();
        drive();
    }

    private void modemControl(int value) {
        mcr = value;
        int old = msr, lines = modem();
        int changed = (old ^ lines) >> 4 & MSR_DELTAS & ~MSR_RING_ENDED;
        if ((old & ~lines & MSR_RI) != 0) changed |= MSR_RING_ENDED;
        msr = lines | old & MSR_DELTAS | changed;
        fetch();
        drive();
    }

    /** Modem inputs: from our own outputs in loopback, else from a cable whose far end is always there. */
    private int modem() {
        if (!loop()) return MSR_CTS | MSR_DSR | MSR_DCD;
        return ((mcr & MCR_RTS) != 0 ? MSR_CTS : 0) | ((mcr & MCR_DTR) != 0 ? MSR_DSR : 0)
                | ((mcr & MCR_OUT1) != 0 ? MSR_RI : 0) | ((mcr & MCR_OUT2) != 0 ? MSR_DCD : 0);
    }

    private int modemStatus() {
        int answer = msr;
        msr &= ~MSR_DELTAS;
        drive();
        return answer;
    }

    private int lineStatus() {
        int answer = received.size() > 0 ? LSR_READY : 0;
        if (overrun) answer |= LSR_OVERRUN;
        if (sending.size() == 0) answer |= shifted == null ? LSR_EMPTY | LSR_IDLE : LSR_EMPTY;
        overrun = false;
        drive();
        return answer;
    }

    /** Reading IIR acknowledges "sent", and only that, and only when that is what it tells. */
    private int identify() {
        int cause = cause();
        if (cause == IIR_SENT) {
            sentPending = false;
            drive();
        }
        return cause | (fifo() ? IIR_FIFO : 0);
    }

    private int cause() {
        if ((ier & IER_LINE) != 0 && overrun) return IIR_LINE;
        if ((ier & IER_RECEIVED) != 0 && received.size() >= trigger()) return IIR_RECEIVED;
        if ((ier & IER_RECEIVED) != 0 && timedOut) return IIR_TIMEOUT;
        if ((ier & IER_SENT) != 0 && sentPending) return IIR_SENT;
        if ((ier & IER_MODEM) != 0 && (msr & MSR_DELTAS) != 0) return IIR_MODEM;
        return IIR_NONE;
    }

    /** On a PC, OUT2 gates the chip's interrupt pin onto the ISA wire; in loopback the pin OUT2 is inactive. */
    private void drive() {
        irq.set((mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2 && cause() != IIR_NONE);
    }

    private boolean dlab() {
        return (lcr & LCR_DLAB) != 0;
    }

    private boolean loop() {
        return (mcr & MCR_LOOP) != 0;
    }

    private boolean fifo() {
        return (fcr & FCR_ENABLE) != 0;
    }

    private boolean full() {
        return fifo() ? received.room() == 0 : received.size() > 0;
    }

    private int trigger() {
        return fifo() ? TRIGGER[fcr >> 6] : 1;
    }

    private int wordLength() {
        return 5 + (lcr & LCR_WORD);
    }

    /** Time of one character in ns: start bit, word, parity, stop bits. */
    private long character() {
        if (!paced) return FAST;
        int bits = 1 + wordLength() + ((lcr & LCR_PARITY) != 0 ? 1 : 0) + ((lcr & LCR_STOP) != 0 ? 2 : 1);
        return bits * CLOCKS_PER_BIT * Math.max(1, divisor) * NS_PER_SECOND / CLOCK_HZ;
    }

    private static void cancel(Alarm alarm) {
        if (alarm != null) alarm.cancel();
    }

    void save(State state) {
        state.with("divisor", divisor).with("ier", ier).with("fcr", fcr).with("lcr", lcr).with("mcr", mcr)
                .with("msr", msr).with("scratch", scratch).with("overrun", overrun).with("sentPending", sentPending)
                .with("timedOut", timedOut).with("received", received.save()).with("sending", sending.save())
                .with("line", line.save()).with("shifting", shifting)
                .with("shifted", shifted).with("arrival", arrival).with("timeout", timeout);
    }

    void load(State state) {
        divisor = state.word("divisor") & 0xFFFF;
        ier = state.word("ier") & IER_USED;
        fcr = state.word("fcr") & 0xFF;
        lcr = state.word("lcr") & 0xFF;
        mcr = state.word("mcr") & MCR_USED;
        msr = state.word("msr") & 0xFF;
        scratch = state.word("scratch") & 0xFF;
        overrun = state.flag("overrun");
        sentPending = state.flag("sentPending");
        timedOut = state.flag("timedOut");
        received.load(state.bytes("received"));
        sending.load(state.bytes("sending"));
        line.load(state.bytes("line"));
        shifting = state.word("shifting") & 0xFF;
        shifted = state.alarm("shifted", clock, this::shifted);
        arrival = state.alarm("arrival", clock, this::arrive);
        timeout = state.alarm("timeout", clock, this::timeout);
        drive();
    }
}
