package org.lkpk.card.uart;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Before;
import org.junit.Test;
import org.lkpk.api.bus.State;
import org.lkpk.api.bus.StateRefused;
import org.lkpk.api.bus.testing.Bench;

public class UartTest {
    private static final int DATA = 0x3F8, IER = 0x3F9, IIR = 0x3FA, FCR = 0x3FA, LCR = 0x3FB, MCR = 0x3FC, LSR = 0x3FD,
            MSR = 0x3FE, SCR = 0x3FF, IRQ = 4;
    /** One character of 10 bits at 115,200 baud. */
    private static final long CHARACTER = 86_806;

    private final UartCard card = new UartCard();
    private final Bench bench = new Bench("pace=baud").with(card);

    @Before
    public void eightBitsAt115200BaudWithInterruptsOntoTheWire() {
        bench.out(LCR, 0x83);
        bench.out(DATA, 1);
        bench.out(IER, 0);
        bench.out(LCR, 0x03);
        bench.out(MCR, 0x0B);
    }

    @Test
    public void scratchAndIerKeepTheBitsTheyHave() {
        bench.out(SCR, 0xA5);
        bench.out(IER, 0xF5);
        assertEquals(0xA5, bench.in(SCR));
        assertEquals(0x05, bench.in(IER));
    }

    @Test
    public void theDivisorLiesBehindDlab() {
        bench.out(LCR, 0x83);
        bench.out(DATA, 0x34);
        bench.out(IER, 0x12);
        assertEquals(0x34, bench.in(DATA));
        assertEquals(0x12, bench.in(IER));
        bench.out(LCR, 0x03);
        assertEquals(0, bench.in(IER));
    }

    @Test
    public void loopbackFeedsModemOutputsToModemInputs() {
        bench.out(MCR, 0x1A);
        assertEquals(0x90, bench.in(MSR) & 0xF0);
        bench.out(MCR, 0x15);
        assertEquals(0x60, bench.in(MSR) & 0xF0);
    }

    @Test
    public void modemDeltasStayUntilRead() {
        bench.in(MSR);
        bench.out(MCR, 0x18);
        assertEquals("CTS and DSR fell, DCD stays", 0x83, bench.in(MSR));
        assertEquals(0x80, bench.in(MSR));
        bench.out(MCR, 0x1C);
        assertEquals("a ring that begins is no delta", 0xC0, bench.in(MSR));
        bench.out(MCR, 0x18);
        assertEquals("a ring that ends is", 0x84, bench.in(MSR));
    }

    @Test
    public void modemDeltaRaisesTheLeastCause() {
        bench.out(IER, 0x08);
        bench.out(MCR, 0x18);
        bench.out(MCR, 0x0B);
        assertTrue(bench.line(IRQ));
        assertEquals(0x00, bench.in(IIR));
        bench.in(MSR);
        assertFalse(bench.line(IRQ));
    }

    @Test
    public void aByteIsSentAfterItsCharacterTime() {
        bench.out(DATA, 'A');
        assertEquals("holding register empty, shift register not", 0x20, bench.in(LSR));
        bench.pass(CHARACTER - 10);
        assertEquals("", bench.text());
        bench.pass(10);
        assertEquals("A", bench.text());
        assertEquals(0x60, bench.in(LSR));
    }

    @Test
    public void parityStopBitsAndDivisorLengthenTheCharacter() {
        bench.out(LCR, 0x8F);
        bench.out(DATA, 12);
        bench.out(LCR, 0x0F);
        bench.out(DATA, 'A');
        bench.pass(1_249_000);
        assertEquals("", bench.text());
        bench.pass(1_001);
        assertEquals("A", bench.text());
    }

    @Test
    public void aSecondByteWaitsInTheHoldingRegister() {
        bench.out(DATA, 'A');
        bench.out(DATA, 'B');
        assertEquals(0x00, bench.in(LSR));
        bench.pass(CHARACTER);
        assertEquals("A", bench.text());
        bench.pass(CHARACTER);
        assertEquals("AB", bench.text());
    }

    @Test
    public void shortWordsLoseTheirHighBits() {
        bench.out(LCR, 0x00);
        bench.out(DATA, 0xFF);
        bench.pass(CHARACTER);
        assertEquals(List.of(0x1F), bench.sent);
    }

