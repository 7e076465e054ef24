package org.lkpk.cpu.protect;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

public class FlagsTest {
    private final Bench b = new Bench();
    private final CpuState s = b.s;

    @Test
    public void ring0WritesAllButVmAndVirtualFlags() {
        Flags.pop(s, -1, 4);
        assertEquals(ARITHMETIC | TF | IF | DF | IOPL | NT | AC | ID | 2, s.eflags());
    }

    @Test
    public void ring3WritesNeitherIfNorIopl() {
        b.ring3();
        Flags.pop(s, -1, 4);
        assertEquals(ARITHMETIC | TF | DF | NT | AC | ID | 2, s.eflags());
    }

    @Test
    public void ring3WithIopl3WritesIf() {
        b.ring3();
        s.eflags(IOPL | 2);
        Flags.pop(s, IF, 4);
        assertEquals(IOPL | IF | 2, s.eflags());
    }

    @Test
    public void popfLeavesNoResumeFlag() {
        s.eflags(RF | 2);
        Flags.pop(s, RF | 2, 4);
        assertEquals(2, s.eflags());
    }

    @Test
    public void sixteenBitsLeaveTheUpperHalf() {
        s.eflags(ID | 2);
        Flags.pop(s, CF, 2);
        assertEquals(ID | CF | 2, s.eflags());
    }

    @Test
    public void pushfHidesRfAndVm() {
        b.v86(3);
        s.system |= RF;
        assertEquals(IF | IOPL | 2, Flags.pushed(s, 4));
    }

    @Test
    public void v86BelowIopl3Faults() {
        b.v86(0);
        b.faults(Fault.GP, 0, () -> Flags.pushed(s, 2));
        b.faults(Fault.GP, 0, () -> Flags.pop(s, 2, 2));
        b.faults(Fault.GP, 0, () -> Flags.cli(s));
        b.faults(Fault.GP, 0, () -> Flags.sti(s));
    }

    @Test
    public void vmePushesTheVirtualInterruptFlagAsIf() {
        b.v86(0);
        s.cr4 = CR4_VME;
        s.system |= VIF;
        s.system &= ~IF;
        assertEquals(IF | IOPL | 2, Flags.pushed(s, 2) & 0xFFFF);
    }

    @Test
    public void vmeStiWithPendingInterruptFaults() {
        b.v86(0);
        s.cr4 = CR4_VME;
        s.system |= VIP;
        b.faults(Fault.GP, 0, () -> Flags.sti(s));
    }

    @Test
    public void pviGivesRing3AVirtualInterruptFlag() {
        b.ring3();
        s.eflags(IF | 2);
        s.cr4 = CR4_PVI;
        Flags.sti(s);
        assertEquals(IF | VIF | 2, s.eflags());
        Flags.cli(s);
        assertEquals(IF | 2, s.eflags());
    }

    @Test
    public void ring3CannotCli() {
        b.ring3();
        b.faults(Fault.GP, 0, () -> Flags.cli(s));
    }

    @Test
    public void stiShadowsTheNextInstructionOnce() {
        Flags.sti(s);
        assertTrue((s.attention & SHADOW) != 0);
        s.attention &= ~SHADOW;
        Flags.sti(s);
        assertEquals(0, s.attention & SHADOW);
    }
}
