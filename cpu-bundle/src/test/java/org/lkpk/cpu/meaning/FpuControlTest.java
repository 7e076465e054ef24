package org.lkpk.cpu.meaning;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.util.Arrays;
import org.junit.Before;
import org.junit.Test;
import org.lkpk.api.bus.State;
import org.lkpk.api.bus.StateRefused;
import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** What x87 instructions do besides arithmetic: faults, pointers, environment, state. */
public class FpuControlTest {
    private static final int FLD1 = 0xE8, FLDZ = 0xEE, FDIVP = 0xF9;

    private final FpuBench bench = new FpuBench();
    private final CpuState s = bench.s;
    private final Fpu fpu = bench.fpu;

    @Before
    public void initialized() {
        fpu.initialize();
        s.eip = 0x1234;
        s.selector[CpuState.CS] = 0x60;
        s.selector[CpuState.DS] = 0x7B;
        bench.insn.offset = 5;
    }

    @Test
    public void emulationAndTaskSwitchedRaiseNm() {
        s.cr0 |= CpuState.CR0_TS;
        assertFault(Fault.NM, 0xD9, FLD1);
        s.cr0 ^= CpuState.CR0_TS | CpuState.CR0_EM;
        assertFault(Fault.NM, 0xDB, 0xE3);
        assertTrue(fpu.empty(0));
    }

    @Test
    public void fwaitRaisesNmOnlyWithMonitorAndTaskSwitched() {
        s.cr0 |= CpuState.CR0_TS;
        FpuControl.fwait(s, bench.insn);
        s.cr0 |= CpuState.CR0_MP;
        try {
            FpuControl.fwait(s, bench.insn);
            fail();
        } catch (Fault f) {
            assertEquals(Fault.NM, f.vector);
        }
    }

    @Test
    public void anUnmaskedExceptionWaitsForTheNextWaitingInstruction() {
        divideByZero();
        assertEquals(Fpu.ZE | Fpu.ES | Fpu.BUSY, fpu.status() & 0x80FF);
        bench.execute(0xDD, 0x3E);
        assertFault(Fault.MF, 0xD9, FLD1);
        bench.execute(0xDB, 0xE2);
        bench.execute(0xD9, FLD1);
    }

    private void fwait(int vector) {
        try {
            FpuControl.fwait(s, bench.insn);
            fail();
        } catch (Fault f) {
            assertEquals(vector, f.vector);
        }
    }

    @Test
    public void withoutNumericErrorAnInstructionWaitsBehindFerr() {
        divideByZero();
        fwait(Fault.MF);
        s.cr0 &= ~CpuState.CR0_NE;
        s.exact = true;
        fwait(Fault.WAIT);
        assertTrue(bench.board.ferr);
    }

    @Test
    public void thePinIsDrivenWhereTheCountIsExact() {
        divideByZero();
        s.cr0 &= ~CpuState.CR0_NE;
        fwait(Fault.REPLAY);
        assertFalse(bench.board.ferr);
    }

    @Test
    public void withIgnneItGoesOnUntilTheExceptionIsCleared() {
        divideByZero();
        s.cr0 &= ~CpuState.CR0_NE;
        s.exact = true;
        fwait(Fault.WAIT);
        bench.board.ignne = true;
        FpuControl.fwait(s, bench.insn);
        assertTrue(bench.board.ferr);
        FpuControl.fnclex(s, bench.insn);
        assertFalse(bench.board.ferr);
    }

    @Test
    public void aSavedStateIsAlignedLikeItsEnvironment() {
        s.cr0 |= CpuState.CR0_AM;
        s.system |= CpuState.AC;
        s.privilege(3);
        bench.insn.displacement = FpuBench.OPERAND + 4;
        bench.execute(0xD9, FLD1);
        FpuControl.fnsave(s, bench.insn);
        FpuControl.frstor(s, bench.insn);
        assertFalse(fpu.empty(0));
        bench.insn.displacement += 2;
        try {
            FpuControl.fnsave(s, bench.insn);
            fail();
        } catch (Fault f) {
            assertEquals(Fault.AC, f.vector);
        }
    }

    @Test
    public void anUnmaskedDivideByZeroLeavesTheStackAsItWas() {
        divideByZero();
        assertEquals(0x8000000000000000L, fpu.significand(1));
        assertEquals(0, fpu.significand(0));
        assertFalse(fpu.empty(1));
    }

    @Test
    public void fldcwThatUnmasksAPendingExceptionSetsTheSummary() {
        bench.execute(0xD9, FLD1);
        bench.execute(0xD9, FLDZ);
        bench.execute(0xDE, FDIVP);
        assertFalse(fpu.pending());
        bench.word(0, 0x37B);
        bench.execute(0xD9, 0x2E);
        assertTrue(fpu.pending());
    }

    @Test
    public void pointersTellTheLastInstructionButNotControlOnes() {
        bench.execute(0xDD, 0x06);
        bench.insn.offset = 99;
        bench.execute(0xD9, 0x3E);
        assertEquals(0x1239, fpu.instructionOffset);
        assertEquals(0x60, fpu.instructionSelector);
        assertEquals(0x506, fpu.opcode);
        assertEquals(FpuBench.OPERAND, fpu.dataOffset);
        assertEquals(0x7B, fpu.dataSelector);
    }

