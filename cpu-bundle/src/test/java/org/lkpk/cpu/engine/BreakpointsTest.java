package org.lkpk.cpu.engine;

import static org.junit.Assert.assertEquals;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.api.cpu.Stop;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.protect.Interrupts;
import org.lkpk.api.cpu.Engine;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.OpTable;

/** Breakpoints, single steps and what holds them off, as a guest sees them: in the #DB handler, which halts. */
public class BreakpointsTest {
    private static final int CODE = 0x10000, HANDLER = 0x20000, DATA = 0x30000, HLT = 0xF4;
    private static final int BS = 0x4000;

    private final Bench b = new Bench();
    private final CpuState s = b.s;
    private final Interpreter engine = new Interpreter(s, new OpTable(), Engine.TRANSLATOR);

    public BreakpointsTest() {
        for (int vector : new int[] {Fault.DB, Fault.PF, Fault.BP, Fault.AC, Fault.UD})
            b.store64(Bench.IDT + 8 * vector, Bench.gate(0x8E, Bench.CODE0, HANDLER + 16 * vector, 0));
        for (int vector = 0; vector < 32; vector++) b.store(HANDLER + 16 * vector, 1, HLT);
        s.r[ESP] = 0x8000;
        s.r[EBX] = DATA;
        s.eip = CODE;
    }

    private void code(int... bytes) {
        for (int i = 0; i < bytes.length; i++) b.store(CODE + i, 1, bytes[i]);
        b.store(CODE + bytes.length, 1, HLT);
    }

    private void breakpoint(int n, int address, int control) {
        s.dr[n] = address;
        s.dr[7] |= 2 << 2 * n | control << 16 + 4 * n;
        engine.breakpoints();
    }

    /** Runs up to HLT; returns where #DB was raised in the code, or -1. */
    private int run() {
        assertEquals(Stop.DEAD, engine.run(s.count + 100));
        return s.eip == HANDLER + 16 * Fault.DB + 1 ? b.load(s.r[ESP], 4) - CODE : -1;
    }

    private int told() {
        return s.dr[6] & 0xE00F;
    }

    @Test
    public void aSingleStepAtTheLimitIsNotOneInstructionMore() {
        code(0x40, 0x40); // INC EAX; INC EAX
        s.eflags(TF | 2);
        assertEquals(Stop.LIMIT, engine.run(1));
        assertEquals(1, s.count);
        assertEquals(HANDLER + 16 * Fault.DB, s.eip);
    }

    @Test
    public void codeStopsBeforeTheInstruction() {
        code(0x90, 0x40, 0x40); // NOP; INC EAX; INC EAX
        breakpoint(1, CODE + 2, 0);
        assertEquals(2, run());
        assertEquals(1, s.r[EAX]);
        assertEquals(2, told());
    }

    @Test
    public void codeDecodedBeforeStopsToo() {
        code(0x90, 0x40, 0x40);
        assertEquals(-1, run());
        s.halted = false;
        s.eip = CODE;
        breakpoint(0, CODE + 2, 0);
        assertEquals(2, run());
    }

    @Test
    public void resumeFlagPassesOverOneInstruction() {
        code(0x40, 0xEB, 0xFD); // INC EAX; JMP back to it
        breakpoint(0, CODE, 0);
        s.eflags(RF | 2);
        assertEquals(0, run());
        assertEquals(1, s.r[EAX]);
    }

    @Test
    public void anInterruptKeepsTheResumeFlagForItsReturn() {
        breakpoint(0, CODE, 0);
        s.eflags(RF | 2);
        Interrupts.hardware(s, Fault.BP);
        assertEquals(RF | 2, b.load(s.r[ESP] + 8, 4));
        assertEquals(0, s.system & RF);
    }

    @Test
    public void aFaultDropsTheTrapOfItsInstruction() {
        s.r[ESI] = DATA;
        code(0xA5); // MOVSD from a breakpoint to where nothing can be written
        s.limit[ES] = 0;
        s.segmentChanged(ES);
        b.store64(Bench.IDT + 8 * Fault.GP, Bench.gate(0x8E, Bench.CODE0, HANDLER + 16 * Fault.GP, 0));
        breakpoint(0, DATA, 3);
        s.r[EDI] = 0x100;
        assertEquals(-1, run());
        assertEquals(HANDLER + 16 * Fault.GP + 1, s.eip);
        assertEquals(0, told());
    }

