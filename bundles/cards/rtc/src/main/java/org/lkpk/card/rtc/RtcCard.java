package org.lkpk.card.rtc;

import org.lkpk.api.bus.Card;
import org.lkpk.api.bus.Slot;
import org.lkpk.api.bus.State;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/** The board's battery clock and CMOS memory: ports 70h and 71h, IRQ 8. */
@Component(service = Card.class, scope = ServiceScope.PROTOTYPE)
public final class RtcCard implements Card {
    private static final String KIND = "org.lkpk.card.rtc";
    private static final int VERSION = 1;

    private Rtc rtc;

    @Override
    public void plug(Slot slot) {
        rtc = new Rtc(slot.irq(8, false), slot.clock());
        slot.ports(0x70, 2, 1, rtc);
    }

    @Override
    public void reset() {
        rtc.reset();
    }

    @Override
    public State save() {
        State state = new State(KIND, VERSION);
        rtc.save(state);
        return state;
    }

    @Override
    public void load(State state) {
        rtc.load(state.expect(KIND, VERSION));
    }
}
