package org.lkpk.cpu.protect;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.protect.Bench.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Before;
import org.junit.Test;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

public class TasksTest {
    private final Bench b = new Bench();
    private final CpuState s = b.s;

    @Before
    public void secondTask() {
        b.store(TSS2 + 0x20, 4, 0x777);
        b.store(TSS2 + 0x24, 4, CF | 2);
        for (int n = 0; n < 8; n++) b.store(TSS2 + 0x28 + 4 * n, 4, 0x1000 * (n + 1));
        b.store(TSS2 + 0x48, 4, DATA0);
        b.store(TSS2 + 0x4C, 4, CODE0);
        b.store(TSS2 + 0x50, 4, DATA0);
        b.store(TSS2 + 0x60, 4, LOCAL);
    }

    private void jump() {
        Transfers.jump(s, TASK2, 0);
    }

    @Test
    public void newStateComesFromItsTaskState() {
        jump();
        assertEquals(0x777, s.eip);
        assertEquals(CF | 2, s.eflags());
        assertEquals(0x5000, s.r[ESP]);
        assertEquals(0x8000, s.r[EDI]);
        assertEquals(DATA0, s.selector[ES]);
        assertEquals(0, s.selector[DS]);
        assertEquals(LDT, s.base[LDTR]);
        assertTrue((s.cr0 & CR0_TS) != 0);
    }

    @Test
    public void breakpointsLocalToATaskEndWithIt() {
        s.dr[7] = 0x703;
        jump();
        assertEquals(0x602, s.dr[7]);
    }

    @Test
    public void oldStateIsSaved() {
        s.r[EBX] = 0xABCD;
        jump();
        assertEquals(0x400, b.load(TSS + 0x20));
        assertEquals(0xABCD, b.load(TSS + 0x34));
        assertEquals(0x8000, b.load(TSS + 0x38));
        assertEquals(CODE0, b.load(TSS + 0x4C));
    }

    @Test
    public void jumpLeavesTheOldTaskFree() {
        jump();
        assertEquals(0x89, b.load(GDT + TASK + 5, 1));
        assertEquals(0x8B, b.load(GDT + TASK2 + 5, 1));
    }

    @Test
    public void callNestsTheNewTask() {
        Transfers.call(s, TASK2, 0, 4);
        assertEquals(TASK, b.load(TSS2, 2));
        assertEquals(CF | NT | 2, s.eflags());
        assertEquals(0x8B, b.load(GDT + TASK + 5, 1));
    }

    @Test
    public void smallTaskStateRaisesInvalidTss() {
        b.gdt(TASK2, descriptor(TSS2, 0x66, 0x89));
        b.faults(Fault.TS, TASK2, this::jump);
        assertEquals(TASK, s.selector[TR]);
    }

    @Test
    public void badSegmentIsTheNewTasksOwnFault() {
        b.store(TSS2 + 0x48, 4, 0x100);
        b.idt(10, 0x8E, CODE0);
        jump();
        assertEquals(HANDLER, s.eip);
        b.stack(0x100, 0x777, CODE0, RF | CF | 2);
    }

    @Test
    public void tasksThatAllFaultAsTheyBeginShutDown() {
        b.store(TSS2 + 0x4C, 4, 0);
        b.idt(6, 0x85, TASK2);
        Interrupts.fault(s, Fault.UD, 0);
        assertTrue(s.shutdown);
    }

    @Test
    public void trapFlagOfTheTaskRaisesDebugBeforeItsFirstInstruction() {
        b.store(TSS2 + 0x64, 2, 1);
        jump();
        assertEquals(0x777, s.eip);
        assertEquals(0x8000, s.debug);
        assertTrue((s.attention & DEBUG) != 0);
    }

    @Test
    public void trapFlagOfTheTaskWaitsForTheErrorCode() {
        b.store(TSS2 + 0x64, 2, 1);
        b.idt(13, 0x85, TASK2);
        Interrupts.fault(s, Fault.GP, 0x1234);
        b.stack(0x1234);
        assertEquals(0x8000, s.debug);
    }

