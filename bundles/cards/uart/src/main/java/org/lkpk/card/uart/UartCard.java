package org.lkpk.card.uart;

import org.lkpk.api.bus.Card;
import org.lkpk.api.bus.Line;
import org.lkpk.api.bus.Slot;
import org.lkpk.api.bus.State;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;

/**
 * A serial card. Settings: {@code port} (0x3f8), {@code irq} (4), {@code shared} ({@code true} lets another card have
 * the IRQ line too), {@code pace} ({@code baud}: characters take the time the baud rate says; {@code fast}, the
 * standard: 2 µs, so that a console costs the guest little). Host input: {@code serial}.
 */
@Component(service = Card.class, scope = ServiceScope.PROTOTYPE)
public final class UartCard implements Card {
    private static final String KIND = "org.lkpk.card.uart";
    private static final int VERSION = 1, PORTS = 8;

    private Uart uart;

    @Override
    public void plug(Slot slot) {
        Line irq = slot.irq(slot.number("irq", 4), slot.setting("shared", "false").equals("true"));
        uart = new Uart(irq, slot.clock(), slot.serial(), paced(slot));
        slot.ports(slot.number("port", 0x3F8), PORTS, 1, uart);
        slot.input("serial", uart);
    }

    private static boolean paced(Slot slot) {
        String pace = slot.setting("pace", "fast");
        return switch (pace) {
            case "baud" -> true;
            case "fast" -> false;
            default -> throw new IllegalArgumentException(slot.name() + ": pace=" + pace + " is neither baud nor fast");
        };
    }

    @Override
    public void reset() {
        uart.reset();
    }

    @Override
    public State save() {
        State state = new State(KIND, VERSION);
        uart.save(state);
        return state;
    }

    @Override
    public void load(State state) {
        uart.load(state.expect(KIND, VERSION));
    }
}
