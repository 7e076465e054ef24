package org.lkpk.cpu.protect;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.protect.Bench.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

public class InterruptReturnTest {
    private final Bench b = new Bench();
    private final CpuState s = b.s;

    @Test
    public void sameLevelPopsThreeWords() {
        b.push(0x1234, CODE0, IF | CF | 0x3002);
        InterruptReturn.iret(s, 4);
        assertEquals(0x1234, s.eip);
        assertEquals(0x8000, s.r[ESP]);
        assertEquals(IF | CF | 0x3002, s.eflags());
    }

    @Test
    public void outerLevelTakesStackAndDropsInnerDataSegments() {
        Segments.load(s, ES, DATA3);
        b.push(0x1234, CODE3, IF | 2, 0x9000, DATA3);
        InterruptReturn.iret(s, 4);
        assertEquals(3, s.cpl);
        assertEquals(CODE3, s.selector[CS]);
        assertEquals(DATA3, s.selector[SS]);
        assertEquals(0x9000, s.r[ESP]);
        assertEquals(0, s.selector[DS]);
        assertEquals(DATA3, s.selector[ES]);
        assertTrue((s.mode & USER) != 0);
    }

    @Test
    public void intoSixteenBitStackOnlySpIsLoaded() {
        b.gdt(FREE, descriptor(0, 0xFFFF, 0xF3));
        b.push(0x1234, CODE3, 2, 0x12349000, FREE | 3);
        InterruptReturn.iret(s, 4);
        assertEquals(0x9000, s.r[ESP]);
    }

    @Test
    public void innerLevelRaisesGp() {
        b.ring3();
        b.push(0x1234, CODE0, 2);
        b.faults(Fault.GP, CODE0, () -> InterruptReturn.iret(s, 4));
        assertEquals(0x9000 - 12, s.r[ESP]);
    }

    @Test
    public void nullCodeSegmentRaisesGp0() {
        b.push(0x1234, 0, 2);
        b.faults(Fault.GP, 0, () -> InterruptReturn.iret(s, 4));
    }

    @Test
    public void outerStackOfWrongLevelRaisesGp() {
        b.push(0x1234, CODE3, 2, 0x9000, DATA0);
        b.faults(Fault.GP, DATA0, () -> InterruptReturn.iret(s, 4));
        assertEquals(0, s.cpl);
    }

    @Test
    public void ring3KeepsIfAndIopl() {
        b.ring3();
        s.eflags(IF | 2);
        b.push(0x1234, CODE3, 0x3002 | ID | CF);
        InterruptReturn.iret(s, 4);
        assertEquals(IF | ID | CF | 2, s.eflags());
    }

    @Test
    public void sixteenBitsLeaveTheUpperFlags() {
        s.eflags(ID | AC | 2);
        b.push16(0x1234, CODE0, IF | 2);
        InterruptReturn.iret(s, 2);
        assertEquals(ID | AC | IF | 2, s.eflags());
        assertEquals(0x8000, s.r[ESP]);
    }

    @Test
    public void ring0EntersV86() {
        b.push(0x567, 0x1000, VM | IF | 2, 0x800, 0x2000, 0x3000, 0x3001, 0x3002, 0x3003);
        InterruptReturn.iret(s, 4);
        assertTrue(s.virtual8086());
        assertEquals(3, s.cpl);
        assertEquals(0x567, s.eip);
        assertEquals(0x10000, s.base[CS]);
        assertEquals(0x800, s.r[ESP]);
        assertEquals(0x30030, s.base[GS]);
        assertEquals(0xFFFF, s.limit[DS]);
        assertEquals(0, s.mode & (CODE32 | STACK32 | FLAT));
    }

    @Test
    public void ring3CannotEnterV86() {
        b.ring3();
        b.push(0x1234, CODE3, VM | 2);
        InterruptReturn.iret(s, 4);
        assertFalse(s.virtual8086());
    }

    @Test
    public void v86NeedsIopl3() {
        b.v86(0);
        b.push16(0x10, 0x1100, 2);
        b.faults(Fault.GP, 0, () -> InterruptReturn.iret(s, 2));
    }

    @Test
    public void v86WithIopl3StaysInV86() {
        b.v86(3);
        b.push16(0x10, 0x1100, CF | 2);
        InterruptReturn.iret(s, 2);
        assertEquals(VM | 0x3000 | CF | 2, s.eflags());
        assertEquals(0x11000, s.base[CS]);
    }

    @Test
    public void vmeKeepsTheVirtualInterruptFlag() {
        b.v86(0);
        s.cr4 = CR4_VME;
        b.push16(0x10, 0x1100, IF | 2);
        InterruptReturn.iret(s, 2);
        assertEquals(VM | VIF | IF | 2, s.eflags());
    }

    @Test
    public void realModeTakesAllFlags() {
        b.real();
        b.push16(0x10, 0x1100, 0x3000 | NT | IF | 2);
        InterruptReturn.iret(s, 2);
        assertEquals(0x3000 | NT | IF | 2, s.eflags());
        assertEquals(0x11000, s.base[CS]);
    }

    @Test
    public void nestedTaskReturnsToItsLink() {
        b.store(TSS2 + 0x4C, 4, CODE0);
        b.store(TSS2 + 0x50, 4, DATA0);
        b.store(TSS2 + 0x20, 4, 0x777);
        Tasks.call(s, TASK2, Tasks.available(s, TASK2, Fault.GP, 0));
        assertEquals(0x777, s.eip);
        InterruptReturn.iret(s, 4);
        assertEquals(0x400, s.eip);
        assertEquals(TASK, s.selector[TR]);
        assertEquals(0, s.system & NT);
        assertEquals(0x89, b.load(GDT + TASK2 + 5, 1));
        assertEquals(0x8B, b.load(GDT + TASK + 5, 1));
    }

    @Test
    public void theInstructionPointerOfVirtual8086ModeIsCutOff() {
        b.push(0x12345, 0x1000, VM | 2, 0x800, 0x2000, 0, 0, 0, 0);
        InterruptReturn.iret(s, 4);
        assertEquals(0x2345, s.eip);
    }

    @Test
    public void theOuterStackIsCheckedBeforeTheInstructionPointer() {
        b.gdt(FREE, descriptor(0, 0xFF, 0x40FB));
        b.push(0x1234, FREE | 3, 2, 0x9000, DATA0);
        b.faults(Fault.GP, DATA0, () -> InterruptReturn.iret(s, 4));
    }
}
