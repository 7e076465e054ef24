package org.lkpk.api.bus;

/** Virtual time. It stands still when the guest does. */
public interface Clock {
    /** Nanoseconds of guest time since power-on. */
    long now();

    /** Nanoseconds between 1970-01-01 00:00 UTC and power-on, as the machine's battery clock tells it. */
    long epoch();

    /** Calls {@code event} on the machine's thread {@code delay} ns from now; equal times keep the order of asking. */
    Alarm after(long delay, Runnable event);

    /** Sets again an alarm that a saved state tells of: {@link Alarm#due} and {@link Alarm#order} as they were. */
    Alarm at(long due, long order, Runnable event);
}
