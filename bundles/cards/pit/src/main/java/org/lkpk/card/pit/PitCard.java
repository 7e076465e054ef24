package org.lkpk.card.pit;

import org.lkpk.api.bus.Card;
import org.lkpk.api.bus.Slot;
import org.lkpk.api.bus.State;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/** The board's timer: ports 40h to 43h and 61h, IRQ 0. */
@Component(service = Card.class, scope = ServiceScope.PROTOTYPE)
public final class PitCard implements Card {
    private static final String KIND = "org.lkpk.card.pit";
    private static final int VERSION = 1;

    private Pit pit;

    @Override
    public void plug(Slot slot) {
        pit = new Pit(slot.irq(0, false), slot.clock());
        slot.ports(0x40, 4, 1, pit.counters());
        slot.ports(0x61, 1, 1, pit.system());
    }

    @Override
    public void reset() {
        pit.reset();
    }

    @Override
    public State save() {
        State state = new State(KIND, VERSION);
        pit.save(state);
        return state;
    }

    @Override
    public void load(State state) {
        pit.load(state.expect(KIND, VERSION));
    }
}
