package org.lkpk.api.bus;

/**
 * An expansion card. One instance stands in one slot of one machine; the bus takes it from the card bundle's
 * prototype-scoped service. All methods are called on the machine's thread, between two instructions.
 */
public interface Card {
    /**
     * Claims what the card needs from its slot and takes its power-on state.
     *
     * @throws SlotConflict if a claim stands in another's way; the bus then ends the claims made so far
     */
    void plug(Slot slot);

    /** The board's RESET line was pulsed: back to the power-on state, claims kept. */
    void reset();

    /** The card is pulled; every claim made through its slot has ended by itself. */
    default void unplug() { }

    /** All of the card's state, pending alarms included. */
    State save();

    /**
     * Takes over a state that this or an older version of the card saved; called right after {@link #plug}.
     *
     * @throws StateRefused if the state is not this kind's or is newer than the card understands
     */
    void load(State state);
}
