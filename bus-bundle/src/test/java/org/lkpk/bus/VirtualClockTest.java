package org.lkpk.bus;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.lkpk.api.bus.Alarm;

public class VirtualClockTest {
    private static final long MS = 1_000_000;
    private final List<String> rung = new ArrayList<>();
    private long host;
    private long instructions;
    private int sooner;

    private VirtualClock realTime() {
        VirtualClock clock = new VirtualClock(new HostPace(() -> host, () -> host + instructions), () -> sooner++);
        clock.zero(0);
        clock.go();
        return clock;
    }

    private VirtualClock deterministic() {
        VirtualClock clock = new VirtualClock(new InstructionPace(() -> instructions), () -> sooner++);
        clock.zero(0);
        return clock;
    }

    @Test
    public void equalTimesKeepTheirOrder() {
        VirtualClock clock = realTime();
        clock.after(MS, () -> rung.add("a"));
        clock.after(MS, () -> rung.add("b"));
        clock.after(MS / 2, () -> rung.add("c"));
        host = MS;
        clock.ring();
        host += MS;
        clock.ring();
        assertEquals(List.of("c", "a", "b"), rung);
    }

    @Test
    public void cancelledAlarmDoesNotRing() {
        VirtualClock clock = realTime();
        Alarm alarm = clock.after(MS, () -> rung.add("a"));
        alarm.cancel();
        host = 2 * MS;
        clock.ring();
        assertEquals(List.of(), rung);
    }

    @Test
    public void restoredAlarmsKeepTheirOrder() {
        VirtualClock clock = realTime();
        clock.at(MS, 8, () -> rung.add("late"));
        clock.at(MS, 7, () -> rung.add("early"));
        clock.after(MS, () -> rung.add("new"));
        host = MS;
        clock.ring();
        assertEquals(List.of("early", "late", "new"), rung);
    }

    @Test
    public void alarmSetWhileRingingWaitsForNextTurn() {
        VirtualClock clock = realTime();
        clock.after(MS, () -> clock.after(0, () -> rung.add("again")));
        host = MS;
        clock.ring();
        assertEquals(List.of(), rung);
        clock.ring();
        assertEquals(List.of("again"), rung);
    }

    @Test
    public void earlierAlarmIsTold() {
        VirtualClock clock = realTime();
        clock.after(MS, () -> { });
        clock.after(2 * MS, () -> { });
        assertEquals(1, sooner);
    }

    @Test
    public void alarmThatThrowsDoesNotStopTheNext() {
        VirtualClock clock = realTime();
        clock.after(MS, () -> {
            throw new IllegalStateException("broken on purpose");
        });
        clock.after(MS, () -> rung.add("b"));
        host = MS;
        clock.ring();
        assertEquals(List.of("b"), rung);
    }

    @Test
    public void alarmsOfPulledCardAreGone() {
        VirtualClock clock = realTime();
        VirtualClock.Owned owned = clock.owned();
        owned.after(MS, () -> rung.add("card"));
        clock.after(MS, () -> rung.add("board"));
        owned.end();
        host = MS;
        clock.ring();
        assertEquals(List.of("board"), rung);
    }

    @Test
    public void realTimeFollowsHost() {
        VirtualClock clock = realTime();
        host += 5 * MS;
        assertEquals(5 * MS, clock.now());
    }

    @Test
    public void realTimeStandsWhilePaused() {
        VirtualClock clock = realTime();
        host += MS;
        clock.stand();
        host += 100 * MS;
        assertEquals(MS, clock.now());
        clock.go();
        host += MS;
        assertEquals(2 * MS, clock.now());
    }

    @Test
    public void realTimeNeverPassesAlarm() {
        VirtualClock clock = realTime();
        clock.after(MS, () -> rung.add("at " + clock.now()));
        host += 50 * MS;
        assertEquals(MS, clock.now());
        clock.ring();
        assertEquals(List.of("at " + MS), rung);
    }

    @Test
    public void lateHostIsCaughtUpAtTwiceTheSpeedTickByTick() {
        VirtualClock clock = realTime();
        tick(clock);
        host += 100 * MS;
        long start = host;
        for (int i = 0; i < 4000; i++) {
            clock.ring();
            host += 50_000;
        }
        assertEquals(host, clock.now(), 4 * MS);
        assertEquals("no tick is lost", (host - 1) / (4 * MS), rung.size(), 1);
        assertTrue("not all at once", host - start >= 100 * MS);
    }

    private void tick(VirtualClock clock) {
        clock.after(4 * MS, () -> {
            rung.add("tick");
            tick(clock);
        });
    }

    @Test
    public void lagBeyondASecondIsLost() {
        VirtualClock clock = realTime();
        tick(clock);
        host += 3600_000 * MS;
        for (int i = 0; i < 100_000; i++) {
            clock.ring();
            host += 50_000;
        }
        assertTrue(clock.now() < 7000 * MS);
    }

