package org.lkpk.cpu.protect;

import static org.junit.Assert.assertEquals;
import static org.lkpk.cpu.protect.Bench.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

public class TransfersTest {
    private static final int CALL_GATE32 = 0xEC, CALL_GATE16 = 0xE4, TASK_GATE3 = 0xE5;
    private final Bench b = new Bench();
    private final CpuState s = b.s;

    @Test
    public void jumpLoadsCodeSegmentAndMarksItAccessed() {
        b.gdt(FREE, descriptor(0x10000, 0xFFFF, 0x9A));
        Transfers.jump(s, FREE, 0x123);
        assertEquals(0x123, s.eip);
        assertEquals(0x10000, s.base[CS]);
        assertEquals(0x9B, b.load(GDT + FREE + 5, 1));
        assertEquals(0, s.mode & CODE32);
    }

    @Test
    public void jumpBeyondTheLimitRaisesGp0() {
        b.faults(Fault.GP, 0, () -> Transfers.jump(s, CODE16, 0x10000));
        assertEquals(CODE0, s.selector[CS]);
    }

    @Test
    public void jumpToNullRaisesGp0() {
        b.faults(Fault.GP, 0, () -> Transfers.jump(s, 3, 0));
    }

    @Test
    public void jumpBeyondTheTableRaisesGpWithSelector() {
        b.faults(Fault.GP, 0x100, () -> Transfers.jump(s, 0x100, 0));
    }

    @Test
    public void jumpToDataRaisesGp() {
        b.faults(Fault.GP, DATA0, () -> Transfers.jump(s, DATA0, 0));
    }

    @Test
    public void jumpToAbsentCodeRaisesNotPresent() {
        b.gdt(FREE, descriptor(0, -1, 0xC01B));
        b.faults(Fault.NP, FREE, () -> Transfers.jump(s, FREE, 0));
    }

    @Test
    public void ring3CannotJumpToRing0() {
        b.ring3();
        b.faults(Fault.GP, CODE0, () -> Transfers.jump(s, CODE0, 0));
    }

    @Test
    public void conformingCodeKeepsThePrivilege() {
        b.ring3();
        Transfers.jump(s, CONFORMING, 0x55);
        assertEquals(CONFORMING | 3, s.selector[CS]);
        assertEquals(3, s.cpl);
    }

    @Test
    public void callPushesSegmentAndPointer() {
        Transfers.call(s, CODE0, 0x2000, 4);
        b.stack(0x400, CODE0);
        assertEquals(0x2000, s.eip);
    }

    @Test
    public void sixteenBitCallPushesWords() {
        Transfers.call(s, CODE0, 0x2000, 2);
        b.stack16(0x400, CODE0);
        assertEquals(0x8000 - 4, s.r[ESP]);
    }

    @Test
    public void gateToInnerLevelSwitchesStackAndCopiesParameters() {
        b.ring3();
        b.push(0xAAAA, 0xBBBB);
        b.gdt(GATE, gate(CALL_GATE32, CODE0, HANDLER, 2));
        Transfers.call(s, GATE | 3, 0, 4);
        assertEquals(0, s.cpl);
        assertEquals(HANDLER, s.eip);
        assertEquals(ESP0 - 24, s.r[ESP]);
        b.stack(0x400, CODE3, 0xAAAA, 0xBBBB, 0x9000 - 8, DATA3);
    }

    @Test
    public void sixteenBitGateCopiesWords() {
        b.ring3();
        b.push16(0xAAAA);
        b.gdt(GATE, gate(CALL_GATE16, CODE0, 0x1234, 1));
        Transfers.call(s, GATE | 3, 0, 4);
        assertEquals(0x1234, s.eip);
        b.stack16(0x400, CODE3, 0xAAAA, 0x9000 - 2, DATA3);
    }

    @Test
    public void gateAtTheSameLevelUsesTheSameStack() {
        b.gdt(GATE, gate(CALL_GATE32, CODE0, HANDLER, 2));
        Transfers.call(s, GATE, 0, 4);
        b.stack(0x400, CODE0);
        assertEquals(0x8000 - 8, s.r[ESP]);
    }

    @Test
    public void gateIsClosedToOuterLevels() {
        b.ring3();
        b.gdt(GATE, gate(0x8C, CODE0, HANDLER, 0));
        b.faults(Fault.GP, GATE, () -> Transfers.call(s, GATE | 3, 0, 4));
    }

    @Test
    public void jumpThroughGateCannotChangeTheLevel() {
        b.ring3();
        b.gdt(GATE, gate(CALL_GATE32, CODE0, HANDLER, 0));
        b.faults(Fault.GP, CODE0, () -> Transfers.jump(s, GATE | 3, 0));
    }

