package org.lkpk.cpu.state;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.api.bus.State;
import org.lkpk.api.bus.StateRefused;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Segment;
import org.lkpk.cpu.protect.Bench;

public class SnapshotTest {
    private final Bench b = new Bench();

    @Test
    public void everyRegisterSurvives() {
        b.ring3();
        int n = 0;
        for (String name : RegisterFile.NAMES)
            if (!name.startsWith("cr") && !name.equals("cpl") && !name.contains("."))
                RegisterFile.write(b.s, name, 0x10101 * ++n);
        b.s.pdpte[2] = 0x1_0000_0001L;
        State state = Snapshot.save(b.s);
        Bench other = new Bench();
        Snapshot.load(other.s, state);
        for (String name : RegisterFile.NAMES) assertEquals(name, RegisterFile.read(b.s, name), RegisterFile.read(other.s, name));
        assertArrayEquals(b.s.pdpte, other.s.pdpte);
        assertEquals(b.s.mode, other.s.mode);
    }

    @Test
    public void haltSurvives() {
        b.s.halted = true;
        b.s.attention |= STOPPED;
        Bench other = new Bench();
        Snapshot.load(other.s, Snapshot.save(b.s));
        assertTrue(other.s.halted);
        assertEquals(STOPPED, other.s.attention);
    }

    @Test
    public void theFpuSurvives() {
        b.s.fpu.constant(3);
        Bench other = new Bench();
        Snapshot.load(other.s, Snapshot.save(b.s));
        assertEquals(b.s.fpu.save(), other.s.fpu.save());
    }

    @Test
    public void theFirstStatesAreTakenStill() {
        State now = Snapshot.save(b.s), first = new State(Snapshot.KIND, 1, now.values());
        for (String later : new String[] {"sse", "tr", "debug", "efer", "ferr"}) first.values().remove(later);
        b.s.efer = EFER_NXE;
        b.s.debug = 1;
        Snapshot.load(b.s, first);
        assertEquals(0, b.s.efer);
        assertEquals(0, b.s.debug);
    }

    @Test
    public void numbersHaveNames() {
        b.s.fpu.constant(0);
        assertEquals(1L << 63, RegisterFile.read(b.s, "st0.significand"));
        assertEquals(0x3FFF, RegisterFile.read(b.s, "st0.exponent"));
        RegisterFile.write(b.s, "xmm3.high", -2);
        assertEquals(-2, b.s.simd.xmm[7]);
        assertEquals(0x37F, RegisterFile.read(b.s, "fcw"));
        RegisterFile.write(b.s, "mm7", 5);
        assertEquals(5, b.s.fpu.mmx(7));
    }

    @Test
    public void stateOfAnotherModelIsRefused() {
        State state = Snapshot.save(new Bench(Profile.I486).s);
        assertThrows(StateRefused.class, () -> Snapshot.load(b.s, state));
    }

    @Test
    public void incompleteStateChangesNothing() {
        State state = Snapshot.save(b.s);
        state.with("eip", 0x99).values().remove("pdpte3");
        assertThrows(StateRefused.class, () -> Snapshot.load(b.s, state));
        assertEquals(0x400, b.s.eip);
    }

    @Test
    public void partsOfARegisterHaveTheirOwnNames() {
        RegisterFile.write(b.s, "eax", 0x11223344);
        RegisterFile.write(b.s, "ah", 0x55);
        assertEquals(0x5544, RegisterFile.read(b.s, "ax"));
    }

    @Test
    public void unknownNameIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> RegisterFile.read(b.s, "rax"));
    }

    @Test
    public void firmwareLoadsASegmentWithItsHiddenPart() {
        RegisterFile.segment(b.s, "fs", new Segment(0x33, 0x1000, 0xFFF, 0x93));
        assertEquals(new Segment(0x33, 0x1000, 0xFFF, 0x93), RegisterFile.segment(b.s, "fs"));
        assertEquals(0x1010, b.s.linear(FS, 0x10, 1, READ));
    }

    @Test
    public void p6ModelHasSysenterThatLinuxTrusts() {
        int[] answer = new int[4];
        new Model(Profile.P6).cpuid(1, answer);
        assertTrue(answer[0] >= 0x633);
        assertEquals(Model.SEP, answer[3] & Model.SEP);
    }

    @Test
    public void vendorIsGenuineIntel() {
        int[] answer = new int[4];
        new Model(Profile.I486).cpuid(0, answer);
        assertArrayEquals(new int[] {1, 0x756E6547, 0x6C65746E, 0x49656E69}, answer);
    }
}