    @Test
    public void enablingSentWhileEmptyRaisesIrqEachTime() {
        for (int i = 0; i < 2; i++) {
            bench.out(IER, 0x02);
            assertTrue(bench.line(IRQ));
            assertEquals(0x02, bench.in(IIR));
            assertFalse(bench.line(IRQ));
            assertEquals(0x01, bench.in(IIR));
            bench.out(IER, 0x00);
        }
    }

    @Test
    public void withoutOut2NoInterruptReachesTheWire() {
        bench.out(MCR, 0x03);
        bench.out(IER, 0x02);
        assertFalse(bench.line(IRQ));
        assertEquals(0x02, bench.in(IIR));
    }

    @Test
    public void fifoIsDetectedByIir() {
        assertEquals(0x01, bench.in(IIR));
        bench.out(FCR, 0x01);
        assertEquals(0xC1, bench.in(IIR));
        bench.out(FCR, 0x00);
        assertEquals(0x01, bench.in(IIR));
    }

    @Test
    public void sixteenBytesFitIntoTheTransmitterOneMoreIsInTheShiftRegister() {
        bench.out(FCR, 0x01);
        for (int i = 0; i < 20; i++) bench.out(DATA, 'a' + i);
        bench.pass(30 * CHARACTER);
        assertEquals("abcdefghijklmnopq", bench.text());
    }

    @Test
    public void sentIsRaisedWhenTheFifoHasRunEmpty() {
        bench.out(FCR, 0x01);
        bench.out(DATA, 'a');
        bench.out(DATA, 'b');
        bench.out(DATA, 'c');
        bench.out(IER, 0x02);
        assertFalse(bench.line(IRQ));
        bench.pass(CHARACTER);
        assertFalse(bench.line(IRQ));
        bench.pass(CHARACTER);
        assertTrue(bench.line(IRQ));
        assertEquals("the last byte is still being shifted", 0x20, bench.in(LSR));
        assertEquals(0xC2, bench.in(IIR));
    }

    @Test
    public void aFarEndThatIsNotReadyHoldsTheTransmitter() {
        bench.ready = false;
        bench.out(DATA, 'A');
        bench.pass(100 * CHARACTER);
        assertEquals(0x20, bench.in(LSR));
        bench.ready = true;
        bench.pass(1_000_000);
        assertEquals("A", bench.text());
    }

    @Test
    public void aByteArrivesAfterItsCharacterTime() {
        bench.out(IER, 0x01);
        bench.give("serial", (byte) 'z');
        assertEquals(0x60, bench.in(LSR));
        bench.pass(CHARACTER);
        assertEquals(0x61, bench.in(LSR));
        assertEquals(0x04, bench.in(IIR));
        assertEquals('z', bench.in(DATA));
        assertFalse(bench.line(IRQ));
        assertEquals(0x60, bench.in(LSR));
    }

    @Test
    public void theFarEndWaitsWhileTheReceiverIsFull() {
        bench.out(FCR, 0x01);
        byte[] bytes = new byte[100];
        for (int i = 0; i < 100; i++) bytes[i] = (byte) i;
        assertEquals(64, bench.give("serial", bytes));
        bench.pass(100 * CHARACTER);
        for (int i = 0; i < 64; i++) {
            assertEquals(i, bench.in(DATA));
            bench.pass(CHARACTER);
        }
        assertEquals("no byte lost, none left", 0x60, bench.in(LSR));
    }

    @Test
    public void triggerLevelRaisesAndReadingBelowItLowers() {
        bench.out(FCR, 0x41);
        bench.out(IER, 0x01);
        bench.give("serial", new byte[4]);
        bench.pass(3 * CHARACTER);
        assertFalse(bench.line(IRQ));
        bench.pass(CHARACTER);
        assertEquals(0xC4, bench.in(IIR));
        bench.in(DATA);
        assertEquals(0xC1, bench.in(IIR));
    }

    @Test
    public void bytesBelowTheTriggerTimeOutAfterFourCharacters() {
        bench.out(FCR, 0xC1);
        bench.out(IER, 0x01);
        bench.give("serial", (byte) 1, (byte) 2);
        bench.pass(2 * CHARACTER);
        bench.pass(4 * CHARACTER - 100);
        assertFalse(bench.line(IRQ));
        bench.pass(100);
        assertEquals(0xCC, bench.in(IIR));
        bench.in(DATA);
        assertEquals("a read ends it and starts the time anew", 0xC1, bench.in(IIR));
        bench.pass(4 * CHARACTER);
        assertEquals(0xCC, bench.in(IIR));
        bench.in(DATA);
        assertFalse(bench.line(IRQ));
        assertEquals(0, bench.pending());
    }

