package org.lkpk.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.lkpk.api.bus.Input;
import org.lkpk.api.machine.SlotView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The slots of one machine and the cards in them. Belongs to the machine's thread, but for what says otherwise. */
final class Backplane {
    private static final Logger LOG = LoggerFactory.getLogger(Backplane.class);

    private final Motherboard board;
    private final Consumer<String> told;
    private final Claims claims = new Claims();
    private final Map<String, Socket> sockets = new TreeMap<>();
    private final Map<String, Cable> cables = new ConcurrentHashMap<>();
    private volatile List<SlotView> views = List.of();

    Backplane(Motherboard board, Consumer<String> told) {
        this.board = board;
        this.told = told;
    }

    /** Slots as they were after the last change; any thread. */
    List<SlotView> views() {
        return views;
    }

    Claims claims() {
        return claims;
    }

    /** The serial cable of a slot, whether there is such a slot or not; any thread. */
    Cable cable(String slot) {
        return cables.computeIfAbsent(slot, name -> new Cable());
    }

    /** A slot bundle is there; a slot of that name that waits for it goes on. */
    void add(SlotSpecification specification) {
        Socket socket = sockets.get(specification.name());
        if (socket == null) sockets.put(specification.name(), new Socket(specification, board, claims, cable(specification.name())));
        else socket.specify(specification);
        publish();
    }

    /**
     * A slot bundle goes.
     *
     * @param comesBack whether its state is to be kept a while
     * @return the card that was pulled
     */
    List<Fitting> remove(String slot, boolean comesBack) {
        Socket socket = sockets.get(slot);
        List<Fitting> pulled = new ArrayList<>();
        if (socket == null) return pulled;
        pull(socket, comesBack, pulled);
        if (comesBack && socket.waiting()) socket.specify(null);
        else forget(socket);
        publish();
        return pulled;
    }

    /** Plugs a card; false if it is not wanted or refused, which is then told and seen in {@link #views}. */
    boolean fit(Fitting fitting) {
        Socket socket = sockets.get(fitting.slot());
        if (socket == null || !socket.wants(fitting)) return false;
        String before = socket.refusal();
        boolean fitted = socket.plug(fitting);
        if (!fitted && !socket.refusal().equals(before)) told.accept(socket.refusal());
        publish();
        return fitted;
    }

    /** Who gave cards takes them back. */
    List<Fitting> leave(Object provider, String key, boolean comesBack) {
        List<Fitting> pulled = new ArrayList<>();
        for (Socket socket : sockets.values()) {
            if (socket.fitting() != null && socket.fitting().provider().equals(provider)) pull(socket, comesBack, pulled);
            else if (!comesBack && socket.fitting() == null && socket.card().equals(key)) socket.drop();
        }
        publish();
        return pulled;
    }

    private void pull(Socket socket, boolean comesBack, List<Fitting> pulled) {
        if (socket.fitting() != null) pulled.add(socket.fitting());
        if (comesBack) socket.keep();
        else socket.pull();
    }

    private void forget(Socket socket) {
        socket.drop();
        sockets.remove(socket.name());
    }

    List<Fitting> fittings() {
        List<Fitting> all = new ArrayList<>();
        for (Socket socket : sockets.values()) if (socket.fitting() != null) all.add(socket.fitting());
        return all;
    }

    /** Host time until which the machine rests for a card's next version; 0 if it need not. */
    long restUntil() {
        long until = 0;
        for (Socket socket : sockets.values())
            if (socket.waiting()) until = until == 0 ? socket.deadline() : Math.min(until, socket.deadline());
        return until;
    }

    /** Gives up waiting where the time is over. */
    void expire(long now) {
        for (Socket socket : new ArrayList<>(sockets.values())) {
            if (!socket.waiting() || socket.deadline() - now > 0) continue;
            told.accept("slot " + socket.name() + ": " + socket.card() + " did not come back, the card is pulled");
            if (socket.specified()) socket.drop();
            else forget(socket);
        }
        publish();
    }

    /** The RESET line reaches all cards. */
    void reset() {
        for (Socket socket : sockets.values()) socket.reset();
    }

    /** Power-off: states that wait for a card are dropped. */
    void powerOff() {
        for (Socket socket : new ArrayList<>(sockets.values()))
            if (socket.specified() && socket.fitting() == null) socket.drop();
        publish();
    }

    /** Whether input for the slot has to wait for its card to come back. */
    boolean away(String slot) {
        Socket socket = sockets.get(slot);
        return socket != null && socket.waiting();
    }

    /** The card's way in of this name; null if there is none. */
    Input input(String slot, String name) {
        Socket socket = sockets.get(slot);
        return socket == null ? null : socket.input(name);
    }

    /** The card's state, for people; empty without a card. */
    List<String> describe(String slot) {
        Socket socket = sockets.get(slot);
        return socket == null ? List.of("no slot " + slot) : socket.describe();
    }

    private void publish() {
        List<SlotView> all = new ArrayList<>();
        for (Socket socket : sockets.values()) all.add(socket.view());
        views = List.copyOf(all);
        LOG.debug("slots: {}", views);
    }
}
