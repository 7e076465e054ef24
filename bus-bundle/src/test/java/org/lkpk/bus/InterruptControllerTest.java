package org.lkpk.bus;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import org.junit.Before;
import org.junit.Test;

public class InterruptControllerTest {
    private final InterruptController chip = new InterruptController();

    @Before
    public void initialize() {
        initialize(0x01);
    }

    private void initialize(int icw4) {
        chip.write(0, 0x11);
        chip.write(1, 0x20);
        chip.write(1, 0x04);
        chip.write(1, icw4);
    }

    private int vector() {
        return chip.vector(chip.acknowledge());
    }

    private void command(int value) {
        chip.write(0, value);
    }

    @Test
    public void higherPriorityIsServedFirst() {
        chip.line(4, true);
        chip.line(1, true);
        assertEquals(0x21, vector());
        assertFalse(chip.output());
        command(0x20);
        assertEquals(0x24, vector());
    }

    @Test
    public void higherPriorityInterruptsService() {
        chip.line(4, true);
        assertEquals(0x24, vector());
        chip.line(5, true);
        assertFalse(chip.output());
        chip.line(3, true);
        assertTrue(chip.output());
    }

    @Test
    public void maskedInputAsksLater() {
        chip.write(1, 0x10);
        chip.line(4, true);
        assertFalse(chip.output());
        chip.write(1, 0);
        assertTrue(chip.output());
        assertEquals(0, chip.read(1));
    }

    @Test
    public void edgeAsksOnce() {
        chip.line(4, true);
        vector();
        command(0x20);
        assertFalse(chip.output());
        chip.line(4, false);
        chip.line(4, true);
        assertTrue(chip.output());
    }

    @Test
    public void levelAsksWhileHigh() {
        chip.elcr(0x10);
        chip.line(4, true);
        vector();
        assertFalse(chip.output());
        command(0x20);
        assertTrue(chip.output());
        chip.line(4, false);
        assertFalse(chip.output());
    }

    @Test
    public void requestGoneBeforeAcknowledgeIsSpurious() {
        chip.line(4, true);
        chip.line(4, false);
        assertEquals(0x27, vector());
        assertEquals(0, chip.isr());
    }

    @Test
    public void autoEoiLeavesNothingInService() {
        initialize(0x03);
        chip.line(4, true);
        assertEquals(0x24, vector());
        assertEquals(0, chip.isr());
    }

    @Test
    public void autoEoiRotatesIfAsked() {
        initialize(0x03);
        command(0x80);
        chip.line(3, true);
        vector();
        chip.line(3, false);
        chip.line(3, true);
        chip.line(4, true);
        assertEquals(0x24, vector());
    }

    @Test
    public void specificEoiEndsThatInput() {
        chip.line(4, true);
        vector();
        chip.line(1, true);
        vector();
        command(0x64);
        assertEquals(0x02, chip.isr());
    }

    @Test
    public void rotationMakesServedInputLowest() {
        chip.line(3, true);
        vector();
        command(0xA0);
        chip.line(3, false);
        chip.line(3, true);
        chip.line(7, true);
        assertEquals(0x27, vector());
    }

    @Test
    public void priorityCanBeSet() {
        command(0xC0 | 4);
        chip.line(0, true);
        chip.line(5, true);
        assertEquals(0x25, vector());
    }

    @Test
    public void specialMaskLetsLowerPriorityThrough() {
        chip.line(3, true);
        vector();
        chip.write(1, 0x08);
        chip.line(6, true);
        assertFalse(chip.output());
        command(0x68);
        assertTrue(chip.output());
        assertEquals(0x26, vector());
        command(0x20);
        assertEquals("a masked input is not ended by an unspecific EOI", 0x08, chip.isr());
    }

    @Test
    public void pollAcknowledges() {
        chip.line(5, true);
        command(0x0C);
        assertEquals(0x85, chip.read(0));
        assertEquals(0x20, chip.isr());
        command(0x0C);
        assertEquals(0, chip.read(0));
    }

    @Test
    public void registersAreReadBySelection() {
        chip.line(5, true);
        vector();
        chip.line(6, true);
        assertEquals("IRR is selected at first", 0x40, chip.read(0));
        command(0x0B);
        assertEquals(0x20, chip.read(0));
        command(0x0A);
        assertEquals(0x40, chip.read(0));
    }

    @Test
    public void initializationForgetsEdgesAndMask() {
        chip.write(1, 0xFF);
        chip.line(5, true);
        initialize();
        assertFalse(chip.output());
        assertEquals(0, chip.read(1));
    }

    @Test
    public void specialFullyNestedLetsSlaveAskAgain() {
        initialize(0x11);
        chip.line(2, true);
        vector();
        chip.line(2, false);
        chip.line(2, true);
        assertTrue(chip.output());
    }
}
