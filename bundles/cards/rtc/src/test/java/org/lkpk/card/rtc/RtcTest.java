package org.lkpk.card.rtc;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import org.junit.Test;
import org.lkpk.api.bus.testing.Bench;

public class RtcTest {
    private static final int A = 10, B = 11, C = 12, D = 13, CENTURY = 0x32, IRQ = 8;
    private static final long SECOND = 1_000_000_000;

    private final RtcCard card = new RtcCard();
    /** Power-on is at 2026-01-02 03:04:05, a Friday. */
    private final Bench bench = new Bench().with(card);

    private int read(int register) {
        bench.out(0x70, register);
        return bench.in(0x71);
    }

    private void write(int register, int value) {
        bench.out(0x70, register);
        bench.out(0x71, value);
    }

    /** Date and time as the registers have them. */
    private String shown() {
        return String.format("%02x%02x-%02x-%02x %02x:%02x:%02x %x", read(CENTURY), read(9), read(8), read(7), read(4),
                read(2), read(0), read(6));
    }

    @Test
    public void timeIsTheMachinesInBcd() {
        assertEquals("2026-01-02 03:04:05 6", shown());
        bench.pass(86_400 * SECOND * 59 + 56 * SECOND);
        assertEquals("2026-03-02 03:05:01 2", shown());
    }

    @Test
    public void binaryAndTwelveHoursAreChosenInB() {
        bench.pass(20 * 3600 * SECOND);
        write(B, 0x04);
        assertEquals("11 PM", 0x80 | 11, read(4));
        assertEquals(26, read(9));
        write(B, 0x00);
        assertEquals(0x91, read(4));
        bench.pass(3600 * SECOND);
        assertEquals("midnight is 12 AM", 0x12, read(4));
    }

    @Test
    public void linuxSetsTheTimeWithSetAndDividerReset() {
        bench.pass(SECOND / 4);
        write(B, 0x82);
        write(A, 0x70);
        int[] registers = {9, 8, 7, 4, 2, 0, CENTURY}, values = {0x99, 0x12, 0x31, 0x23, 0x59, 0x58, 0x19};
        for (int i = 0; i < registers.length; i++) write(registers[i], values[i]);
        bench.pass(3 * SECOND);
        assertEquals("stands still", 0x58, read(0));
        write(B, 0x02);
        write(A, 0x26);
        bench.pass(SECOND / 2 - 1);
        assertEquals("1999-12-31 23:59:58 6", shown());
        bench.pass(1);
        assertEquals("the first update is half a second later", 0x59, read(0));
        bench.pass(SECOND);
        assertEquals("2000-01-01 00:00:00 7", shown());
    }

    @Test
    public void aSingleRegisterCanBeSetWhileTheClockRuns() {
        write(2, 0x30);
        assertEquals("2026-01-02 03:30:05 6", shown());
    }

    @Test
    public void oddValuesCountOn() {
        write(8, 0x02);
        write(7, 0x31);
        assertEquals("2026-03-03 03:04:05 3", shown());
    }

    @Test
    public void yearsBeyondTheClocksReachAreTheNearest() {
        write(CENTURY, 0x99);
        assertEquals("2199-01-02 03:04:05 4", shown());
        write(CENTURY, 0x00);
        assertEquals("1900-01-02 03:04:05 3", shown());
    }

    @Test
    public void updateInProgressIsSeenJustBeforeTheSecondChanges() {
        bench.pass(SECOND - 2_228_001);
        assertEquals(0x26, read(A));
        bench.pass(1);
        assertEquals(0xA6, read(A));
        bench.pass(2_228_000);
        assertEquals(0x26, read(A));
        assertEquals(0x06, read(0));
    }

    @Test
    public void updateEndedInterruptsEachSecondUntilCIsRead() {
        write(B, 0x12);
        bench.pass(SECOND - 1);
        assertFalse(bench.line(IRQ));
        bench.pass(1);
        assertTrue(bench.line(IRQ));
        assertEquals("the timer's flag is set too, unasked", 0xD0, read(C));
        assertFalse(bench.line(IRQ));
        assertEquals(0x00, read(C));
        bench.pass(SECOND);
        assertEquals(2, bench.rises(IRQ));
    }