    @Test
    public void aWriteTrapsAfterItsInstruction() {
        code(0x89, 0x03, 0x40, 0x40); // MOV [EBX],EAX; INC EAX; INC EAX
        breakpoint(2, DATA + 2, 1 | 1 << 2);
        assertEquals(2, run());
        assertEquals(4, told());
        assertEquals(0, s.r[EAX]);
    }

    @Test
    public void aReadMeetsNoBreakpointOnWrites() {
        code(0x8B, 0x03);
        breakpoint(0, DATA, 1 | 3 << 2);
        assertEquals(-1, run());
        assertEquals(0, told());
    }

    @Test
    public void aReadMeetsOneOnBoth() {
        code(0x40, 0x8B, 0x03, 0x41);
        breakpoint(0, DATA + 3, 3);
        assertEquals(3, run());
        assertEquals(1, told());
    }

    @Test
    public void aNeighbourIsNotMet() {
        code(0x89, 0x03, 0x8A, 0x43, 0x08); // MOV [EBX],EAX; MOV AL,[EBX+8]
        breakpoint(0, DATA + 4, 3 | 3 << 2);
        assertEquals(-1, run());
    }

    @Test
    public void aModificationIsMadeOnce() {
        b.store(DATA, 4, 5);
        s.carry(true);
        code(0x83, 0x13, 0x01, 0x90); // ADC [EBX],1
        breakpoint(3, DATA, 1 | 3 << 2);
        assertEquals(3, run());
        assertEquals(7, b.load(DATA, 4));
        assertEquals(8, told());
    }

    @Test
    public void aRepeatedCopyTrapsAfterTheIterationThatMeets() {
        s.r[ESI] = DATA + 0x100;
        s.r[EDI] = DATA;
        s.r[ECX] = 8;
        code(0xF3, 0xA5); // REP MOVSD
        breakpoint(0, DATA + 8, 1 | 3 << 2);
        assertEquals(0, run());
        assertEquals(5, s.r[ECX]);
    }

    @Test
    public void aPortTrapsWithDebuggingExtensionsOnly() {
        code(0xE6, 0x80, 0x40); // OUT 80h,AL; INC EAX
        breakpoint(0, 0x80, 2);
        assertEquals(-1, run());
        s.halted = false;
        s.eip = CODE;
        s.cr4 = CR4_DE;
        assertEquals(2, run());
        assertEquals(1, told());
    }

    @Test
    public void aStepTrapsAfterOneInstruction() {
        code(0x40, 0x40);
        s.eflags(TF | 2);
        assertEquals(1, run());
        assertEquals(BS, told());
    }

    @Test
    public void aStepAndADataBreakpointAreOneTrap() {
        code(0x89, 0x03, 0x40);
        breakpoint(0, DATA, 1);
        s.eflags(TF | 2);
        assertEquals(2, run());
        assertEquals(BS | 1, told());
    }

    @Test
    public void aLoadOfSsHoldsTheStepOffUntilAfterTheNextInstruction() {
        code(0x8E, 0xD2, 0x40, 0x40); // MOV SS,DX; INC EAX
        s.r[EDX] = Bench.DATA0;
        s.eflags(TF | 2);
        assertEquals(3, run());
    }

    @Test
    public void aLoadOfSsHoldsItsOwnDataBreakpointAndTheNextCodeOneOff() {
        code(0x8E, 0x13, 0x40, 0x40); // MOV SS,[EBX]; INC EAX
        b.store(DATA, 2, Bench.DATA0);
        breakpoint(0, DATA, 3 | 1 << 2);
        breakpoint(1, CODE + 2, 0);
        assertEquals(3, run());
        assertEquals(1, told());
    }

    @Test
    public void ofLoadsOfSsInARowTheFirstAloneHoldsOff() {
        code(0x8E, 0xD2, 0x8E, 0xD2, 0x40); // MOV SS,DX twice; INC EAX
        s.r[EDX] = Bench.DATA0;
        s.eflags(TF | 2);
        assertEquals(4, run());
    }

    @Test
    public void aBreakpointThatIsOffIsToldOfBesideOneThatIsOn() {
        code(0x89, 0x03, 0x40);
        breakpoint(0, DATA, 1 | 3 << 2);
        s.dr[2] = DATA;
        s.dr[3] = DATA + 4;
        s.dr[7] |= (3 | 3 << 2) << 24 | (3 | 3 << 2) << 28;
        engine.breakpoints();
        assertEquals(2, run());
        assertEquals(5, told());
    }

