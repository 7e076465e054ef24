package org.lkpk.bus;

/**
 * One 8259A programmable interrupt controller (Intel 8259A data sheet). As there, the request of an edge-triggered input
 * is gone when the input falls before the acknowledge; the answer then is the spurious level 7. Not implemented: 8080 mode.
 */
final class InterruptController {
    private static final int ICW1 = 0x10;
    private static final int ICW1_SINGLE = 0x02;
    private static final int ICW1_LEVEL = 0x08;
    private static final int ICW1_ICW4 = 0x01;
    private static final int ICW4_8086 = 0x01;
    private static final int ICW4_AUTO_EOI = 0x02;
    private static final int ICW4_FULLY_NESTED = 0x10;
    /** Bits 5..7 of OCW2; 2 does nothing. */
    private static final int ROTATE_IN_AUTO_EOI_CLEAR = 0, EOI = 1, SPECIFIC_EOI = 3, ROTATE_IN_AUTO_EOI_SET = 4,
            ROTATE_ON_EOI = 5, SET_PRIORITY = 6, ROTATE_ON_SPECIFIC_EOI = 7;
    private static final int OCW3 = 0x08;
    private static final int OCW3_READ_ISR = 0x03;
    private static final int OCW3_READ_IRR = 0x02;
    private static final int OCW3_READ = 0x03;
    private static final int OCW3_POLL = 0x04;
    private static final int OCW3_SPECIAL_MASK = 0x20;
    private static final int OCW3_SETS_SPECIAL_MASK = 0x40;
    private static final int SPURIOUS = 7;

    /** Bit n: input n is level-triggered (the EISA edge/level control register). */
    private int elcr;
    private int lines;
    /** Edge requests that are latched. */
    private int latched;
    private int isr;
    private int imr;
    private int base;
    private int icw3;
    private int icw4;
    private boolean levels;
    /** The ICW expected next at the odd port; 0 when initialization is over. */
    private int next;
    private boolean single;
    private boolean wantsIcw4;
    private int lowest = 7;
    private boolean rotates;
    private boolean specialMask;
    private boolean readsIsr;
    private boolean polled;

    /** State as a PC's BIOS leaves it. */
    void afterBios(int vectors, int cascade, int mask) {
        latched = 0;
        elcr = 0;
        write(0, ICW1 | ICW1_ICW4);
        write(1, vectors);
        write(1, cascade);
        write(1, ICW4_8086);
        write(1, mask);
    }

    void line(int input, boolean high) {
        int bit = 1 << input;
        if (!high) {
            lines &= ~bit;
            latched &= ~bit;
        } else if ((lines & bit) == 0) {
            lines |= bit;
            latched |= bit;
        }
    }

    int elcr() {
        return elcr;
    }

    void elcr(int value) {
        elcr = value;
    }

    /** Interrupt request register: what asks for service. */
    int irr() {
        int level = levels ? 0xFF : elcr;
        return latched & ~level | lines & level;
    }

    int isr() {
        return isr;
    }

    int imr() {
        return imr;
    }

    int base() {
        return base;
    }

    /** The INT pin. */
    boolean output() {
        return request() >= 0;
    }

    /** The input that is to be served now; -1 if none asks that is neither masked nor held back by one in service. */
    private int request() {
        int asking = irr() & ~imr;
        if (asking == 0) return -1;
        int serving = specialMask ? isr & ~imr : isr;
        for (int i = 1; i <= 8; i++) {
            int bit = 1 << (lowest + i & 7);
            // In special fully nested mode a slave may ask again while one of its inputs is in service.
            boolean again = (icw4 & ICW4_FULLY_NESTED) != 0 && (icw3 & bit) != 0 && !single;
            if ((asking & bit) != 0 && ((serving & bit) == 0 || again)) return lowest + i & 7;
            if ((serving & bit) != 0 && !specialMask) return -1;
        }
        return -1;
    }

    /** The acknowledge cycle: input 0..7 that is in service from now on, or -1 for the spurious level 7. */
    int acknowledge() {
        int input = request();
        if (input < 0) return -1;
        int bit = 1 << input;
        latched &= ~bit;
        if ((icw4 & ICW4_AUTO_EOI) == 0) isr |= bit;
        else if (rotates) lowest = input;
        return input;
    }

    /** The vector that this chip puts on the bus for what {@link #acknowledge} answered. */
    int vector(int input) {
        return base | (input < 0 ? SPURIOUS : input);
    }

    int read(int offset) {
        if (polled) {
            polled = false;
            int input = acknowledge();
            return input < 0 ? 0 : 0x80 | input;
        }
        if (offset == 1) return imr;
        return readsIsr ? isr : irr();
    }

    void write(int offset, int value) {
        if (offset == 1) {
            if (next == 0) imr = value;
            else initialize(value);
        } else if ((value & ICW1) != 0) {
            restart(value);
        } else if ((value & OCW3) != 0) {
            command3(value);
        } else {
            command2(value >> 5, value & 7);
        }
    }

    private void restart(int icw1) {
        latched = 0;
        isr = 0;
        imr = 0;
        lowest = 7;
        rotates = false;
        specialMask = false;
        readsIsr = false;
        polled = false;
        icw4 = 0;
        levels = (icw1 & ICW1_LEVEL) != 0;
        single = (icw1 & ICW1_SINGLE) != 0;
        wantsIcw4 = (icw1 & ICW1_ICW4) != 0;
        next = 2;
    }

    private void initialize(int value) {
        if (next == 2) {
            base = value & 0xF8;
            next = !single ? 3 : wantsIcw4 ? 4 : 0;
        } else if (next == 3) {
            icw3 = value;
            next = wantsIcw4 ? 4 : 0;
        } else {
            icw4 = value;
            next = 0;
        }
    }

    private void command2(int command, int level) {
        switch (command) {
            case ROTATE_IN_AUTO_EOI_CLEAR -> rotates = false;
            case EOI -> end(highest());
            case SPECIFIC_EOI -> end(level);
            case ROTATE_IN_AUTO_EOI_SET -> rotates = true;
            case ROTATE_ON_EOI -> {
                int ended = highest();
                end(ended);
                if (ended >= 0) lowest = ended;
            }
            case SET_PRIORITY -> lowest = level;
            case ROTATE_ON_SPECIFIC_EOI -> {
                end(level);
                lowest = level;
            }
            default -> { }
        }
    }

    private void command3(int value) {
        if ((value & OCW3_SETS_SPECIAL_MASK) != 0) specialMask = (value & OCW3_SPECIAL_MASK) != 0;
        if ((value & OCW3_POLL) != 0) polled = true;
        else if ((value & OCW3_READ) == OCW3_READ_ISR) readsIsr = true;
        else if ((value & OCW3_READ) == OCW3_READ_IRR) readsIsr = false;
    }

    private void end(int input) {
        if (input >= 0) isr &= ~(1 << input);
    }

    /** The input in service that an unspecific EOI means. */
    private int highest() {
        int serving = specialMask ? isr & ~imr : isr;
        for (int i = 1; i <= 8; i++) if ((serving & 1 << (lowest + i & 7)) != 0) return lowest + i & 7;
        return -1;
    }
}
