package org.lkpk.cpu.meaning;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.protect.Bench.*;
import static org.lkpk.cpu.state.CpuState.*;

import java.util.HexFormat;
import org.junit.Test;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Stop;
import org.lkpk.cpu.engine.Interpreter;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.api.cpu.Engine;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.OpTable;

/** The rows of system.ops as machine code, run by the interpreter. */
public class SystemRowsTest {
    private final Bench b = new Bench();
    private final CpuState s = b.s;

    /** Runs so many instructions of {@code code}, put where EIP stands. */
    private Stop run(String code, int instructions) {
        byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
        b.write(s.base[CS] + s.eip, bytes, 0, bytes.length);
        return new Interpreter(s, new OpTable(), Engine.TRANSLATOR).run(s.count + instructions);
    }

    /** Asserts that the code's first instruction raises {@code vector}, which counts as its execution. */
    private void faults(int vector, String code) {
        b.idt(vector, 0x8E, CODE0);
        s.halted = false;
        int at = s.eip;
        run(code, 1);
        assertEquals(code, HANDLER, s.eip);
        assertEquals(code, at, b.load(s.r[ESP] + (Fault.pushesError(vector) ? 4 : 0)));
    }

    @Test
    public void movToAndFromSegment() {
        s.r[EAX] = DATA3;
        run("8E D8  8C DB", 2); // mov ds,ax; mov ebx,ds
        assertEquals(DATA3, s.r[EBX]);
    }

    @Test
    public void movToCsIsUndefined() {
        faults(6, "8E C8");
    }

    @Test
    public void pushAndPopOfSegments() {
        run("0F A0  17", 2); // push fs; pop ss
        assertEquals(DATA0, s.selector[SS]);
        assertEquals(0x8000, s.r[ESP]);
    }

    @Test
    public void lfsLoadsOffsetAndSelector() {
        b.store(0x600, 4, 0x12345678);
        b.store(0x604, 2, DATA3);
        run("0F B4 05 00 06 00 00", 1); // lfs eax,[600]
        assertEquals(0x12345678, s.r[EAX]);
        assertEquals(DATA3, s.selector[FS]);
    }

    @Test
    public void lgdtAndSgdt() {
        b.store(0x600, 2, 0x1234);
        b.store(0x602, 4, 0x55667788);
        run("0F 01 15 00 06 00 00  0F 01 05 10 06 00 00", 2);
        assertEquals(0x55667788, s.gdtBase);
        assertEquals(0x1234, b.load(0x610, 2));
        assertEquals(0x55667788, b.load(0x612));
    }

    @Test
    public void lidtOfSixteenBitsTakes24BitsOfBase() {
        b.store(0x600, 2, 0x3FF);
        b.store(0x602, 4, 0x55667788);
        run("66 0F 01 1D 00 06 00 00", 1);
        assertEquals(0x667788, s.idtBase);
    }

    @Test
    public void farJumpAndFarCallAndReturn() {
        // jmp 8:407; call 8:410 …; at 410: retf
        run("EA 07 04 00 00 08 00  9A 10 04 00 00 08 00  90 90 CB", 3);
        assertEquals(0x40E, s.eip);
        assertEquals(0x8000, s.r[ESP]);
    }

    @Test
    public void farJumpThroughMemory() {
        b.store(0x600, 4, 0x500);
        b.store(0x604, 2, CODE0);
        run("FF 2D 00 06 00 00", 1);
        assertEquals(0x500, s.eip);
    }

    @Test
    public void intFromRing3AndBack() {
        b.ring3();
        b.idt(0x80, 0xEF, CODE0);
        b.store(HANDLER, 1, 0xCF);
        run("CD 80", 2);
        assertEquals(0x402, s.eip);
        assertEquals(3, s.cpl);
        assertEquals(0x9000, s.r[ESP]);
    }

    @Test
    public void sysenterAndSysexit() {
        b.ring3();
        s.sysenterCs = CODE0;
        s.sysenterEsp = ESP0;
        s.sysenterEip = 0x500;
        s.r[EDX] = 0x402;
        s.r[ECX] = 0x9000;
        b.store(0x500, 2, 0x350F);
        run("0F 34", 2);
        assertEquals(0x402, s.eip);
        assertEquals(3, s.cpl);
    }

