package org.lkpk.card.pit;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import org.junit.Test;
import org.lkpk.api.bus.testing.Bench;

public class PitTest {
    private static final int COUNTER_0 = 0x40, COUNTER_2 = 0x42, CONTROL = 0x43, SYSTEM = 0x61, OUT_2 = 0x20;

    private final PitCard card = new PitCard();
    private final Bench bench = new Bench().with(card);
    /** The bench stands in the middle of this clock pulse. */
    private long pulse;

    /** Lets clock pulses pass. */
    private void pulses(long count) {
        pulse += count;
        bench.pass((pulse * 1_000_000_000L + 500_000_000L) / 1_193_182 - bench.now());
    }

    private int read(int port) {
        return bench.in(port) | bench.in(port) << 8;
    }

    private void write(int port, int count) {
        bench.out(port, count & 0xFF);
        bench.out(port, count >> 8);
    }

    /** Programs counter 2 with its gate open and lets the pulse pass that loads the count. */
    private void counter2(int control, int count) {
        pulses(1);
        bench.out(SYSTEM, 0x01);
        bench.out(CONTROL, control);
        write(COUNTER_2, count);
        pulses(1);
    }

    private boolean out2() {
        return (bench.in(SYSTEM) & OUT_2) != 0;
    }

    /** OUT 2 at this pulse and those after it. */
    private String wave(int length) {
        StringBuilder wave = new StringBuilder();
        for (int i = 0; i < length; i++) {
            wave.append(out2() ? '-' : '_');
            pulses(1);
        }
        return wave.toString();
    }

    @Test
    public void counter0RunsAt18HzAtResetAsABiosLeavesIt() {
        pulses(2);
        bench.out(CONTROL, 0xC2);
        assertEquals("OUT high, loaded, both bytes, mode 3", 0xB6, bench.in(COUNTER_0));
        assertEquals(0x10000 - 2, read(COUNTER_0));
        int before = bench.rises(0);
        bench.pass(1_000_000_000);
        assertEquals(18, bench.rises(0) - before);
    }

    @Test
    public void theRateKeepsNoRoundingErrorOverAnHour() {
        bench.out(CONTROL, 0x34);
        write(COUNTER_0, 4773);
        int before = bench.rises(0);
        bench.pass(3_600_000_000_000L);
        assertEquals((3600L * 1_193_182 - 1) / 4773, bench.rises(0) - before);
    }

    @Test
    public void aPeriodicTimerWakesOnceAPeriod() {
        bench.out(CONTROL, 0x34);
        write(COUNTER_0, 4773);
        bench.pass(10);
        long due = bench.due();
        assertEquals("the load pulse and 4773 more", 4774 * 1_000_000_000L / 1_193_182, due, 1);
        bench.pass(due - bench.now());
        assertEquals(due + 4773 * 1_000_000_000L / 1_193_182, bench.due(), 1);
        assertEquals(1, bench.pending());
    }

    @Test
    public void mode0RaisesOutOnceAfterTheCount() {
        counter2(0xB0, 3);
        assertEquals("___------", wave(9));
    }

    @Test
    public void mode0CountsOnPastZero() {
        counter2(0xB0, 3);
        assertEquals(3, read(COUNTER_2));
        pulses(5);
        assertEquals(0xFFFE, read(COUNTER_2));
    }

    @Test
    public void mode0StandsStillWhileTheGateIsLow() {
        counter2(0xB0, 5);
        pulses(2);
        bench.out(SYSTEM, 0x00);
        pulses(7);
        assertEquals(3, read(COUNTER_2));
        bench.out(SYSTEM, 0x01);
        assertEquals("___---", wave(6));
    }

    @Test
    public void mode0sFirstByteStopsCountingAndLowersOut() {
        counter2(0xB0, 1);
        pulses(3);
        assertTrue(out2());
        bench.out(COUNTER_2, 4);
        assertFalse(out2());
        pulses(100);
        assertFalse(out2());
        bench.out(COUNTER_2, 0);
        assertEquals("_____-", wave(6));
    }

    @Test
    public void mode1IsAOneShotThatTheGateTriggersAgain() {
        counter2(0xB2, 3);
        assertEquals("----", wave(4));
        bench.out(SYSTEM, 0x00);
        bench.out(SYSTEM, 0x01);
        assertEquals("-___--", wave(6));
        bench.out(SYSTEM, 0x00);
        bench.out(SYSTEM, 0x01);
        pulses(2);
        bench.out(SYSTEM, 0x00);
        bench.out(SYSTEM, 0x01);
        assertEquals("____-", wave(5));
    }

    @Test
    public void mode2LowersOutForTheLastPulseOfEachCycle() {
        counter2(0xB4, 4);
        assertEquals("---_---_---_", wave(12));
        assertEquals(4, read(COUNTER_2));
        pulses(3);
        assertEquals(1, read(COUNTER_2));
    }

    @Test
    public void mode2TakesANewCountAtTheEndOfTheCycle() {
        counter2(0xB4, 4);
        pulses(1);
        write(COUNTER_2, 6);
        bench.out(CONTROL, 0xE8);
        assertEquals("null count is set until it is loaded", 0x40, bench.in(COUNTER_2) & 0x40);
        assertEquals("--_-----_-----_", wave(15));
        bench.out(CONTROL, 0xE8);
        assertEquals(0x00, bench.in(COUNTER_2) & 0x40);
    }