    @Test
    public void runsGetShorterTowardsAlarm() {
        VirtualClock clock = realTime();
        for (int i = 0; i < 50; i++) clock.measured(100_000, MS);
        clock.after(200_000, () -> { });
        assertEquals("half the way at 100 MIPS", 10_000, clock.budget(), 100);
        host += 190_000;
        assertEquals("not under 20 µs", 2_000, clock.budget(), 20);
    }

    @Test
    public void waitInHaltEndsAtAlarm() {
        VirtualClock clock = realTime();
        assertEquals(Pace.NEVER, clock.idle());
        clock.after(3 * MS, () -> { });
        assertEquals(3 * MS, clock.idle());
    }

    /** A guest that waits for ticks of 4 ms in HLT, and for each of them does {@code work} instructions of 10 ns. */
    private final class Ticking {
        final VirtualClock clock = new VirtualClock(new HostPace(() -> host, () -> instructions), () -> { });
        final long work;
        /** How often the host slept, and how late an alarm was at most. */
        int sleeps;
        long late;

        Ticking(long work) {
            this.work = work;
            clock.zero(0);
            clock.go();
            arm();
        }

        private void arm() {
            long due = clock.now() + 4 * MS;
            clock.after(4 * MS, () -> {
                assertEquals("every alarm finds the clock at its own time", due, clock.now());
                rung.add("tick");
                late = Math.max(late, host - due);
                arm();
            });
        }

        /** Until the host's clock stands there. */
        void to(long end) {
            while (host < end) {
                long before = rung.size();
                clock.ring();
                if (rung.size() > before) {
                    instructions += work;
                    host += 10 * work;
                }
                long wait = clock.idle();
                if (wait > 0) sleeps++;
                host = Math.min(end, host + wait);
            }
        }
    }

    @Test
    public void quietGuestIsWokenForManyTicksAtOnceAndMissesNone() {
        Ticking guest = new Ticking(4000);
        guest.to(2000 * MS);
        guest.sleeps = 0;
        guest.to(62_000 * MS);
        assertTrue(guest.sleeps + " sleeps in a minute", guest.sleeps <= 620);
        assertEquals(62_000 / 4, rung.size(), 26);
        assertTrue("late by " + guest.late, guest.late <= HostPace.SLACK_MAX);
    }

    @Test
    public void guestThatHasJustWorkedIsWokenOnTime() {
        Ticking guest = new Ticking(25_000);
        guest.to(1000 * MS);
        assertEquals(250, guest.sleeps, 2);
        assertEquals(0, guest.late, 1);
    }

    @Test
    public void lateByAPartOfTheTimeForWhichTheGuestHasBeenQuiet() {
        Ticking guest = new Ticking(4000);
        guest.to(160 * MS);
        assertTrue("late by " + guest.late, guest.late <= 10 * MS);
    }

    @Test
    public void guestThatTheHostHasWokenIsOnTimeAgain() {
        Ticking guest = new Ticking(4000);
        guest.to(3000 * MS); // Ends before the sleep does, as when input comes.
        assertTrue("late by " + guest.late, guest.late > 90 * MS);
        guest.to(host + MS);
        guest.late = 0;
        guest.to(host + 10 * MS);
        assertTrue("late by " + guest.late, guest.late <= MS);
    }

    @Test
    public void haltLeapsOverWhatTheHostWasLate() {
        VirtualClock clock = realTime();
        clock.after(MS, () -> { });
        host += 3 * MS;
        clock.ring();
        clock.after(MS, () -> rung.add("at " + clock.now()));
        assertEquals(0, clock.idle());
        clock.ring();
        assertEquals(List.of("at " + 2 * MS), rung);
    }

    @Test
    public void commandInBetweenLosesNoTime() {
        VirtualClock clock = realTime();
        clock.after(MS, () -> { });
        host += 3 * MS;
        clock.stand();
        host += 100 * MS;
        clock.go();
        clock.ring();
        clock.after(2 * MS, () -> { });
        assertEquals(0, clock.idle());
    }

    @Test
    public void deterministicTimeCountsInstructions() {
        VirtualClock clock = deterministic();
        instructions = 7;
        assertEquals(70, clock.now());
    }

    @Test
    public void deterministicAlarmComesBeforeInstructionThatReachesIt() {
        VirtualClock clock = deterministic();
        clock.after(95, () -> rung.add("a"));
        assertEquals(10, clock.budget());
        instructions = 9;
        clock.ring();
        assertEquals(List.of(), rung);
        instructions = 10;
        clock.ring();
        assertEquals(List.of("a"), rung);
    }

    @Test
    public void deterministicHaltJumpsToAlarm() {
        VirtualClock clock = deterministic();
        clock.after(MS, () -> rung.add("at " + clock.now()));
        assertEquals(0, clock.idle());
        clock.ring();
        assertEquals(List.of("at " + MS), rung);
        assertFalse(clock.now() > MS);
    }
}
