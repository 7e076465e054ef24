package org.lkpk.cpu.protect;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

public class ControlRegistersTest {
    private final Bench b = new Bench();
    private final CpuState s = b.s;

    @Test
    public void pagingNeedsProtection() {
        b.faults(Fault.GP, 0, () -> ControlRegisters.write(s, 0, CR0_PG));
    }

    @Test
    public void notWriteThroughNeedsCacheDisable() {
        b.faults(Fault.GP, 0, () -> ControlRegisters.write(s, 0, CR0_PE | CR0_NW));
    }

    @Test
    public void reservedBitsOfCr0AreIgnoredAndEtIsOne() {
        ControlRegisters.write(s, 0, CR0_PE | 0x40);
        assertEquals(CR0_PE | CR0_ET, s.cr0);
    }

    @Test
    public void leavingProtectedModeMakesCodeSegmentsWritable() {
        Segments.load(s, DS, Bench.CODE0);
        ControlRegisters.write(s, 0, 0);
        s.linear(DS, 0, 4, WRITE);
    }

    @Test
    public void unknownBitOfCr4RaisesGp() {
        b.faults(Fault.GP, 0, () -> ControlRegisters.write(s, 4, CR4_OSFXSR));
    }

    @Test
    public void otherRegistersAreUndefined() {
        b.faults(Fault.UD, 0, () -> ControlRegisters.read(s, 1));
        b.faults(Fault.UD, 0, () -> ControlRegisters.write(s, 7, 0));
    }

    @Test
    public void debugRegisters4And5AreAliasesWithoutDe() {
        ControlRegisters.writeDebug(s, 5, 0);
        assertEquals(0x400, ControlRegisters.readDebug(s, 7));
        s.cr4 = CR4_DE;
        b.faults(Fault.UD, 0, () -> ControlRegisters.readDebug(s, 4));
    }

    @Test
    public void generalDetectRaisesDebugAndItsDeliveryClearsIt() {
        b.idt(1, 0x8E, Bench.CODE0);
        ControlRegisters.writeDebug(s, 7, 0x2000);
        b.faults(Fault.DB, 0, () -> ControlRegisters.readDebug(s, 0));
        assertTrue((s.dr[6] & 0x2000) != 0);
        Interrupts.fault(s, Fault.DB, 0);
        assertEquals(0x400, ControlRegisters.readDebug(s, 7));
    }

    @Test
    public void writeOfTheTimeStampClearsItsUpperHalf() {
        b.ticks = 0x5_0000_0000L;
        ModelSpecificRegisters.write(s, 0x10, 0x7_0000_1234L);
        b.ticks += 6;
        assertEquals(0x123A, ModelSpecificRegisters.timeStamp(s));
    }

    @Test
    public void unknownModelSpecificRegisterRaisesGp() {
        b.faults(Fault.GP, 0, () -> ModelSpecificRegisters.read(s, 0x1B));
        b.faults(Fault.GP, 0, () -> ModelSpecificRegisters.write(s, 0x277, 0));
    }

    @Test
    public void microcodeRevisionReadsAsZero() {
        ModelSpecificRegisters.write(s, 0x8B, 5);
        assertEquals(0, ModelSpecificRegisters.read(s, 0x8B));
    }

    @Test
    public void pentiumHasNoSysenterRegisters() {
        Bench old = new Bench(Profile.PENTIUM);
        old.faults(Fault.GP, 0, () -> ModelSpecificRegisters.read(old.s, 0x174));
    }
}
