package org.lkpk.bus;

import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.bus.IoPort;

/** A PC's two 8259A, the second behind input 2 of the first, with their edge/level registers and the wires to them. */
final class InterruptControllers {
    static final int MASTER = 0x20;
    static final int SLAVE = 0xA0;
    static final int ELCR = 0x4D0;
    private static final int CASCADE = 2;
    /** IRQ 0, 1, 2, 8 and 13 are edge-triggered whatever is written. */
    private static final int ELCR_MASTER = 0xF8;
    private static final int ELCR_SLAVE = 0xDE;

    private final InterruptController master = new InterruptController();
    private final InterruptController slave = new InterruptController();
    /** How many drivers hold each line high. */
    private final int[] drivers = new int[16];
    private final Runnable changed;
    private boolean output;

    /** @param changed told after every change of {@link #output} */
    InterruptControllers(Ports ports, Runnable changed) {
        this.changed = changed;
        ports.claim(MASTER, 2, 1, chip(master));
        ports.claim(SLAVE, 2, 1, chip(slave));
        ports.claim(ELCR, 2, 1, new IoPort() {
            @Override
            public int in(int offset, int size) {
                return offset == 0 ? master.elcr() : slave.elcr();
            }

            @Override
            public void out(int offset, int size, int value) {
                if (offset == 0) master.elcr(value & ELCR_MASTER);
                else slave.elcr(value & ELCR_SLAVE);
                settle();
            }
        });
        reset();
    }

    private IoPort chip(InterruptController chip) {
        return new IoPort() {
            @Override
            public int in(int offset, int size) {
                int value = chip.read(offset);
                settle();
                return value;
            }

            @Override
            public void out(int offset, int size, int value) {
                chip.write(offset, value);
                settle();
            }
        };
    }

    /** As a BIOS leaves them: vectors 08h and 70h; timer, keyboard, cascade, diskette, 13 and 14 let through. */
    void reset() {
        master.afterBios(0x08, 1 << CASCADE, 0xB8);
        slave.afterBios(0x70, CASCADE, 0x8F);
        settle();
    }

    /** The INT pin of the first chip. */
    boolean output() {
        return output;
    }

    /** The acknowledge cycle of the CPU: the vector. */
    int acknowledge() {
        int input = master.acknowledge();
        int vector = input == CASCADE ? slave.vector(slave.acknowledge()) : master.vector(input);
        settle();
        return vector;
    }

    private void settle() {
        master.line(CASCADE, slave.output());
        if (master.output() == output) return;
        output = !output;
        changed.run();
    }

    /** A new driver of an IRQ line; the line is high while any driver is. IRQ 2 arrives at input 9, as wired since the AT. */
    Wire wire(int irq) {
        int line = irq == CASCADE ? 9 : irq;
        return new Wire(high -> {
            drivers[line] += high ? 1 : -1;
            (line < 8 ? master : slave).line(line & 7, drivers[line] > 0);
            settle();
        });
    }

    List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (int irq = 0; irq < 16; irq++) {
            InterruptController chip = irq < 8 ? master : slave;
            int bit = 1 << (irq & 7);
            lines.add(String.format("irq %2d  vector %02X  %-5s  %-6s  %-9s  %-10s  %s", irq, chip.vector(irq & 7),
                    (chip.elcr() & bit) != 0 ? "level" : "edge", (chip.imr() & bit) != 0 ? "masked" : "open",
                    (chip.irr() & bit) != 0 ? "requested" : "-", (chip.isr() & bit) != 0 ? "in service" : "-",
                    drivers[irq] > 0 ? "high" : "low"));
        }
        return lines;
    }
}
