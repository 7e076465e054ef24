package org.lkpk.bus;

import java.util.function.LongSupplier;

/**
 * Guest time that follows the host's clock while the machine runs. It never passes an alarm that has not rung, so that
 * every alarm finds the clock at its own time however late the host is. Nor does it leap while instructions are executed:
 * a guest that measures one clock by another would take a pause of the host for its own. What the host was late is caught
 * up at twice the speed, and at once in HLT, at most {@link #LAG_MAX} of it; the rest is lost, as if the machine had been
 * paused.
 *
 * <p>A guest that does nothing but tick is late on purpose, by a part of the time for which it has been so: its alarms then
 * ring several at a time, each at its own guest time, so that the host sees the difference and the guest does not.
 */
final class HostPace implements Pace {
    static final long LAG_MAX = 1_000_000_000;
    /** A run lasts at most this long by the speed measured last, and half the way to the next alarm … */
    private static final long RUN_MAX = 400_000;
    /** … but no shorter than this: the steps to an alarm would never end, and an alarm may be this late. */
    private static final long RUN_MIN = 20_000;

    /** The longest that an instruction takes, in guest ns … */
    static final long SLOWEST = 500;
    /** … and the most of them that are done in one host ns: a repeated string instruction's iterations. */
    private static final double FASTEST = 3;

    /** A guest is quiet while it executes no more instructions than this between two HLTs, a few of Linux's ticks, … */
    private static final long QUIET = 20_000;
    /** … and while the host does not wake it by so much before its time. */
    private static final long EARLY = 100_000;
    /** An alarm may be late by this part of the time for which the guest has been quiet, … */
    private static final int SLACK_PART = 16;
    /** … and no more than this. */
    static final long SLACK_MAX = 100_000_000;

    private final LongSupplier host;
    private final LongSupplier instructions;
    private long counted;
    /** Whether time has passed in HLT since it was looked at. */
    private boolean waited;
    private boolean going;
    /** Instructions at the last HLT, and the host's time at which it was to end. */
    private long rested, waking;
    /** Guest time since which it has been quiet. */
    private long quietSince;
    private long guest;
    private long seen;
    private long lag;
    /** Instructions per host ns. */
    private double speed = 0.02;

    /** @param instructions executed so far */
    HostPace(LongSupplier host, LongSupplier instructions) {
        this.host = host;
        this.instructions = instructions;
    }

    @Override
    public long now(long due) {
        if (!going) return guest;
        long time = host.getAsLong();
        long passed = time - seen;
        seen = time;
        long wanted = passed + Math.min(lag, passed);
        long step = Math.max(0, Math.min(Math.min(wanted, longest()), due - guest));
        guest += step;
        lag = Math.min(LAG_MAX, lag + passed - step);
        return guest;
    }

    /** How long the instructions since the last look may have taken. */
    private long longest() {
        long before = counted;
        counted = instructions.getAsLong();
        boolean any = waited;
        waited = false;
        return any ? Long.MAX_VALUE : (counted - before) * SLOWEST;
    }

    @Override
    public void zero() {
        going = false;
        guest = quietSince = 0;
        lag = 0;
    }

    @Override
    public void go() {
        if (going) return;
        seen = host.getAsLong();
        counted = instructions.getAsLong();
        going = true;
    }

    @Override
    public void stand(long due) {
        now(due);
        going = false;
    }

    @Override
    public long budget(long due) {
        long left = hostUntil(due);
        long time = left <= 2 * RUN_MIN ? left : left / 2;
        return Math.max(1, (long) (speed * Math.max(RUN_MIN, Math.min(RUN_MAX, time))));
    }

    @Override
    public void measured(long instructions, long time) {
        if (instructions >= 100 && time > 0) speed += 0.25 * (Math.min(FASTEST, (double) instructions / time) - speed);
    }

    @Override
    public long idle(long due) {
        now(due);
        if (counted - rested > QUIET || seen < waking - EARLY) quietSince = guest;
        rested = counted;
        waited = true;
        long leap = Math.min(lag, due - guest);
        guest += leap;
        lag -= leap;
        long slack = Math.min(SLACK_MAX, (guest - quietSince) / SLACK_PART);
        long wait = due == NEVER ? NEVER : due == guest ? 0 : due - guest + slack;
        waking = due == NEVER ? seen : seen + wait;
        return wait;
    }

    private long hostUntil(long due) {
        long left = due - now(due);
        return left <= 2 * lag ? (left + 1) / 2 : left - lag;
    }
}
