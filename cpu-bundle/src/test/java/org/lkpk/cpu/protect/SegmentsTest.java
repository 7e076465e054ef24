package org.lkpk.cpu.protect;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.protect.Bench.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

public class SegmentsTest {
    private final Bench b = new Bench();
    private final CpuState s = b.s;

    @Test
    public void loadTakesBaseLimitAndAccess() {
        b.gdt(FREE, descriptor(0xFE123456, 0x12345FFF, 0xC092));
        Segments.load(s, DS, FREE);
        assertEquals(0xFE123456, s.base[DS]);
        assertEquals(0x12345FFF, s.limit[DS]);
        assertEquals(0xC093, s.access[DS]);
        assertEquals(0x93, b.load(GDT + FREE + 5, 1));
    }

    @Test
    public void nullDataSegmentLoadsButCannotBeUsed() {
        Segments.load(s, ES, 3);
        assertEquals(3, s.selector[ES]);
        b.faults(Fault.GP, 0, () -> s.linear(ES, 0, 1, READ));
    }

    @Test
    public void nullStackSegmentRaisesGp0() {
        b.faults(Fault.GP, 0, () -> Segments.load(s, SS, 0));
    }

    @Test
    public void stackSegmentMustHaveThePrivilegeLevel() {
        b.faults(Fault.GP, DATA3 & ~3, () -> Segments.load(s, SS, DATA3));
        assertEquals(DATA0, s.selector[SS]);
    }

    @Test
    public void stackSegmentMustBeWritable() {
        b.gdt(FREE, descriptor(0, -1, 0xC091));
        b.faults(Fault.GP, FREE, () -> Segments.load(s, SS, FREE));
    }

    @Test
    public void absentStackRaisesStackFault() {
        b.gdt(FREE, descriptor(0, -1, 0xC013));
        b.faults(Fault.SS, FREE, () -> Segments.load(s, SS, FREE));
    }

    @Test
    public void absentDataRaisesNotPresent() {
        b.gdt(FREE, descriptor(0, -1, 0xC013));
        b.faults(Fault.NP, FREE, () -> Segments.load(s, DS, FREE));
    }

    @Test
    public void ring3CannotLoadRing0Data() {
        b.ring3();
        b.faults(Fault.GP, DATA0, () -> Segments.load(s, DS, DATA0));
    }

    @Test
    public void ring3CanLoadConformingReadableCode() {
        b.ring3();
        Segments.load(s, DS, CONFORMING);
        assertEquals(CONFORMING, s.selector[DS]);
    }

    @Test
    public void executeOnlyCodeIsNoDataSegment() {
        b.gdt(FREE, descriptor(0, -1, 0xC099));
        b.faults(Fault.GP, FREE, () -> Segments.load(s, DS, FREE));
    }

    @Test
    public void localTableIsUsedOnceLoaded() {
        b.store64(LDT + 8, descriptor(0x5000, 0xFFF, 0x93));
        b.faults(Fault.GP, 0xC, () -> Segments.load(s, DS, 0xC));
        SystemSegments.loadLdt(s, LOCAL, Fault.GP, Fault.NP);
        Segments.load(s, DS, 0xC);
        assertEquals(0x5000, s.base[DS]);
    }

    @Test
    public void nullLocalTableHasNoDescriptors() {
        SystemSegments.loadLdt(s, 0, Fault.GP, Fault.NP);
        b.faults(Fault.GP, 0xC, () -> Segments.load(s, DS, 0xC));
    }

    @Test
    public void localTableMustBeOne() {
        b.faults(Fault.GP, DATA0, () -> SystemSegments.loadLdt(s, DATA0, Fault.GP, Fault.NP));
    }

    @Test
    public void loadOfTheTaskRegisterMarksTheTaskBusy() {
        SystemSegments.loadTask(s, TASK2);
        assertEquals(0x8B, b.load(GDT + TASK2 + 5, 1));
        b.faults(Fault.GP, TASK2, () -> SystemSegments.loadTask(s, TASK2));
    }

    @Test
    public void realModeKeepsLimitAndAccess() {
        b.real();
        Segments.set(s, DS, 0, 0, -1, 0xC093);
        Segments.load(s, DS, 0x1234);
        assertEquals(0x12340, s.base[DS]);
        assertEquals(-1, s.limit[DS]);
    }

    @Test
    public void larTellsAllButTheBase() {
        assertEquals(0xCF9B00, SystemSegments.rights(s, CODE0));
        assertEquals(-1, SystemSegments.rights(s, 0));
    }

    @Test
    public void larHidesInnerSegments() {
        b.ring3();
        assertEquals(-1, SystemSegments.rights(s, DATA0));
    }

    @Test
    public void lslTellsTheLimitInBytes() {
        assertEquals(0xFFFFFFFFL, SystemSegments.limitOf(s, DATA0));
        assertEquals(0x6F, SystemSegments.limitOf(s, TASK));
        b.gdt(GATE, gate(0x8C, CODE0, 0, 0));
        assertEquals(-1, SystemSegments.limitOf(s, GATE));
    }

    @Test
    public void verrAndVerwSeeWhatALoadWouldAllow() {
        assertTrue(SystemSegments.canRead(s, CODE0));
        assertFalse(SystemSegments.canWrite(s, CODE0));
        assertTrue(SystemSegments.canWrite(s, DATA3));
        assertFalse(SystemSegments.canRead(s, TASK));
    }
}
