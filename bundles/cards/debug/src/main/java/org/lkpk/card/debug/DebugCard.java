package org.lkpk.card.debug;

import org.lkpk.api.bus.Card;
import org.lkpk.api.bus.IoPort;
import org.lkpk.api.bus.SerialEnd;
import org.lkpk.api.bus.Slot;
import org.lkpk.api.bus.State;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * The debug console at port E9h, as Bochs has it: a byte written goes to the slot's serial end, reading tells that the
 * port is there. The port has no way to say busy: a byte is lost while the far end is not ready.
 */
@Component(service = Card.class, scope = ServiceScope.PROTOTYPE)
public final class DebugCard implements Card {
    private static final String KIND = "org.lkpk.card.debug";
    private static final int VERSION = 1, PORT = 0xE9;

    @Override
    public void plug(Slot slot) {
        SerialEnd end = slot.serial();
        slot.ports(PORT, 1, 1, new IoPort() {
            @Override
            public int in(int offset, int size) {
                return PORT;
            }

            @Override
            public void out(int offset, int size, int value) {
                if (end.ready()) end.send(value);
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