    @Test
    public void aBreakpointThatIsOffDoesNothingAlone() {
        code(0x89, 0x03, 0x40);
        s.dr[2] = DATA;
        s.dr[7] |= (3 | 3 << 2) << 24;
        engine.breakpoints();
        assertEquals(-1, run());
        assertEquals(0, told());
    }

    @Test
    public void stiHoldsNoStepOff() {
        code(0xFB, 0x40);
        s.eflags(TF | 2);
        assertEquals(1, run());
    }

    @Test
    public void anInterruptInstructionIsNotStepped() {
        code(0xCC);
        s.eflags(TF | 2);
        assertEquals(-1, run());
        assertEquals(HANDLER + 16 * Fault.BP + 1, s.eip);
        assertEquals(0, told());
    }

    @Test
    public void aCodeBreakpointComesBeforeAnUndefinedOpcode() {
        code(0x0F, 0x0B);
        breakpoint(0, CODE, 0);
        assertEquals(0, run());
    }

    @Test
    public void aTrapTellsOfItsOwnBreakpointsAlone() {
        code(0x40, 0x40);
        s.dr[6] |= BS | 2;
        breakpoint(2, CODE + 1, 0);
        assertEquals(1, run());
        assertEquals(BS | 4, told());
    }

    @Test
    public void int1TakesABreakpointWithItThatALoadOfSsHolds() {
        code(0x8E, 0x13, 0xF1, 0x40); // MOV SS,[EBX]; INT1
        b.store(DATA, 2, Bench.DATA0);
        breakpoint(0, DATA, 3 | 1 << 2);
        int before = s.r[ESP];
        assertEquals(3, run());
        assertEquals(1, told());
        assertEquals("once", before - 12, s.r[ESP]);
    }

    @Test
    public void aLoadOfSsIsNotStepped() {
        code(0x8E, 0xD2, 0xF1); // MOV SS,DX; INT1
        s.r[EDX] = Bench.DATA0;
        s.eflags(TF | 2);
        int before = s.r[ESP];
        assertEquals(3, run());
        assertEquals(0, told());
        assertEquals(before - 12, s.r[ESP]);
    }

    @Test
    public void int1RaisesDebugAndTellsNothing() {
        code(0xF1, 0x40);
        assertEquals(1, run());
        assertEquals(0, told());
    }

    @Test
    public void aGateThatInt1CannotUseFaultsAtIt() {
        b.store64(Bench.IDT + 8 * Fault.DB, 0);
        b.store64(Bench.IDT + 8 * Fault.GP, Bench.gate(0x8E, Bench.CODE0, HANDLER + 16 * Fault.GP, 0));
        code(0xF1, 0x40);
        run();
        assertEquals(HANDLER + 16 * Fault.GP + 1, s.eip);
        assertEquals(8 | 3, b.load(s.r[ESP], 4));
        assertEquals(CODE, b.load(s.r[ESP] + 4, 4));
    }

    @Test
    public void misalignedAccessOfAUserProgramIsChecked() {
        b.ring3();
        s.cr0 |= CR0_AM;
        s.eflags(AC | 2);
        s.r[EBX] = DATA + 2;
        s.eip = CODE;
        code(0x66, 0x8B, 0x03, 0x8B, 0x03); // MOV AX,[EBX]; MOV EAX,[EBX]
        run();
        assertEquals(HANDLER + 16 * Fault.AC + 1, s.eip);
        assertEquals(0, b.load(s.r[ESP], 4));
        assertEquals(CODE + 3, b.load(s.r[ESP] + 4, 4));
    }

    @Test
    public void theSupervisorIsNotCheckedForAlignment() {
        s.cr0 |= CR0_AM;
        s.eflags(AC | 2);
        s.r[EBX] = DATA + 2;
        code(0x8B, 0x03);
        run();
        assertEquals(CODE + 3, s.eip);
    }

    @Test
    public void aLoadOfSsSuppressesItsOwnStepForAFaultBehindIt() {
        code(0x8E, 0xD0, 0x0F, 0x0B); // MOV SS,AX; UD2
        s.r[EAX] = Bench.DATA0;
        s.eflags(TF | 2);
        assertEquals(-1, run());
        assertEquals(HANDLER + 16 * Fault.UD + 1, s.eip);
        assertEquals(0, told());
    }

    @Test
    public void aStepTellsOfABreakpointOnTheNextInstruction() {
        code(0x90, 0x90);
        breakpoint(1, CODE + 1, 0);
        s.eflags(TF | 2);
        assertEquals(1, run());
        assertEquals(BS | 2, told());
    }
}
