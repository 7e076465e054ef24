package org.lkpk.cpu.engine;

import static org.junit.Assert.assertEquals;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Stop;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.protect.ControlRegisters;
import org.lkpk.cpu.protect.ModelSpecificRegisters;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.OpTable;

/** Pages that hold no code, under PAE with EFER.NXE, as a guest sees them: in the #PF handler, which halts. */
public class NoExecuteTest {
    private static final int POINTERS = 0x100000, DIRECTORY = 0x101000, TABLE = 0x102000;
    private static final int P = 1, W = 2, U = 4, PS = 0x80;
    private static final long NX = 1L << 63;
    /** Two pages of code, and where linear addresses have them. */
    private static final int PAGE = 0x200000, LINEAR = 0x600000, HANDLER = 0x20000;
    private static final int EFER = 0xC0000080, HLT = 0xF4, INC = 0x40, NOP = 0x90;

    private final Bench b = new Bench(Profile.PENTIUM4);
    private final CpuState s = b.s;
    private final Interpreter engine = new Interpreter(s, new OpTable(), Engine.TRANSLATOR);

    public NoExecuteTest() {
        b.store64(Bench.IDT + 8 * Fault.PF, Bench.gate(0x8E, Bench.CODE0, HANDLER, 0));
        b.store(HANDLER, 1, HLT);
        b.store64(POINTERS, DIRECTORY | P);
        b.store64(DIRECTORY, P | W | U | PS);
        b.store64(DIRECTORY + 8, 0x200000 | P | W | U | PS);
        b.store64(DIRECTORY + 24, TABLE | P | W | U);
        for (int n = 0; n < 2; n++) page(n, 0);
        s.cr4 |= CR4_PAE;
        ControlRegisters.write(s, 3, POINTERS);
        ControlRegisters.write(s, 0, s.cr0 | CR0_PG);
        ModelSpecificRegisters.write(s, EFER, EFER_NXE);
        s.eip = LINEAR;
    }

    private void page(int n, long bits) {
        b.store64(TABLE + 8 * n, PAGE + 0x1000 * n | P | W | U | bits);
        s.tlb.flushPage(LINEAR + 0x1000 * n);
    }

    private void code(int... bytes) {
        for (int i = 0; i < bytes.length; i++) b.store(PAGE + i, 1, bytes[i]);
    }

    /** Runs up to HLT; returns #PF's error code, or -1 if there was none. */
    private int run() {
        s.halted = false;
        assertEquals(Stop.DEAD, engine.run(s.count + 100));
        return s.eip == HANDLER + 1 ? b.load(s.r[ESP], 4) : -1;
    }

    @Test
    public void aFetchFaultsWithTheFetchBit() {
        code(HLT);
        page(0, NX);
        assertEquals(0x11, run());
        assertEquals(LINEAR, s.cr2);
    }

    @Test
    public void aFetchFaultOfAUserSaysSo() {
        code(HLT);
        page(0, NX);
        b.ring3();
        s.eip = LINEAR;
        assertEquals(0x15, run());
    }

    @Test
    public void aFetchFromAnAbsentPageHasTheFetchBit() {
        b.store64(TABLE, 0);
        assertEquals(0x10, run());
    }

    @Test
    public void codeOfAnEarlierTranslationIsNotFoundAgainHoweverManyCameBetween() {
        code(INC, HLT);
        b.store(PAGE + 0x1000, 1, HLT);
        run();
        b.store64(TABLE, PAGE + 0x1000 | P | W | U);
        s.tlb.flushPage(LINEAR);
        s.tlb.systemGeneration += (1 << 28) - 1;
        int before = s.r[EAX];
        s.eip = LINEAR;
        run();
        assertEquals(before, s.r[EAX]);
    }

    @Test
    public void dataOfThePageStay() {
        page(0, NX);
        b.store(PAGE, 4, 0x12345678);
        assertEquals(0x12345678, s.tlb.load32(LINEAR));
        s.tlb.store8(LINEAR, 1);
    }

