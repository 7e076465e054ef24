package org.lkpk.card.memory;

import org.lkpk.api.bus.Card;
import org.lkpk.api.bus.Ram;
import org.lkpk.api.bus.Slot;
import org.lkpk.api.bus.State;
import org.lkpk.api.bus.StateRefused;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * An ISA memory card: RAM in the adapter window, from which the guest can execute. Settings: {@code base} (0xd0000),
 * {@code size} (0x10000).
 */
@Component(service = Card.class, scope = ServiceScope.PROTOTYPE)
public final class MemoryCard implements Card {
    private static final String KIND = "org.lkpk.card.memory";
    private static final int VERSION = 1;

    private Ram ram;

    @Override
    public void plug(Slot slot) {
        ram = slot.ram(slot.number("base", 0xD0000), slot.number("size", 0x10000), true);
    }

    /** RESET does not reach RAM. */
    @Override
    public void reset() { }

    @Override
    public State save() {
        byte[] bytes = new byte[ram.size()];
        ram.read(0, bytes);
        return new State(KIND, VERSION).with("bytes", bytes);
    }

    @Override
    public void load(State state) {
        byte[] bytes = state.expect(KIND, VERSION).bytes("bytes");
        if (bytes.length != ram.size())
            throw new StateRefused(KIND + ": state of " + bytes.length + " bytes offered to " + ram.size());
        ram.write(0, bytes);
    }
}