    @Test
    public void sysenterIsUndefinedOnAPentium() {
        Bench old = new Bench(Profile.PENTIUM);
        old.idt(6, 0x8E, CODE0);
        old.store(0x400, 2, 0x340F);
        new Interpreter(old.s, new OpTable(), Engine.TRANSLATOR).run(1);
        assertEquals(HANDLER, old.s.eip);
    }

    @Test
    public void intoTrapsOnOverflowOnly() {
        b.idt(4, 0x8E, CODE0);
        run("CE", 1);
        assertEquals(0x401, s.eip);
        s.eflags(OF | 2);
        run("CE", 1);
        assertEquals(HANDLER, s.eip);
        assertEquals(0x402, b.load(s.r[ESP]));
    }

    @Test
    public void boundIsSigned() {
        b.store(0x600, 4, -5);
        b.store(0x604, 4, 5);
        s.r[EAX] = -5;
        run("62 05 00 06 00 00", 1);
        assertEquals(0x406, s.eip);
        s.r[EAX] = 6;
        faults(5, "62 05 00 06 00 00");
    }

    @Test
    public void controlRegisters() {
        s.r[EAX] = 0x12345000;
        run("0F 22 D8  0F 20 DB  0F 06  0F 01 E1", 4); // mov cr3,eax; mov ebx,cr3; clts; smsw ecx
        assertEquals(0x12345000, s.r[EBX]);
        assertEquals(CR0_PE | CR0_ET, s.r[ECX]);
    }

    @Test
    public void lmswCannotClearPe() {
        run("0F 01 F0", 1);
        assertTrue(s.protectedMode());
    }

    @Test
    public void debugRegisters() {
        s.r[EAX] = 0x1234;
        run("0F 23 C0  0F 21 C3", 2);
        assertEquals(0x1234, s.r[EBX]);
    }

    @Test
    public void privilegedInstructionsFaultInRing3() {
        for (String code : new String[] {"F4", "0F 06", "0F 20 C0", "0F 22 C0", "0F 21 C0", "0F 09", "0F 30", "0F 32",
                "0F 01 15 00 06 00 00", "0F 00 D0", "0F 00 D8", "0F 01 F0", "FA", "FB", "E4 60"}) {
            b.ring3();
            s.eip = 0x400;
            faults(13, code);
        }
    }

    @Test
    public void hltStopsUntilAnInterrupt() {
        assertEquals(Stop.DEAD, run("F4", 5));
        assertEquals(0x401, s.eip);
    }

    @Test
    public void aHandlerThatFaultsAtOnceDoesNotRunForEver() {
        b.idt(6, 0x8E, CODE0);
        b.store(HANDLER, 2, 0x0B0F); // ud2
        assertEquals(Stop.LIMIT, run("0F 0B", 1000));
        assertEquals(HANDLER, s.eip);
    }

    @Test
    public void stiHltWaits() {
        assertEquals(Stop.HALT, run("FB F4", 5));
    }

    @Test
    public void interruptComesOneInstructionAfterSti() {
        b.idt(0x20, 0x8E, CODE0);
        b.store(HANDLER, 1, 0x90);
        s.intr = true;
        run("FB 90 90 90", 3);
        assertEquals(HANDLER + 1, s.eip);
        assertEquals(0x402, b.load(s.r[ESP]));
    }

    @Test
    public void pushfAndPopf() {
        s.r[EAX] = 0;
        run("9C 58 0D 01 00 20 00 50 9D", 5); // pushf; pop eax; or eax,200001; push eax; popf
        assertEquals(ID | CF | 2, s.eflags());
    }

    @Test
    public void portsInAllWidths() {
        s.r[EDX] = 0x3F8;
        s.r[EAX] = 0x11223344;
        run("EE", 1);
        assertEquals(0x44, b.outValue);
        run("66 EF", 1);
        assertEquals(0x3344, b.outValue);
        run("E7 80", 1);
        assertEquals(0x11223344, b.outValue);
        assertEquals(0x80, b.outPort);
        run("EC", 1);
        assertEquals(0x112233FF, s.r[EAX]);
    }

    @Test
    public void rdtscReadsTheBoardsTicks() {
        b.ticks = 0x1_2345_6789L;
        run("0F 31", 1);
        assertEquals(0x23456789, s.r[EAX]);
        assertEquals(1, s.r[EDX]);
    }