    @Test
    public void faultThroughATaskGateSavesTheResumeFlag() {
        b.idt(13, 0x85, TASK2);
        Interrupts.fault(s, Fault.GP, 0);
        assertEquals(RF | 2, b.load(TSS + 0x24));
    }

    @Test
    public void smallTaskStateBehindAGateIsToldAsExternal() {
        b.gdt(TASK2, descriptor(TSS2, 0x66, 0x89));
        b.idt(6, 0x85, TASK2);
        b.idt(10, 0x8E, CODE0);
        Interrupts.fault(s, Fault.UD, 0);
        b.stack(TASK2 | 1);
    }

    @Test
    public void faultOfATaskThatIsToHandleAFaultDoubles() {
        b.store(TSS2 + 0x4C, 4, 0);
        b.idt(13, 0x85, TASK2);
        b.idt(8, 0x8E, CODE0);
        b.gdt(TASK2, descriptor(TSS2, 0x67, 0x89));
        b.store(TSS2 + 0x50, 4, DATA0);
        Interrupts.fault(s, Fault.GP, 0);
        assertEquals(Fault.GP, s.vectors[0]);
        assertEquals(Fault.DF, s.vectors[1]);
    }

    @Test
    public void cr3OfATaskKeepsItsKnownBits() {
        b.store(0x100000, 4, 0x83);
        s.cr4 |= CR4_PSE;
        ControlRegisters.write(s, 3, 0x100000);
        ControlRegisters.write(s, 0, s.cr0 | CR0_PG);
        b.store(TSS2 + 0x1C, 4, 0x100FFF);
        jump();
        assertEquals(0x100018, s.cr3);
    }

    @Test
    public void sixteenBitTaskState() {
        b.gdt(TASK2, descriptor(TSS2, 0x2B, 0x81));
        b.store(TSS2 + 0x0E, 2, 0x123);
        b.store(TSS2 + 0x10, 2, 2);
        b.store(TSS2 + 0x1A, 2, 0x4321);
        b.store(TSS2 + 0x22, 2, 0);
        b.store(TSS2 + 0x24, 2, CODE0);
        b.store(TSS2 + 0x26, 2, DATA0);
        b.store(TSS2 + 0x28, 2, DATA0);
        b.store(TSS2 + 0x2A, 2, 0);
        jump();
        assertEquals(0x123, s.eip);
        assertEquals(0x4321, s.r[ESP] & 0xFFFF);
        assertEquals(DATA0, s.selector[DS]);
    }

    @Test
    public void taskMayBeginInV86() {
        b.store(TSS2 + 0x24, 4, VM | 2);
        b.store(TSS2 + 0x4C, 4, 0x1000);
        jump();
        assertTrue(s.virtual8086());
        assertEquals(3, s.cpl);
        assertEquals(0x10000, s.base[CS]);
    }

    @Test
    public void aJumpSavesNoResumeFlag() {
        s.eflags(RF | 2);
        jump();
        assertEquals(2, b.load(TSS + 0x24));
    }

    @Test
    public void aFaultThroughATaskGateSavesTheResumeFlag() {
        b.idt(Fault.UD, 0x85, TASK2);
        Interrupts.fault(s, Fault.UD, 0);
        assertEquals(RF | 2, b.load(TSS + 0x24));
    }

    @Test
    public void aFaultBeforeThereIsAStackTakesThatOfTheInnerLevel() {
        b.store(TSS2 + 4, 4, 0x6000);
        b.store(TSS2 + 8, 4, DATA0);
        b.store(TSS2 + 0x60, 4, FREE); // No table for the new task
        b.idt(Fault.TS, 0x8E, CODE0);
        jump();
        assertEquals(HANDLER, s.eip);
        b.stack(FREE, 0x777, CODE0, RF | CF | 2, 0x5000, DATA0);
        assertEquals(0x6000 - 24, s.r[ESP]);
    }
}