    @Test
    public void codeThatHasRunIsLookedAtAgain() {
        code(INC, HLT);
        assertEquals(-1, run());
        s.eip = LINEAR;
        page(0, NX);
        assertEquals(0x11, run());
        assertEquals(1, s.r[EAX]);
    }

    @Test
    public void anInstructionMayNotReachIntoThePage() {
        code(0xE9, 0xF9, 0x0F, 0, 0); // JMP to 2 bytes before the end
        b.store(PAGE + 0xFFE, 4, 0x1234B8); // MOV EAX,imm32
        page(1, NX);
        assertEquals(0x11, run());
        assertEquals(LINEAR + 0x1000, s.cr2);
        assertEquals(LINEAR + 0xFFE, b.load(s.r[ESP] + 4, 4));
    }

    @Test
    public void decodedCodeAcrossPagesIsLookedAtAgain() {
        code(0xE9, 0xF9, 0x0F, 0, 0);
        b.store(PAGE + 0xFFE, 4, 0x1234B8);
        b.store(PAGE + 0x1002, 2, 0xF400);
        assertEquals(-1, run());
        s.eip = LINEAR;
        page(1, NX);
        assertEquals(0x11, run());
    }

    @Test
    public void theDirectoryRulesItsPages() {
        code(HLT);
        b.store64(DIRECTORY + 24, TABLE | P | W | U | NX);
        assertEquals(0x11, run());
    }

    @Test
    public void aLargePageHasItToo() {
        b.store64(DIRECTORY + 24, PAGE | P | W | PS | NX);
        assertEquals(0x11, run());
    }

    @Test
    public void withoutNxeTheBitIsReserved() {
        code(HLT);
        page(0, NX);
        ModelSpecificRegisters.write(s, EFER, 0);
        assertEquals(9, run());
        b.faults(Fault.PF, 9, () -> s.tlb.load8(LINEAR));
    }

    @Test
    public void codeMaySetNxeUnderItsOwnFeet() {
        code(0x0F, 0x30, NOP, HLT); // WRMSR
        ModelSpecificRegisters.write(s, EFER, 0);
        s.r[ECX] = EFER;
        s.r[EAX] = EFER_NXE;
        s.r[EDX] = 0;
        assertEquals(-1, run());
        assertEquals(EFER_NXE, s.efer);
    }

    @Test
    public void aPointerMayNotHaveIt() {
        b.store64(POINTERS, DIRECTORY | P | NX);
        b.faults(Fault.GP, 0, () -> ControlRegisters.write(s, 3, POINTERS));
    }

    @Test
    public void eferKnowsNothingElse() {
        b.faults(Fault.GP, 0, () -> ModelSpecificRegisters.write(s, EFER, 1));
        assertEquals(EFER_NXE, ModelSpecificRegisters.read(s, EFER));
    }

    @Test
    public void aPentiumIIIHasNoEfer() {
        Bench older = new Bench(Profile.PENTIUM3);
        older.faults(Fault.GP, 0, () -> ModelSpecificRegisters.read(older.s, EFER));
    }

    @Test
    public void aUsersCodeIsNotTheSupervisors() {
        // The page of a return to user mode is the user's; once it is not, the return leads to a fault.
        code(0xCF, HLT); // IRETD
        b.store(PAGE + 2, 1, 0xF4);
        b.store64(Bench.IDT + 8 * Fault.GP, Bench.gate(0x8E, Bench.CODE0, HANDLER + 16, 0));
        b.store(HANDLER + 16, 1, HLT);
        for (int round = 0; round < 2; round++) {
            s.r[ESP] = 0x8000;
            b.push(LINEAR + 2, Bench.CODE3, 2, 0x9000, Bench.DATA3);
            assertEquals(-1, run());
            assertEquals("HLT of a user", HANDLER + 17, s.eip);
            s.eip = LINEAR;
        }
        b.store64(TABLE, PAGE | P | W);
        s.tlb.flushPage(LINEAR);
        s.r[ESP] = 0x8000;
        b.push(LINEAR + 2, Bench.CODE3, 2, 0x9000, Bench.DATA3);
        assertEquals(0x15, run());
    }
}
