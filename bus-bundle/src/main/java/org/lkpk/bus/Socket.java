package org.lkpk.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lkpk.api.bus.Input;
import org.lkpk.api.bus.SlotConflict;
import org.lkpk.api.bus.State;
import org.lkpk.api.bus.StateRefused;
import org.lkpk.api.machine.SlotView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place for a card, and what is kept of one that is being updated: its state, and its claims until the next version is
 * there or {@link #PATIENCE} has passed.
 */
final class Socket {
    private static final Logger LOG = LoggerFactory.getLogger(Socket.class);
    /** Host ns that a machine rests for a card's next version. */
    static final long PATIENCE = 5_000_000_000L;

    private final String name;
    private final String card;
    private final Motherboard board;
    private final Claims claims;
    private final Cable cable;
    private SlotSpecification specification;
    private Fitting fitting;
    private CardSlot slot;
    private String refusal = "";
    private State kept;
    private Map<String, Wire> keptWires = new TreeMap<>();
    private boolean waiting;
    private long deadline;

    Socket(SlotSpecification specification, Motherboard board, Claims claims, Cable cable) {
        this.specification = specification;
        this.board = board;
        this.claims = claims;
        this.cable = cable;
        name = specification.name();
        card = specification.card();
    }

    String name() {
        return name;
    }

    /** Symbolic name of the bundle whose card belongs here. */
    String card() {
        return specification == null ? card : specification.card();
    }

    /** The card that is plugged, or null. */
    Fitting fitting() {
        return fitting;
    }

    String refusal() {
        return refusal;
    }

    /** Whether the machine rests because this card is to come back. */
    boolean waiting() {
        return waiting;
    }

    long deadline() {
        return deadline;
    }

    boolean specified() {
        return specification != null;
    }

    /** The slot bundle came back, or went for a while (null). */
    void specify(SlotSpecification now) {
        specification = now;
    }

    boolean wants(Fitting offered) {
        return specification != null && fitting == null && specification.card().equals(offered.key());
    }

    /** Plugs the card and gives it the kept state, if there is one; false if it refused or was refused. */
    boolean plug(Fitting offered) {
        claims.remove(name);
        CardSlot fresh = new CardSlot(specification, board, claims, cable, keptWires);
        claims.put(name, fresh.claimed());
        try {
            offered.card().plug(fresh);
            if (kept != null) offered.card().load(kept);
        } catch (RuntimeException | Error e) {
            refuse(offered, fresh, e);
            return false;
        }
        fitting = offered;
        slot = fresh;
        fresh.settle();
        refusal = "";
        kept = null;
        waiting = false;
        return true;
    }

    /** A kept state stays for another version; the machine goes on without the card. */
    private void refuse(Fitting offered, CardSlot fresh, Throwable e) {
        if (!(e instanceof StateRefused || e instanceof SlotConflict))
            LOG.error("slot {}: {} failed", name, offered.key(), e);
        refusal = e.getMessage() == null ? e.toString() : e.getMessage();
        fresh.end();
        release();
        unplug(offered);
    }

    private void release() {
        for (Wire wire : keptWires.values()) wire.end();
        keptWires = new TreeMap<>();
        claims.remove(name);
        waiting = false;
    }

    /** Pulls the card but keeps its state, claims and the levels of its wires. */
    void keep() {
        if (fitting == null) return;
        // From here on the machine rests; time must not pass the card's alarms while they are only in its state.
        board.clock.stand();
        try {
            kept = fitting.card().save();
        } catch (RuntimeException | Error e) {
            LOG.error("slot {}: {} does not save its state, it is pulled", name, fitting.key(), e);
            pull();
            return;
        }
        keptWires = slot.keep();
        waiting = true;
        deadline = System.nanoTime() + PATIENCE;
        unplug(fitting);
        fitting = null;
        slot = null;
    }

    /** Pulls the card; its state is lost. */
    void pull() {
        if (fitting != null) {
            slot.end();
            unplug(fitting);
            fitting = null;
            slot = null;
        }
        drop();
    }

    /** Nothing is kept any more. */
    void drop() {
        kept = null;
        refusal = "";
        release();
    }

    private void unplug(Fitting pulled) {
        try {
            pulled.card().unplug();
        } catch (RuntimeException | Error e) {
            LOG.error("slot {}: {} failed at being pulled", name, pulled.key(), e);
        }
    }

    void reset() {
        if (fitting == null) return;
        try {
            fitting.card().reset();
        } catch (RuntimeException | Error e) {
            LOG.error("slot {}: {} failed at reset", name, fitting.key(), e);
        }
    }

    Input input(String door) {
        return slot == null ? null : slot.input(door);
    }

    SlotView view() {
        return new SlotView(name, card(), fitting == null ? "" : fitting.version(), refusal, List.copyOf(claims.of(name)));
    }

    List<String> describe() {
        List<String> lines = new ArrayList<>();
        if (fitting == null) return lines;
        fitting.card().save().values().forEach((key, value) -> lines.add(key + " = "
                + (value instanceof Long number ? String.format("%Xh", number)
                : value instanceof byte[] bytes ? bytes.length + " bytes" : value)));
        return lines;
    }
}
