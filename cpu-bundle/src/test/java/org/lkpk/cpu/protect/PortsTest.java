package org.lkpk.cpu.protect;

import static org.lkpk.cpu.protect.Bench.TSS;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

public class PortsTest {
    private final Bench b = new Bench().ring3();
    private final CpuState s = b.s;

    /** A map for ports 0..15 whose bits are {@code forbidden}. */
    private void map(int forbidden) {
        b.store(TSS + 0x68, 4, 0xFFFF0000 | forbidden);
    }

    @Test
    public void ring0NeedsNoMap() {
        s.privilege(0);
        s.limit[TR] = 0;
        Ports.check(s, 0x3F8, 1);
    }

    @Test
    public void iopl3NeedsNoMap() {
        s.eflags(IOPL | 2);
        s.limit[TR] = 0;
        Ports.check(s, 0x3F8, 1);
    }

    @Test
    public void clearBitAllows() {
        map(0xFFDF);
        Ports.check(s, 5, 1);
    }

    @Test
    public void setBitForbids() {
        map(0x20);
        b.faults(Fault.GP, 0, () -> Ports.check(s, 5, 1));
    }

    @Test
    public void everyPortOfAWideAccessNeedsItsBit() {
        map(0x80);
        b.faults(Fault.GP, 0, () -> Ports.check(s, 4, 4));
    }

    @Test
    public void accessAcrossBytesOfTheMapReadsBoth() {
        map(0x100);
        b.faults(Fault.GP, 0, () -> Ports.check(s, 7, 2));
    }

    @Test
    public void portBeyondTheMapIsForbidden() {
        map(0);
        b.faults(Fault.GP, 0, () -> Ports.check(s, 0x3F8, 1));
    }

    @Test
    public void taskStateWithoutMapForbids() {
        s.limit[TR] = 0x66;
        b.faults(Fault.GP, 0, () -> Ports.check(s, 0, 1));
    }

    @Test
    public void sixteenBitTaskStateForbids() {
        s.access[TR] = 0x83;
        b.faults(Fault.GP, 0, () -> Ports.check(s, 0, 1));
    }

    @Test
    public void v86AsksTheMapWhateverIopl() {
        b.v86(3);
        map(0x20);
        Ports.check(s, 4, 1);
        b.faults(Fault.GP, 0, () -> Ports.check(s, 5, 1));
    }
}