    @Test
    public void wrmsrAndRdmsr() {
        s.r[ECX] = 0x175;
        s.r[EAX] = 0x7700;
        run("0F 30  31 C0  0F 32", 3);
        assertEquals(0x7700, s.r[EAX]);
    }

    @Test
    public void unknownMsrFaults() {
        s.r[ECX] = 0x1B;
        faults(13, "0F 32");
    }

    @Test
    public void cpuidTellsTheModel() {
        s.r[EAX] = 1;
        run("0F A2", 1);
        assertEquals(0x651, s.r[EAX]);
    }

    @Test
    public void larLslVerrVerw() {
        s.r[EAX] = DATA0;
        run("0F 02 D8  0F 03 C8  0F 00 E0  0F 00 E8", 4);
        assertEquals(0xC09300, s.r[EBX] & 0xF0FF00);
        assertEquals(-1, s.r[ECX]);
        assertTrue(s.zero());
    }

    @Test
    public void arplRaisesTheRequestedLevel() {
        s.r[EAX] = 0x10;
        s.r[ECX] = 3;
        run("63 C8", 1);
        assertEquals(0x13, s.r[EAX]);
        assertTrue(s.zero());
    }

    @Test
    public void realModeHasNoDescriptorInstructions() {
        b.real();
        b.store(4 * 6, 4, 0x1234);
        run("0F 00 C0", 1); // sldt ax
        assertEquals(0x1234, s.eip);
    }

    @Test
    public void strAndSldt() {
        run("0F 00 C8  0F 00 C3", 2);
        assertEquals(TASK, s.r[EAX]);
        assertEquals(0, s.r[EBX]);
    }

    @Test
    public void fromRealModeToProtectedModeWithAFarJump() {
        b.real();
        // mov eax,cr0; or al,1; mov cr0,eax; jmp 8:12345678h
        run("0F 20 C0  0C 01  0F 22 C0  66 EA 78 56 34 12 08 00", 4);
        assertEquals(0x12345678, s.eip);
        assertTrue((s.mode & CODE32) != 0);
        assertFalse(s.virtual8086());
    }

    @Test
    public void aControlRegisterThatIsNotThereIsUndefinedForAnyone() {
        b.ring3();
        faults(Fault.UD, "0F 20 E8"); // mov eax,cr5
    }

    @Test
    public void aPointersSelectorIsWhereA16BitAddressWraps() {
        b.store(0xFFFC, 4, 0x12345678);
        b.store(0, 2, DATA3);
        b.store(0x10000, 2, CODE0);
        run("67 0F B4 06 FC FF", 1); // lfs eax,[FFFC]
        assertEquals(DATA3, s.selector[FS]);
    }

    @Test
    public void aTrapBehindIretTellsTheFlagThatItHasLoaded() {
        b.idt(Fault.DB, 0x8E, CODE0);
        b.store(s.r[ESP], 4, 0x500);
        b.store(s.r[ESP] + 4, 4, CODE0);
        b.store(s.r[ESP] + 8, 4, RF | 2);
        s.eflags(TF | 2);
        run("CF", 1);
        assertEquals(RF, b.load(s.r[ESP] + 8) & RF);
    }

    @Test
    public void aLoadOfSsIsNotTrappedThoughTheNextInstructionFaults() {
        b.idt(Fault.DB, 0x8E, CODE0);
        s.r[EAX] = DATA0;
        s.eflags(TF | 2);
        b.idt(Fault.UD, 0x8E, CODE0);
        int sp = s.r[ESP];
        run("8E D0 0F 0B", 2); // mov ss,ax; ud2
        assertEquals(sp - 12, s.r[ESP]);
        assertEquals(0, s.debug);
    }

    @Test
    public void theStateOfTheFpuMustBeAlignedAtItsBeginOnly() {
        b.ring3();
        s.cr0 |= CR0_AM;
        s.eflags(AC | 2);
        run("DD 35 04 06 00 00", 1); // fnsave [604]
        assertEquals(0x406, s.eip);
        s.eip = 0x400;
        faults(Fault.AC, "DD 35 02 06 00 00");
    }

    @Test
    public void alignmentIsCheckedThoughTheFpuStoresNothing() {
        b.ring3();
        s.cr0 |= CR0_AM;
        s.eflags(AC | 2);
        s.fpu.control(0x37E);
        faults(Fault.AC, "DD 1D 02 06 00 00"); // fstp qword [602], the stack being empty and #IA unmasked
    }
}
