package org.lkpk.card.debugexit;

import org.lkpk.api.bus.Card;
import org.lkpk.api.bus.IoPort;
import org.lkpk.api.bus.Slot;
import org.lkpk.api.bus.State;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * A port by which the guest ends the machine, as QEMU's isa-debug-exit: writing v makes the exit status v * 2 + 1.
 * Setting: {@code iobase} (0xf4), the first of four ports.
 */
@Component(service = Card.class, scope = ServiceScope.PROTOTYPE)
public final class DebugExitCard implements Card {
    private static final String KIND = "org.lkpk.card.debugexit";
    private static final int VERSION = 1, PORTS = 4, WIDTH = 4;

    @Override
    public void plug(Slot slot) {
        slot.ports(slot.number("iobase", 0xF4), PORTS, WIDTH, new IoPort() {
            @Override
            public int in(int offset, int size) {
                return 0;
            }

            @Override
            public void out(int offset, int size, int value) {
                slot.exit(value << 1 | 1);
            }
        });
    }

    @Override
    public void reset() { }

    @Override
    public State save() {
        return new State(KIND, VERSION);
    }

    @Override
    public void load(State state) {
        state.expect(KIND, VERSION);
    }
}
