package org.lkpk.card.keyboard;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;
import org.lkpk.api.bus.testing.Bench;

public class KeyboardTest {
    private static final int DATA = 0x60, STATUS = 0x64, IRQ = 1;

    private final KeyboardCard card = new KeyboardCard();
    private final Bench bench = new Bench().with(card);

    /** What the guest reads within a tenth of a second, byte after byte. */
    private String read() {
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            if ((bench.in(STATUS) & 0x01) != 0) bytes.append(String.format("%02x ", bench.in(DATA)));
            bench.pass(100_000);
        }
        return bytes.toString().trim();
    }

    private void command(int... bytes) {
        bench.out(STATUS, bytes[0]);
        for (int i = 1; i < bytes.length; i++) bench.out(DATA, bytes[i]);
    }

    private String keyboard(int octet) {
        bench.out(DATA, octet);
        return read();
    }

    @Test
    public void aBiosHasTestedItAndTranslates() {
        assertEquals("system flag, not locked, nothing to read", 0x14, bench.in(STATUS));
        command(0x20);
        assertEquals("45", read());
    }

    @Test
    public void statusTellsWhichPortWasWrittenLast() {
        command(0xAE);
        assertEquals(0x08, bench.in(STATUS) & 0x08);
        bench.out(DATA, 0xEE);
        assertEquals(0x00, bench.in(STATUS) & 0x08);
    }

    @Test
    public void selfTestAndInterfaceTestPass() {
        command(0xAA);
        assertEquals("55", read());
        command(0xAB);
        assertEquals("00", read());
    }

    @Test
    public void theCommandByteKeepsWhatIsWritten() {
        command(0x60, 0x74);
        command(0x20);
        assertEquals("74", read());
    }

    @Test
    public void linuxFindsNoMousePort() {
        command(0xD3, 0x5A);
        assertEquals("comes back as the keyboard's", 0x01, bench.in(STATUS) & 0x21);
        assertEquals("5a", read());
        command(0xA9);
        assertEquals("01", read());
    }

    @Test
    public void a20FollowsTheOutputPort() {
        assertTrue("as firmware leaves it", bench.a20);
        command(0xD1, 0xDD);
        assertFalse(bench.a20);
        command(0xD0);
        assertEquals("cd", read());
        command(0xDF);
        assertTrue(bench.a20);
        command(0xDD);
        assertFalse(bench.a20);
        card.reset();
        assertTrue(bench.a20);
    }

    @Test
    public void pulsingTheResetLineResetsTheBoard() {
        command(0xFE);
        assertEquals(List.of("keyboard controller (8042)"), bench.resets);
        command(0xFF);
        assertEquals("no line pulsed", 1, bench.resets.size());
        command(0xD1, 0xFE);
        assertEquals(2, bench.resets.size());
    }

    @Test
    public void identityIsTranslated() {
        assertEquals("fa ab 41", keyboard(0xF2));
        command(0x60, 0x05);
        assertEquals("fa ab 83", keyboard(0xF2));
    }

    @Test
    public void keyboardResetTestsItself() {
        bench.out(DATA, 0xFF);
        bench.pass(Keyboard.BYTE);
        assertEquals(0xFA, bench.in(DATA));
        bench.pass(Keyboard.SELF_TEST - 1);
        assertEquals(0x00, bench.in(STATUS) & 0x01);
        bench.pass(1);
        assertEquals(0xAA, bench.in(DATA));
    }

    @Test
    public void lampsRateAndEchoAreAcknowledged() {
        assertEquals("fa", keyboard(0xED));
        assertEquals("fa", keyboard(0x07));
        assertEquals("fa", keyboard(0xF3));
        assertEquals("fa", keyboard(0x00));
        assertEquals("ee", keyboard(0xEE));
        assertEquals("fa", keyboard(0xF4));
        assertEquals("unknown", "fe", keyboard(0xF8));
    }

    @Test
    public void theLastByteIsSentAgain() {
        keyboard(0xF2);
        command(0x60, 0x05);
        assertEquals("83", keyboard(0xFE));
    }

    @Test
    public void keysArriveTranslatedWithAnInterruptEach() {
        bench.give("scancodes", (byte) 0x1C, (byte) 0xF0, (byte) 0x1C);
        bench.pass(Keyboard.BYTE);
        assertTrue(bench.line(IRQ));
        assertEquals("1e 9e", read());
        assertFalse(bench.line(IRQ));
        assertEquals(2, bench.rises(IRQ));
    }

    @Test
    public void extendedKeysKeepTheirPrefix() {
        bench.give("scancodes", (byte) 0xE0, (byte) 0x75, (byte) 0xE0, (byte) 0xF0, (byte) 0x75);
        assertEquals("e0 48 e0 c8", read());
    }

    @Test
    public void withoutTranslationTheCableIsSeenAsItIs() {
        command(0x60, 0x05);
        bench.give("scancodes", (byte) 0x1C, (byte) 0xF0, (byte) 0x1C);
        assertEquals("1c f0 1c", read());
        assertEquals("fa", keyboard(0xF0));
        assertEquals("fa 02", keyboard(0x00));
        assertEquals("fa", keyboard(0xF0));
        assertEquals("fa", keyboard(0x01));
        bench.give("scancodes", (byte) 0x1C, (byte) 0xF0, (byte) 0x1C);
        assertEquals("the keyboard itself sends set 1", "1e 9e", read());
        keyboard(0xF0);
        assertEquals("no set 3", "fe", keyboard(0x03));
    }

    @Test
    public void aDisabledInterfaceHoldsKeysBack() {
        command(0xAD);
        bench.give("scancodes", (byte) 0x1C);
        assertEquals("", read());
        command(0xAE);
        assertEquals("1e", read());
    }

    @Test
    public void keysWaitOutsideWhileScanningIsOff() {
        assertEquals("fa", keyboard(0xF5));
        assertEquals(0, bench.give("scancodes", (byte) 0x1C));
        assertEquals("fa", keyboard(0xF4));
        assertEquals(16, bench.give("scancodes", new byte[20]));
    }

    @Test
    public void withoutTheInterruptBitTheWireStaysLow() {
        command(0x60, 0x44);
        bench.give("scancodes", (byte) 0x1C);
        assertEquals("1e", read());
        assertEquals(0, bench.rises(IRQ));
    }

    @Test
    public void anAnswerWaitsForTheByteBeforeIt() {
        bench.give("scancodes", (byte) 0x1C);
        bench.pass(Keyboard.BYTE);
        command(0x20);
        assertEquals("1e 45", read());
    }

    @Test
    public void stateMovesToANewCardWithBytesOnTheCable() {
        command(0xD1, 0xDD);
        bench.out(DATA, 0xF2);
        bench.pass(Keyboard.BYTE);
        bench.pass(Keyboard.BYTE / 2);
        bench.replace(card, new KeyboardCard());
        assertFalse(bench.a20);
        assertTrue(bench.line(IRQ));
        assertEquals("fa ab 41", read());
    }
}