    @Test
    public void periodicInterruptComesAt1024HzWithoutDrift() {
        write(B, 0x42);
        for (int i = 0; i < 1024; i++) {
            bench.pass(bench.due() - bench.now());
            assertEquals(0xC0, read(C) & 0xC0);
        }
        assertEquals(SECOND, bench.now());
        assertEquals(1024, bench.rises(IRQ));
    }

    @Test
    public void anUnreadInterruptCostsNoAlarms() {
        write(B, 0x42);
        bench.pass(SECOND);
        assertEquals(0, bench.pending());
        assertEquals(1, bench.rises(IRQ));
    }

    @Test
    public void slowestAndFastestRates() {
        write(A, 0x2F);
        write(B, 0x42);
        bench.pass(SECOND / 2 - 1);
        assertFalse(bench.line(IRQ));
        bench.pass(1);
        assertTrue(bench.line(IRQ));
        read(C);
        write(A, 0x23);
        bench.pass(SECOND / 8192 + 1);
        assertTrue(bench.line(IRQ));
    }

    @Test
    public void alarmComesAtItsTime() {
        write(1, 0x10);
        write(3, 0x05);
        write(5, 0x03);
        write(B, 0x22);
        bench.pass(64 * SECOND);
        assertFalse(bench.line(IRQ));
        bench.pass(SECOND);
        assertTrue(bench.line(IRQ));
        assertEquals(0xA0, read(C) & 0xA0);
        bench.pass(86_399 * SECOND);
        assertFalse(bench.line(IRQ));
        bench.pass(SECOND);
        assertTrue(bench.line(IRQ));
    }

    @Test
    public void alarmsDontCareBitsMatchEverything() {
        write(1, 0x00);
        write(3, 0xFF);
        write(5, 0xC0);
        write(B, 0x22);
        for (int i = 0; i < 5; i++) {
            bench.pass(60 * SECOND);
            read(C);
        }
        assertEquals(5, bench.rises(IRQ));
    }

    @Test
    public void flagsAreSetWithoutInterrupts() {
        bench.pass(2 * SECOND);
        assertEquals("periodic and update, no request", 0x50, read(C));
        assertFalse(bench.line(IRQ));
    }

    @Test
    public void setStopsUpdateInterrupts() {
        write(B, 0x92);
        assertEquals("SET clears UIE", 0x82, read(B));
        bench.pass(2 * SECOND);
        assertEquals(0x00, read(C) & 0x10);
    }

    @Test
    public void memoryIsKeptOverReset() {
        write(0x0F, 0x5A);
        write(0x7F, 0xA5);
        write(B, 0x7A);
        card.reset();
        assertEquals(0x5A, read(0x0F));
        assertEquals(0xA5, read(0x7F));
        assertEquals(0x02, read(B));
        assertEquals("2026-01-02 03:04:05 6", shown());
    }

    @Test
    public void batteryIsGoodAndTheChecksumRight() {
        assertEquals(0x80, read(D));
        assertEquals(640, read(0x15) | read(0x16) << 8);
        int sum = 0;
        for (int i = 0x10; i < 0x2E; i++) sum += read(i);
        assertEquals(sum, read(0x2E) << 8 | read(0x2F));
    }

    @Test
    public void stateMovesToANewCardInTheMiddleOfASecond() {
        write(2, 0x30);
        write(0x40, 0x77);
        write(B, 0x12);
        bench.pass(SECOND / 3);
        RtcCard fresh = new RtcCard();
        bench.replace(card, fresh);
        bench.pass(SECOND - SECOND / 3 - 1);
        assertFalse(bench.line(IRQ));
        bench.pass(1);
        assertTrue(bench.line(IRQ));
        bench.replace(fresh, new RtcCard());
        assertTrue(bench.line(IRQ));
        assertEquals("2026-01-02 03:30:06 6", shown());
        assertEquals(0x77, read(0x40));
    }
}