    @Test
    public void loopbackCountsTheFifoAsLinuxDoes() {
        bench.out(FCR, 0x07);
        bench.out(MCR, 0x10);
        for (int i = 0; i < 256; i++) bench.out(DATA, i);
        bench.pass(20_000_000);
        int count = 0;
        while ((bench.in(LSR) & 0x01) != 0 && count < 256) {
            bench.in(DATA);
            count++;
        }
        assertEquals(16, count);
        assertEquals("nothing left the card", "", bench.text());
    }

    @Test
    public void overrunIsTheHighestCauseAndEndsWithReadingLsr() {
        bench.out(IER, 0x07);
        bench.out(MCR, 0x18);
        bench.out(DATA, 'A');
        bench.pass(CHARACTER);
        bench.out(DATA, 'B');
        bench.pass(CHARACTER);
        assertEquals(0x06, bench.in(IIR));
        assertEquals(0x63, bench.in(LSR));
        assertEquals("the newer byte took the place", 'B', bench.in(DATA));
        assertEquals(0x60, bench.in(LSR));
    }

    @Test
    public void clearingTheFifosEmptiesThem() {
        bench.out(FCR, 0x01);
        bench.give("serial", (byte) 1);
        bench.pass(CHARACTER);
        bench.out(DATA, 'a');
        bench.out(DATA, 'b');
        bench.out(FCR, 0x07);
        assertEquals(0x20, bench.in(LSR));
        bench.pass(5 * CHARACTER);
        assertEquals("the shift register is not cleared", "a", bench.text());
    }

    @Test
    public void stateMovesToANewCardInTheMiddleOfACharacter() {
        bench.out(FCR, 0xC1);
        bench.out(IER, 0x03);
        bench.out(DATA, 'A');
        bench.out(DATA, 'B');
        bench.give("serial", (byte) 'x', (byte) 'y');
        bench.pass(CHARACTER / 2);
        UartCard fresh = new UartCard();
        bench.replace(card, fresh);
        assertEquals("", bench.text());
        bench.pass(CHARACTER / 2 + 2);
        assertEquals("A", bench.text());
        assertTrue(bench.line(IRQ));
        bench.replace(fresh, new UartCard());
        assertTrue("the wire is driven again", bench.line(IRQ));
        assertEquals(0xC2, bench.in(IIR));
        bench.pass(6 * CHARACTER);
        assertEquals("AB", bench.text());
        assertEquals(0xCC, bench.in(IIR));
        assertEquals('x', bench.in(DATA));
        assertEquals('y', bench.in(DATA));
    }

    @Test
    public void stateOfAnotherKindOrOfTheFutureIsRefused() {
        State other = new State("org.lkpk.card.pit", 1);
        assertThrows(StateRefused.class, () -> card.load(other));
        State newer = new State("org.lkpk.card.uart", 2);
        assertThrows(StateRefused.class, () -> card.load(newer));
    }

    @Test
    public void resetKeepsScratchAndDivisorOnly() {
        bench.out(SCR, 0x5A);
        bench.out(IER, 0x02);
        bench.out(DATA, 'A');
        card.reset();
        assertFalse(bench.line(IRQ));
        assertEquals(0x60, bench.in(LSR));
        assertEquals(0x00, bench.in(IER));
        assertEquals(0x00, bench.in(MCR));
        assertEquals(0x5A, bench.in(SCR));
        bench.out(LCR, 0x80);
        assertEquals(1, bench.in(DATA));
        assertEquals("the byte on its way is gone", 0, bench.pending());
    }

    @Test
    public void atFastPaceACharacterTakesTwoMicroseconds() {
        Bench fast = new Bench("port=0x2f8", "irq=3").with(new UartCard());
        fast.out(0x2FB, 0x03);
        fast.out(0x2F8, 'A');
        fast.pass(1_999);
        assertEquals("", fast.text());
        fast.pass(1);
        assertEquals("A", fast.text());
    }

    @Test
    public void anUnknownPaceIsNamed() {
        Bench wrong = new Bench("pace=warp");
        var refusal = assertThrows(IllegalArgumentException.class, () -> wrong.with(new UartCard()));
        assertEquals("bench: pace=warp is neither baud nor fast", refusal.getMessage());
    }
}
