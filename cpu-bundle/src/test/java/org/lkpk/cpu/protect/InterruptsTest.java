package org.lkpk.cpu.protect;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.protect.Bench.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

public class InterruptsTest {
    private static final int INTERRUPT32 = 0x8E, TRAP32 = 0x8F, TRAP32_RING3 = 0xEF, INTERRUPT16 = 0x86, TASK_GATE0 = 0x85;
    private final Bench b = new Bench();
    private final CpuState s = b.s;

    @Test
    public void atTheSameLevelFlagsCodeSegmentAndPointerArePushed() {
        s.eflags(IF | CF | 2);
        b.idt(0x20, INTERRUPT32, CODE0);
        Interrupts.hardware(s, 0x20);
        assertEquals(HANDLER, s.eip);
        assertEquals(0x8000 - 12, s.r[ESP]);
        b.stack(0x400, CODE0, IF | CF | 2);
    }

    @Test
    public void interruptGateClearsIf() {
        s.eflags(IF | TF | NT | 2);
        b.idt(0x20, INTERRUPT32, CODE0);
        Interrupts.hardware(s, 0x20);
        assertEquals(2, s.eflags());
    }

    @Test
    public void trapGateLeavesIf() {
        s.eflags(IF | 2);
        b.idt(0x20, TRAP32, CODE0);
        Interrupts.hardware(s, 0x20);
        assertEquals(IF | 2, s.eflags());
    }

    @Test
    public void fromRing3TheStackComesFromTheTaskState() {
        b.ring3();
        s.eflags(IF | 2);
        b.idt(0x80, TRAP32_RING3, CODE0);
        Interrupts.instruction(s, 0x80);
        assertEquals(0, s.cpl);
        assertEquals(CODE0, s.selector[CS]);
        assertEquals(DATA0, s.selector[SS]);
        assertEquals(ESP0 - 20, s.r[ESP]);
        b.stack(0x400, CODE3, IF | 2, 0x9000, DATA3);
    }

    @Test
    public void sixteenBitGatePushesWords() {
        b.idt(0x20, INTERRUPT16, CODE0);
        Interrupts.hardware(s, 0x20);
        assertEquals(HANDLER & 0xFFFF, s.eip);
        assertEquals(0x8000 - 6, s.r[ESP]);
        b.stack16(0x400, CODE0, 2);
    }

    @Test
    public void faultPushesErrorCodeAndResumeFlag() {
        b.idt(13, INTERRUPT32, CODE0);
        Interrupts.fault(s, Fault.GP, 0x18);
        b.stack(0x18, 0x400, CODE0, RF | 2);
    }

    @Test
    public void undefinedOpcodeHasNoErrorCode() {
        b.idt(6, INTERRUPT32, CODE0);
        Interrupts.fault(s, Fault.UD, 0);
        b.stack(0x400, CODE0, RF | 2);
    }

    @Test
    public void debugTrapPushesNoResumeFlag() {
        b.idt(1, INTERRUPT32, CODE0);
        Interrupts.fault(s, Fault.DB, 0);
        b.stack(0x400, CODE0, 2);
    }

    @Test
    public void softwareInterruptNeedsTheGatesLevel() {
        b.ring3();
        b.idt(0x21, TRAP32, CODE0);
        b.faults(Fault.GP, 0x21 * 8 + 2, () -> Interrupts.instruction(s, 0x21));
        assertEquals(3, s.cpl);
        assertEquals(0x9000, s.r[ESP]);
    }

    @Test
    public void hardwareInterruptDoesNot() {
        b.ring3();
        b.idt(0x21, TRAP32, CODE0);
        Interrupts.hardware(s, 0x21);
        assertEquals(HANDLER, s.eip);
    }

    @Test
    public void absentGateRaisesNotPresentWithExternalBit() {
        b.idt(0x20, 0x0E, CODE0);
        b.idt(11, INTERRUPT32, CODE0);
        Interrupts.hardware(s, 0x20);
        b.stack(0x20 * 8 + 3, 0x400, CODE0, RF | 2);
    }

    @Test
    public void vectorBeyondTheTableRaisesGp() {
        s.idtLimit = 0xFF;
        b.faults(Fault.GP, 0x80 * 8 + 2, () -> Interrupts.software(s, 0x80));
    }

    @Test
    public void gateToDataSegmentRaisesGp() {
        b.idt(0x20, INTERRUPT32, DATA0);
        b.faults(Fault.GP, DATA0, () -> Interrupts.software(s, 0x20));
    }

    @Test
    public void nullInnerStackRaisesInvalidTss() {
        b.ring3();
        b.store(TSS + 8, 4, 0);
        b.idt(0x80, TRAP32_RING3, CODE0);
        b.faults(Fault.TS, 0, () -> Interrupts.software(s, 0x80));
    }

    @Test
    public void innerStackOfWrongLevelRaisesInvalidTss() {
        b.ring3();
        b.store(TSS + 8, 4, DATA3);
        b.idt(0x80, TRAP32_RING3, CODE0);
        b.faults(Fault.TS, DATA3 & ~3, () -> Interrupts.software(s, 0x80));
    }

    @Test
    public void innerStackTooSmallRaisesStackFaultAndRestoresTheOuter() {
        b.ring3();
        b.gdt(FREE, descriptor(0, 0x10, 0x4093));
        b.store(TSS + 8, 4, FREE);
        b.idt(0x80, TRAP32_RING3, CODE0);
        b.faults(Fault.SS, FREE, () -> Interrupts.software(s, 0x80));
        assertEquals(3, s.cpl);
        assertEquals(DATA3, s.selector[SS]);
        assertEquals(0x9000, s.r[ESP]);
    }