    @Test
    public void aFaultingLoadOrStoreChangesNothing() {
        bench.execute(0xD9, FLD1);
        int status = fpu.status(), offset = fpu.instructionOffset;
        bench.insn.offset = 50;
        s.access[CpuState.DS] = 0;
        s.segmentChanged(CpuState.DS);
        for (int[] op : new int[][] {{0xD9, 0x06}, {0xD9, 0x1E}, {0xDD, 0x26}, {0xDD, 0x36}, {0xDF, 0x36}, {0xDB, 0x3E}})
            assertFault(Fault.GP, op[0], op[1]);
        assertEquals(status, fpu.status());
        assertEquals(offset, fpu.instructionOffset);
        assertFalse(fpu.empty(0));
    }

    @Test
    public void environmentOf32BitsInProtectedMode() {
        bench.execute(0xDD, 0x06);
        bench.execute(0xD9, 0x36);
        int[] expected = {0xFFFF037F, 0xFFFF3800, 0xFFFF7FFF, 0x1239, 0x5060060, FpuBench.OPERAND, 0xFFFF007B};
        for (int n = 0; n < 7; n++) assertEquals("word " + n, expected[n], s.tlb.load32(FpuBench.OPERAND + 4 * n));
    }

    @Test
    public void environmentOf16BitsInRealMode() {
        s.cr0 &= ~CpuState.CR0_PE;
        s.selector[CpuState.CS] = 0xF000;
        s.selector[CpuState.DS] = 0x2000;
        bench.execute(0xDD, 0x06);
        bench.insn.operandSize = 16;
        bench.execute(0xD9, 0x36);
        int[] expected = {0x037F, 0x3800, 0x7FFF, 0x1239, 0xF506, FpuBench.OPERAND, 0x2000};
        for (int n = 0; n < 7; n++) assertEquals("word " + n, expected[n], bench.word(2 * n));
        bench.execute(0xD9, 0x26);
        assertEquals(0xF1239, fpu.instructionOffset);
        assertEquals(0x20000 + FpuBench.OPERAND, fpu.dataOffset);
        assertEquals(0x506, fpu.opcode);
    }

    @Test
    public void fnstenvMasksAllExceptions() {
        fpu.control(0x340);
        bench.execute(0xD9, 0x36);
        assertEquals(0x37F, fpu.control());
        assertEquals(0x340, bench.word(0));
    }

    @Test
    public void fnsaveThenFrstorBringsEverythingBack() {
        for (int size = 16; size <= 32; size += 16) {
            initialized();
            bench.insn.operandSize = (byte) size;
            bench.execute(0xD9, 0xEB);
            bench.execute(0xD9, 0xE9);
            bench.execute(0xD9, 0xFA);
            State before = fpu.save();
            bench.execute(0xDD, 0x36);
            assertEquals(0xFFFF, fpu.tags());
            bench.execute(0xDD, 0x26);
            State after = fpu.save();
            if (size == 16) before.with("fop", 0); // This layout has no room for it.
            assertEquals(before, after);
        }
    }

    @Test
    public void savedStateLoadsAgainAndABrokenOneChangesNothing() {
        bench.execute(0xD9, 0xEB);
        State saved = fpu.save();
        fpu.reset();
        State broken = fpu.save();
        broken.values().remove("fop");
        fpu.load(saved);
        assertEquals(saved, fpu.save());
        try {
            fpu.load(broken);
            fail();
        } catch (StateRefused refused) {
            assertEquals(saved, fpu.save());
        }
    }

    @Test
    public void fnstswToAxLeavesTheUpperHalf() {
        s.r[CpuState.EAX] = 0x12345678;
        bench.execute(0xD9, FLD1);
        bench.execute(0xDF, 0xE0);
        assertEquals(0x12343800, s.r[CpuState.EAX]);
    }

    @Test
    public void constantsAreRoundedAsTheControlWordSays() {
        long[] pi = new long[4];
        for (int rounding = 0; rounding < 4; rounding++) {
            fpu.initialize();
            fpu.control(0x37F | rounding << 10);
            bench.execute(0xD9, 0xEB);
            pi[rounding] = fpu.significand(0) & 0xFF;
        }
        assertArrayEquals(Arrays.toString(pi), new long[] {0x35, 0x34, 0x35, 0x34}, pi);
    }

    private void divideByZero() {
        fpu.control(0x37B);
        bench.execute(0xD9, FLD1);
        bench.execute(0xD9, FLDZ);
        bench.execute(0xDE, FDIVP);
    }

    private void assertFault(int vector, int opcode, int modRm) {
        try {
            bench.execute(opcode, modRm);
        } catch (Fault f) {
            assertEquals(vector, f.vector);
            return;
        }
        fail(String.format("%02X %02X: no fault", opcode, modRm));
    }
}
