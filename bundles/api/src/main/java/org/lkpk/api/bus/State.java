package org.lkpk.api.bus;

import java.util.Map;
import java.util.TreeMap;

/**
 * State as data. Values are {@code Long}, {@code byte[]}, {@code String} or nested {@code State}, never a class of the
 * bundle that saved it, so that it outlives that bundle's class loader.
 *
 * @param kind what it is the state of: the card's or CPU's symbolic name
 * @param version raised by one whenever a reader must know of a change
 */
public record State(String kind, int version, Map<String, Object> values) {
    public State(String kind, int version) {
        this(kind, version, new TreeMap<>());
    }

    /** Adds a number; returns this, for chaining. */
    public State with(String name, long value) {
        values.put(name, value);
        return this;
    }

    /** Adds a truth value, kept as 0 or 1. */
    public State with(String name, boolean value) {
        return with(name, value ? 1 : 0);
    }

    /** Adds bytes; the array is not copied. */
    public State with(String name, byte[] value) {
        values.put(name, value);
        return this;
    }

    public State with(String name, String value) {
        values.put(name, value);
        return this;
    }

    public State with(String name, State value) {
        values.put(name, value);
        return this;
    }

    /** Adds an alarm's due time and order, if it is set; read back by {@link #alarm}. */
    public State with(String name, Alarm alarm) {
        if (alarm != null) with(name, new State("alarm", 1).with("due", alarm.due()).with("order", alarm.order()));
        return this;
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** @throws StateRefused if there is no such number */
    public long number(String name) {
        return value(name, Long.class);
    }

    /** {@link #number} cut to 32 bits. */
    public int word(String name) {
        return (int) number(name);
    }

    public boolean flag(String name) {
        return number(name) != 0;
    }

    public byte[] bytes(String name) {
        return value(name, byte[].class);
    }

    public String text(String name) {
        return value(name, String.class);
    }

    public State part(String name) {
        return value(name, State.class);
    }

    /** Sets again the alarm saved under {@code name}; null if none was set. */
    public Alarm alarm(String name, Clock clock, Runnable event) {
        return has(name) ? clock.at(part(name).number("due"), part(name).number("order"), event) : null;
    }

    /** Checks that this is a {@code kind} of at most {@code version}; to be called before anything is taken over. */
    public State expect(String kind, int version) {
        if (!this.kind.equals(kind)) throw new StateRefused("state of " + this.kind + " offered to " + kind);
        if (this.version > version)
            throw new StateRefused(kind + ": state version " + this.version + " is newer than " + version);
        return this;
    }

    private <T> T value(String name, Class<T> type) {
        Object value = values.get(name);
        if (!type.isInstance(value)) throw new StateRefused(kind + ": state has no " + type.getSimpleName() + " " + name);
        return type.cast(value);
    }
}
