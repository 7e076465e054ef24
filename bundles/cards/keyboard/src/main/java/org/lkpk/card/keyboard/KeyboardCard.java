package org.lkpk.card.keyboard;

import org.lkpk.api.bus.Card;
import org.lkpk.api.bus.Slot;
import org.lkpk.api.bus.State;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * The board's keyboard controller with a keyboard: ports 60h and 64h, IRQ 1, one driver of A20, RESET.
 * Host input: {@code scancodes}, of set 2 as they come over a keyboard's cable.
 */
@Component(service = Card.class, scope = ServiceScope.PROTOTYPE)
public final class KeyboardCard implements Card {
    private static final String KIND = "org.lkpk.card.keyboard";
    private static final int VERSION = 1;

    private Controller controller;
    private Keyboard keyboard;

    @Override
    public void plug(Slot slot) {
        keyboard = new Keyboard(slot.clock(), () -> controller.fetch());
        Runnable pulseReset = () -> slot.reset("keyboard controller (8042)");
        controller = new Controller(slot.irq(1, false), slot.a20(), pulseReset, keyboard);
        slot.ports(0x60, 1, 1, controller.data());
        slot.ports(0x64, 1, 1, controller.status());
        slot.input("scancodes", keyboard);
    }

    @Override
    public void reset() {
        keyboard.reset();
        controller.reset();
    }

    @Override
    public State save() {
        State state = new State(KIND, VERSION).with("keyboard", keyboard.save());
        controller.save(state);
        return state;
    }

    @Override
    public void load(State state) {
        keyboard.load(state.expect(KIND, VERSION).part("keyboard"));
        controller.load(state);
    }
}