    @Test
    public void conformingHandlerStaysAtTheOuterLevel() {
        b.ring3();
        b.idt(0x20, INTERRUPT32, CONFORMING);
        Interrupts.hardware(s, 0x20);
        assertEquals(3, s.cpl);
        assertEquals(CONFORMING | 3, s.selector[CS]);
        assertEquals(0x9000 - 12, s.r[ESP]);
    }

    @Test
    public void contributoryFaultsMakeADoubleFault() {
        b.idt(8, INTERRUPT32, CODE0);
        Interrupts.fault(s, Fault.GP, 0x18);
        assertEquals(HANDLER, s.eip);
        b.stack(0, 0x400, CODE0, RF | 2);
    }

    @Test
    public void faultAfterABenignOneIsServedInItsPlace() {
        b.idt(13, INTERRUPT32, CODE0);
        Interrupts.fault(s, Fault.UD, 0);
        b.stack(Fault.UD * 8 + 3, 0x400, CODE0, RF | 2);
    }

    @Test
    public void faultInDoubleFaultShutsDown() {
        Interrupts.fault(s, Fault.GP, 0);
        assertTrue(s.shutdown);
        assertTrue((s.attention & STOPPED) != 0);
        assertEquals(0x400, s.eip);
    }

    @Test
    public void fromV86DataSegmentsArePushedAndNulled() {
        b.v86(3);
        b.idt(0x20, INTERRUPT32, CODE0);
        Interrupts.hardware(s, 0x20);
        assertFalse(s.virtual8086());
        assertEquals(ESP0 - 36, s.r[ESP]);
        b.stack(0x400, 0x1000, VM | IF | 0x3002, 0x800, 0x2000, 0x3000, 0x3001, 0x3002, 0x3003);
        for (int n : new int[] {ES, DS, FS, GS}) assertEquals(0, s.selector[n] | s.access[n]);
        s.push32(1); // The new stack can be used.
    }

    @Test
    public void v86NeedsIopl3ForIntN() {
        b.v86(0);
        b.idt(0x20, TRAP32_RING3, CODE0);
        b.faults(Fault.GP, 0, () -> Interrupts.instruction(s, 0x20));
    }

    @Test
    public void v86HandlerMustBeAtRing0() {
        b.v86(3);
        b.idt(0x20, TRAP32_RING3, CODE3 & ~3);
        b.faults(Fault.GP, CODE3 & ~3, () -> Interrupts.software(s, 0x20));
    }

    @Test
    public void vmeSendsIntToTheProgramsOwnHandler() {
        b.v86(0);
        s.cr4 = CR4_VME;
        b.store(TSS + 0x66, 2, 0x68);
        s.limit[TR] = 0x100;
        s.system |= VIF;
        b.store(4 * 0x21, 4, 0x50001234);
        Interrupts.instruction(s, 0x21);
        assertEquals(0x1234, s.eip);
        assertEquals(0x5000, s.selector[CS]);
        b.stack16(0x400, 0x1000, IF | 0x3002);
        assertEquals(0, s.system & VIF);
        assertTrue(s.virtual8086());
    }

    @Test
    public void vmeBitmapSendsIntToTheMonitor() {
        b.v86(0);
        s.cr4 = CR4_VME;
        s.limit[TR] = 0x100;
        b.store(TSS + 0x68 - 32 + (0x21 >> 3), 1, 1 << (0x21 & 7));
        b.faults(Fault.GP, 0, () -> Interrupts.instruction(s, 0x21));
    }

    @Test
    public void realModePushesSixBytesAndReadsTheVectorTable() {
        b.real();
        s.eflags(IF | TF | 2);
        b.store(4 * 0x10, 4, 0xC0000123);
        Interrupts.software(s, 0x10);
        assertEquals(0x123, s.eip);
        assertEquals(0xC0000, s.base[CS]);
        assertEquals(2, s.eflags());
        b.stack16(0x400, 0, IF | TF | 2);
    }

    @Test
    public void interruptEndsHalt() {
        s.halted = true;
        b.idt(0x20, INTERRUPT32, CODE0);
        Interrupts.hardware(s, 0x20);
        assertFalse(s.halted);
    }

    @Test
    public void nmiBlocksNmiUntilIret() {
        b.idt(2, INTERRUPT32, CODE0);
        Interrupts.hardware(s, 2);
        assertTrue(s.nmiBlocked);
        InterruptReturn.iret(s, 4);
        assertFalse(s.nmiBlocked);
    }

    @Test
    public void taskGateSwitchesTasksAndPushesTheErrorCode() {
        b.store(TSS2 + 0x20, 4, 0x777);
        b.store(TSS2 + 0x38, 4, 0x6000);
        b.store(TSS2 + 0x4C, 4, CODE0);
        b.store(TSS2 + 0x50, 4, DATA0);
        b.idt(8, TASK_GATE0, TASK2);
        Interrupts.fault(s, Fault.DF, 0);
        assertEquals(0x777, s.eip);
        assertEquals(TASK2, s.selector[TR]);
        assertEquals(0x6000 - 4, s.r[ESP]);
        b.stack(0);
        assertEquals(0x400, b.load(TSS + 0x20));
    }

    @Test
    public void int1WithABadGateIsAnEventFromOutside() {
        b.ring3();
        b.idt(Fault.DB, 0x0E, CODE0);
        b.faults(Fault.NP, 8 * Fault.DB | 3, () -> Interrupts.debug(s));
    }
}
