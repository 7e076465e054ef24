package org.lkpk.bus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.lkpk.api.bus.Alarm;
import org.lkpk.api.bus.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine's virtual clock: a heap of alarms over the pace at which guest time goes. */
final class VirtualClock implements Clock {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualClock.class);

    private final Pace pace;
    private final Runnable sooner;
    private final PriorityQueue<Entry> alarms =
            new PriorityQueue<>(Comparator.comparingLong(Entry::due).thenComparingLong(Entry::order));
    private long order;
    private long epoch;
    /** Time of the alarms that are ringing. */
    private long ringing = Pace.NEVER;

    /** @param sooner called when an alarm is set that comes before all others: a run in progress has to end earlier */
    VirtualClock(Pace pace, Runnable sooner) {
        this.pace = pace;
        this.sooner = sooner;
    }

    /** Power-on: time is zero, no alarm is set, and the battery clock tells {@code epoch}. */
    void zero(long epoch) {
        alarms.clear();
        order = 0;
        this.epoch = epoch;
        pace.zero();
    }

    @Override
    public long now() {
        return pace.now(horizon());
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public Alarm after(long delay, Runnable event) {
        return set(new Entry(now() + Math.max(0, delay), order++, event, this));
    }

    @Override
    public Alarm at(long due, long place, Runnable event) {
        order = Math.max(order, place + 1);
        return set(new Entry(due, place, event, this));
    }

    private Alarm set(Entry entry) {
        alarms.add(entry);
        if (alarms.peek() == entry && ringing == Pace.NEVER) sooner.run();
        return entry;
    }

    /** The time that must not be passed yet. */
    private long horizon() {
        return Math.min(ringing, due());
    }

    /** Time of the next alarm. */
    long due() {
        Entry next = alarms.peek();
        return next == null ? Pace.NEVER : next.due;
    }

    int pending() {
        return alarms.size();
    }

    /** Rings the alarms of the earliest time that has come, and of that time only: the guest gets a turn in between. */
    void ring() {
        long due = due();
        if (due > now()) return;
        long last = order;
        ringing = due;
        while (!alarms.isEmpty() && alarms.peek().due <= due && alarms.peek().order < last) alarms.poll().ring();
        ringing = Pace.NEVER;
    }

    /** A clock like this one whose alarms can be taken back together. */
    Owned owned() {
        return new Owned();
    }

    void go() {
        pace.go();
    }

    void stand() {
        pace.stand(horizon());
    }

    long budget() {
        return pace.budget(due());
    }

    void measured(long instructions, long host) {
        pace.measured(instructions, host);
    }

    /** In HLT: host ns to wait before the next alarm can ring; 0 if it can now. */
    long idle() {
        return pace.idle(due());
    }

    /** The clock as one card has it. */
    final class Owned implements Clock {
        private boolean ended;

        @Override
        public long now() {
            return VirtualClock.this.now();
        }

        @Override
        public long epoch() {
            return epoch;
        }

        @Override
        public Alarm after(long delay, Runnable event) {
            check();
            return set(new Entry(now() + Math.max(0, delay), order++, event, this));
        }

        @Override
        public Alarm at(long due, long place, Runnable event) {
            check();
            order = Math.max(order, place + 1);
            return set(new Entry(due, place, event, this));
        }

        /** Takes all alarms set through this clock back; none can be set any more. */
        void end() {
            ended = true;
            List<Entry> mine = new ArrayList<>();
            for (Entry entry : alarms) if (entry.owner == this) mine.add(entry);
            alarms.removeAll(mine);
        }

        private void check() {
            if (ended) throw new IllegalStateException("the card of this clock has been pulled");
        }
    }

    private final class Entry implements Alarm {
        private final long due;
        private final long order;
        private final Runnable event;
        private final Clock owner;

        Entry(long due, long order, Runnable event, Clock owner) {
            this.due = due;
            this.order = order;
            this.event = event;
            this.owner = owner;
        }

        @Override
        public long due() {
            return due;
        }

        @Override
        public long order() {
            return order;
        }

        @Override
        public void cancel() {
            alarms.remove(this);
        }

        void ring() {
            try {
                event.run();
            } catch (RuntimeException | Error e) {
                LOG.error("alarm of {} failed", event.getClass().getName(), e);
            }
        }
    }
}