    @Test
    public void absentGateRaisesNotPresent() {
        b.gdt(GATE, gate(0x0C, CODE0, HANDLER, 0));
        b.faults(Fault.NP, GATE, () -> Transfers.call(s, GATE, 0, 4));
    }

    @Test
    public void returnAtTheSameLevelDropsParameters() {
        b.push(0x1234, CODE0, 1, 2);
        Transfers.ret(s, 4, 8);
        assertEquals(0x1234, s.eip);
        assertEquals(0x8000, s.r[ESP]);
    }

    @Test
    public void returnToOuterLevelDropsParametersOnBothStacks() {
        b.push(0x1234, CODE3, 1, 2, 0x9000, DATA3);
        Transfers.ret(s, 4, 8);
        assertEquals(3, s.cpl);
        assertEquals(0x9008, s.r[ESP]);
        assertEquals(DATA3, s.selector[SS]);
        assertEquals(0, s.selector[DS]);
    }

    @Test
    public void returnToInnerLevelRaisesGp() {
        b.ring3();
        b.push(0x1234, CODE0);
        b.faults(Fault.GP, CODE0, () -> Transfers.ret(s, 4, 0));
    }

    @Test
    public void realModeJumpSetsTheBase() {
        b.real();
        Transfers.jump(s, 0xF000, 0xFFF0);
        assertEquals(0xF0000, s.base[CS]);
        assertEquals(0xFFF0, s.eip);
    }

    @Test
    public void realModeCallAndReturn() {
        b.real();
        Transfers.call(s, 0x1000, 0x10, 2);
        Transfers.ret(s, 2, 0);
        assertEquals(0x400, s.eip);
        assertEquals(0, s.selector[CS]);
        assertEquals(0x8000, s.r[ESP]);
    }

    @Test
    public void sysenterGoesToFlatRing0() {
        b.ring3();
        s.eflags(IF | 2);
        s.sysenterCs = CODE0;
        s.sysenterEsp = 0x7700;
        s.sysenterEip = 0x5500;
        FastCalls.enter(s);
        assertEquals(0, s.cpl);
        assertEquals(CODE0, s.selector[CS]);
        assertEquals(DATA0, s.selector[SS]);
        assertEquals(0x7700, s.r[ESP]);
        assertEquals(0x5500, s.eip);
        assertEquals(2, s.eflags());
    }

    @Test
    public void sysexitGoesToFlatRing3() {
        s.sysenterCs = CODE0;
        s.r[ECX] = 0x9900;
        s.r[EDX] = 0x6600;
        FastCalls.exit(s);
        assertEquals(3, s.cpl);
        assertEquals(CODE3, s.selector[CS]);
        assertEquals(DATA3, s.selector[SS]);
        assertEquals(0x9900, s.r[ESP]);
        assertEquals(0x6600, s.eip);
    }

    @Test
    public void sysenterWithoutSegmentRaisesGp() {
        b.faults(Fault.GP, 0, () -> FastCalls.enter(s));
    }

    @Test
    public void taskGateSwitchesTasks() {
        b.store(TSS2 + 0x20, 4, 0x777);
        b.store(TSS2 + 0x4C, 4, CODE0);
        b.store(TSS2 + 0x50, 4, DATA0);
        b.gdt(GATE, gate(TASK_GATE3, TASK2, 0, 0));
        Transfers.jump(s, GATE, 0);
        assertEquals(0x777, s.eip);
        assertEquals(TASK2, s.selector[TR]);
    }

    @Test
    public void busyTaskRaisesGp() {
        b.faults(Fault.GP, TASK, () -> Transfers.jump(s, TASK, 0));
    }

    @Test
    public void aReturnChecksTheOuterStackBeforeTheInstructionPointer() {
        b.gdt(FREE, descriptor(0, 0xFF, 0x40FB));
        b.push(0x1234, FREE | 3, 0x9000, DATA0);
        b.faults(Fault.GP, DATA0, () -> Transfers.ret(s, 4, 0));
    }

    @Test
    public void aCallThatFaultsOnTheStackHasNotAccessedItsSegment() {
        b.gdt(FREE, descriptor(0, -1, 0xC09A));
        s.limit[SS] = 0x100;
        s.segmentChanged(SS);
        b.faults(Fault.SS, 0, () -> Transfers.call(s, FREE, 0x1234, 4));
        assertEquals(0xCF9A00, b.load(GDT + FREE + 4));
    }
}
