package org.lkpk.bus;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.lkpk.api.machine.Machine.Listener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is told of what happens to a machine. One that throws is logged and told again next time. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<Listener> all = new CopyOnWriteArrayList<>();

    void add(Listener listener) {
        all.add(listener);
    }

    void remove(Listener listener) {
        all.remove(listener);
    }

    void booted() {
        tell(Listener::booted);
    }

    void ending(String cause) {
        tell(listener -> listener.ending(cause));
    }

    void told(String line) {
        tell(listener -> listener.told(line));
    }

    private void tell(Consumer<Listener> event) {
        for (Listener listener : all) {
            try {
                event.accept(listener);
            } catch (RuntimeException | Error e) {
                LOG.error("listener {} failed", listener.getClass().getName(), e);
            }
        }
    }
}