    @Test
    public void mode2sGateHoldsOutHighAndStartsANewCycle() {
        counter2(0xB4, 4);
        pulses(3);
        assertFalse(out2());
        bench.out(SYSTEM, 0x00);
        assertEquals("----------", wave(10));
        bench.out(SYSTEM, 0x01);
        pulses(1);
        assertEquals("---_---_", wave(8));
    }

    @Test
    public void mode3IsASquareWaveWhoseOddPulseIsHigh() {
        counter2(0xB6, 4);
        assertEquals("--__--__", wave(8));
        counter2(0xB6, 5);
        assertEquals("---__---__", wave(10));
    }

    @Test
    public void mode3CountsByTwo() {
        counter2(0xB6, 6);
        int[] seen = new int[6];
        for (int i = 0; i < 6; i++) {
            seen[i] = read(COUNTER_2);
            pulses(1);
        }
        org.junit.Assert.assertArrayEquals(new int[] {6, 4, 2, 6, 4, 2}, seen);
    }

    @Test
    public void mode3TakesANewCountAtTheEndOfTheHalfCycle() {
        counter2(0xB6, 8);
        pulses(1);
        write(COUNTER_2, 4);
        assertEquals("---__--__", wave(9));
    }

    @Test
    public void mode4StrobesOnceAfterTheCount() {
        counter2(0xB8, 3);
        assertEquals("---_------", wave(10));
    }

    @Test
    public void mode4OnCounter0InterruptsOnce() {
        bench.out(CONTROL, 0x38);
        write(COUNTER_0, 1000);
        int before = bench.rises(0);
        pulses(1001);
        assertEquals(before, bench.rises(0));
        pulses(1);
        assertEquals(before + 1, bench.rises(0));
        pulses(200_000);
        assertEquals(before + 1, bench.rises(0));
        assertEquals(0, bench.pending());
    }

    @Test
    public void mode5StrobesAfterATrigger() {
        counter2(0xBA, 3);
        assertEquals("----------", wave(10));
        bench.out(SYSTEM, 0x00);
        bench.out(SYSTEM, 0x01);
        assertEquals("----_---", wave(8));
    }

    @Test
    public void aLatchedCountStaysUntilRead() {
        counter2(0xB4, 1000);
        bench.out(CONTROL, 0x80);
        pulses(100);
        bench.out(CONTROL, 0x80);
        assertEquals(1000, read(COUNTER_2));
        assertEquals(900, read(COUNTER_2));
    }

    @Test
    public void readBackLatchesStatusBeforeCount() {
        counter2(0xB4, 1000);
        bench.out(CONTROL, 0xC8);
        pulses(10);
        assertEquals(0xB4, bench.in(COUNTER_2));
        assertEquals(1000, read(COUNTER_2));
        assertEquals(990, read(COUNTER_2));
    }

    @Test
    public void oneByteAccessReadsAndWritesOneByte() {
        pulses(1);
        bench.out(SYSTEM, 0x01);
        bench.out(CONTROL, 0xA0);
        bench.out(COUNTER_2, 0x12);
        pulses(1);
        assertEquals(0x12, bench.in(COUNTER_2));
        pulses(1);
        assertEquals(0x11, bench.in(COUNTER_2));
        bench.out(CONTROL, 0x90);
        bench.out(COUNTER_2, 0x12);
        pulses(3);
        assertEquals(0x10, bench.in(COUNTER_2));
    }

    @Test
    public void bcdCountsInDecimalDigits() {
        counter2(0xB1, 0x1000);
        pulses(1);
        assertEquals(0x0999, read(COUNTER_2));
        pulses(1000);
        assertEquals(0x9999, read(COUNTER_2));
    }

    @Test
    public void aCountOfZeroIsTheLargest() {
        counter2(0xB0, 0);
        pulses(0xFFFF);
        assertFalse(out2());
        pulses(1);
        assertTrue(out2());
    }

    @Test
    public void refreshBitTogglesEvery15Microseconds() {
        int toggles = 0;
        for (int i = 0, last = bench.in(SYSTEM) & 0x10; i < 1000; i++) {
            bench.pass(1_000);
            int now = bench.in(SYSTEM) & 0x10;
            if (now != last) toggles++;
            last = now;
        }
        assertEquals(66, toggles);
    }

    @Test
    public void anIllegalCountOfOneRingsNoAlarms() {
        bench.out(CONTROL, 0x34);
        write(COUNTER_0, 1);
        bench.pass(2_000);
        assertEquals(0, bench.pending());
    }

    @Test
    public void stateMovesToANewCardInTheMiddleOfAPeriod() {
        bench.out(CONTROL, 0x34);
        write(COUNTER_0, 4773);
        counter2(0xB4, 1000);
        bench.out(CONTROL, 0x80);
        pulses(2000);
        long due = bench.due();
        bench.replace(card, new PitCard());
        int before = bench.rises(0);
        assertEquals(due, bench.due());
        assertEquals("latched", 1000, read(COUNTER_2));
        assertEquals(1000, read(COUNTER_2));
        bench.pass(20_000_000);
        assertEquals(5, bench.rises(0) - before);
    }
}
