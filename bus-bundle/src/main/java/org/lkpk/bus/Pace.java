package org.lkpk.bus;

/** Where guest time comes from. Times are guest ns since power-on unless said otherwise; {@code due} is the next alarm's. */
interface Pace {
    /** What stands for the time of an alarm when none is set. */
    long NEVER = Long.MAX_VALUE;

    /** Present guest time. */
    long now(long due);

    /** Guest time starts at zero again, standing. */
    void zero();

    /** Guest time goes on. */
    void go();

    /** Guest time stands from {@code now} on. */
    void stand(long due);

    /** How many instructions to run before looking at the clock again; at least 1. */
    long budget(long due);

    /** What the last run took, in instructions and host ns. */
    void measured(long instructions, long host);

    /** The CPU is in HLT: host ns to wait for the alarm; 0 if guest time has just been brought there. */
    long idle(long due);
}
