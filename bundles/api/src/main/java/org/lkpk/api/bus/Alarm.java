package org.lkpk.api.bus;

/** An event still to come. */
public interface Alarm {
    /** Guest time in ns at which it is due. */
    long due();

    /** Its place among alarms due at the same time. */
    long order();

    /** Takes it back; without effect when it has rung. */
    void cancel();
}
