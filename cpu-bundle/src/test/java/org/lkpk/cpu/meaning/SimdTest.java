package org.lkpk.cpu.meaning;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.util.HexFormat;
import org.junit.Test;
import org.lkpk.api.bus.State;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.engine.Meanings;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.protect.ControlRegisters;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.state.Model;
import org.lkpk.cpu.state.Snapshot;
import org.lkpk.cpu.table.Decoder;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.OpTable;
import org.lkpk.cpu.table.Printer;

/** What recordings of user programs cannot tell: control registers, models, FXSAVE's image, the printed form. */
public class SimdTest {
    private static final OpTable TABLE = new OpTable();
    private static final Meanings MEANINGS = new Meanings();
    private static final int AREA = 0x5000, NONE = -1;
    private static final String ADDPS = "0F 58 C1", ADDPS_MEMORY = "0F 58 07", PADDB = "0F FC C1", FXSAVE = "0F AE 07",
            FXRSTOR = "0F AE 0F", LDMXCSR = "0F AE 17";

    private final Bench bench = new Bench(Profile.PENTIUM4);
    private CpuState s = bench.s;

    public SimdTest() {
        s.cr4 = CpuState.CR4_OSFXSR | CpuState.CR4_OSXMMEXCPT;
        s.cr0 |= CpuState.CR0_NE;
        s.r[CpuState.EDI] = AREA;
    }

    private Insn decode(String code) {
        byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(code);
        int[] at = {0};
        return new Decoder(TABLE, s.model.profile()).decode(() -> bytes[at[0]++] & 0xFF, 32);
    }

    /** Executes an instruction; answers the vector of its fault. */
    private int execute(String code) {
        Insn i = decode(code);
        try {
            MEANINGS.of(i.form, i.operandSize).invoke(null, s, i);
            return NONE;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Fault f) return f.vector;
            throw new AssertionError(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    public void sseNeedsOsfxsr() {
        s.cr4 = 0;
        assertEquals(Fault.UD, execute(ADDPS));
    }

    @Test
    public void emulationIsAnInvalidOpcode() {
        s.cr0 |= CpuState.CR0_EM;
        assertEquals(Fault.UD, execute(ADDPS));
        assertEquals(Fault.UD, execute(PADDB));
        assertEquals(Fault.NM, execute(FXSAVE));
    }

    @Test
    public void taskSwitchedIsNoDevice() {
        s.cr0 |= CpuState.CR0_TS;
        assertEquals(Fault.NM, execute(ADDPS));
        assertEquals(Fault.NM, execute(PADDB));
        assertEquals(Fault.NM, execute(FXRSTOR));
    }

    @Test
    public void unmaskedExceptionIsXmOnlyIfTheSystemKnowsIt() {
        s.simd.mxcsr(0);
        s.simd.set(0, 0x3F800000, 0);
        s.simd.set(1, 0x00000001, 0);
        assertEquals(Fault.XM, execute(ADDPS));
        assertEquals("the flag is set, the mask is not", 2, s.simd.mxcsr());
        s.cr4 = CpuState.CR4_OSFXSR;
        assertEquals(Fault.UD, execute(ADDPS));
        assertEquals("the destination stays", 0x3F800000, s.simd.xmm[0]);
    }

    @Test
    public void misalignedOperandIsAProtectionFault() {
        s.r[CpuState.EDI] = AREA + 8;
        assertEquals(Fault.GP, execute(ADDPS_MEMORY));
        assertEquals(Fault.GP, execute(FXSAVE));
        assertEquals("MOVUPS", NONE, execute("0F 10 07"));
    }

    @Test
    public void reservedBitOfMxcsrIsAProtectionFault() {
        bench.store(AREA, 4, 0x1FC0);
        assertEquals(NONE, execute(LDMXCSR));
        s = new Bench(Profile.PENTIUM3).s;
        s.cr4 = CpuState.CR4_OSFXSR;
        s.r[CpuState.EDI] = AREA;
        s.tlb.store32(AREA, 0x1FC0);
        assertEquals("a Pentium III has no denormals-are-zeros", Fault.GP, execute(LDMXCSR));
    }

    @Test
    public void fxrstorBringsBackWhatFxsaveStored() {
        s.fpu.constant(3);
        s.simd.set(7, 0x1122334455667788L, -1);
        s.simd.mxcsr(0x3F80);
        State fpu = s.fpu.save(), simd = s.simd.save();
        assertEquals(NONE, execute(FXSAVE));
        s.fpu.reset();
        s.simd.reset();
        assertEquals(NONE, execute(FXRSTOR));
        assertEquals(fpu, s.fpu.save());
        assertArrayEquals(simd.bytes("xmm"), s.simd.save().bytes("xmm"));
        assertEquals(0x3F80, s.simd.mxcsr());
    }

    @Test
    public void fxsaveHasItsParts() {
        s.fpu.constant(0);
        s.simd.set(1, 5, 6);
        execute(FXSAVE);
        assertEquals("control and status, top 7", 0x3800037F, bench.load(AREA));
        assertEquals("one register is in use", 0x80, bench.load(AREA + 4) & 0xFF);
        assertEquals(0x1F80, bench.load(AREA + 24));
        assertEquals("the mask of MXCSR", 0xFFFF, bench.load(AREA + 28));
        assertEquals("1.0 in ST0", 0x3FFF, bench.load(AREA + 40));
        assertEquals(5, bench.load(AREA + 176));
        assertEquals(6, bench.load(AREA + 184));
    }

    @Test
    public void olderModelsHaveNoneOfIt() {
        s = new Bench(Profile.P6).s;
        assertEquals("ud", decode(PADDB).form.name());
        assertEquals("prefetches were NOPs before", "prefetcht0", decode("0F 18 0F").form.name());
        assertThrows(Fault.class, () -> ControlRegisters.write(s, 4, CpuState.CR4_OSFXSR));
        s = new Bench(Profile.PENTIUM3).s;
        assertEquals("addps", decode(ADDPS).form.name());
        assertEquals("addpd", "ud", decode("66 " + ADDPS).form.name());
    }

    @Test
    public void aRepeatPrefixOutweighsTheOperandSizeAndTheLastOneCounts() {
        assertEquals("addss", decode("F3 66 " + ADDPS).form.name());
        assertEquals("addsd", decode("F3 F2 " + ADDPS).form.name());
        assertEquals("ud", decode("F3 0F FC C1").form.name());
        assertEquals("no prefix means anything to CMOV", "cmove", decode("F3 0F 44 C1").form.name());
        assertEquals(16, decode("66 0F 44 C1").operandSize);
    }

    @Test
    public void theyArePrintedAsInTheManual() {
        String[] codes = {"0F FC 4F 08", "paddb mm1, qword ptr [edi + 8]", "66 0F 6F 07", "movdqa xmm0, xmmword ptr [edi]",
            "F3 0F 2C C1", "cvttss2si eax, xmm1", "0F C6 C1 1B", "shufps xmm0, xmm1, 0x1b", "66 0F 71 D3 04", "psrlw xmm3, 4",
            "0F AE F8", "sfence"};
        for (int n = 0; n < codes.length; n += 2) {
            byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(codes[n]);
            assertEquals(codes[n + 1], new Printer(TABLE).disassemble(bytes, 0, 32).get(0).text().trim());
        }
    }

    @Test
    public void xmmRegistersSurviveAsState() {
        s.simd.set(3, 0x123456789ABCDEF0L, 42);
        s.simd.mxcsr(0x9FC0);
        CpuState other = new Bench(Profile.PENTIUM4).s;
        Snapshot.load(other, Snapshot.save(s));
        assertArrayEquals(s.simd.xmm, other.simd.xmm);
        assertEquals(0x9FC0, other.simd.mxcsr());
    }

    @Test
    public void stateOfVersion1StillLoads() {
        State now = Snapshot.save(s), old = new State(Snapshot.KIND, 1, now.values());
        old.values().remove("sse");
        s.simd.set(0, 1, 1);
        s.simd.mxcsr(0);
        Snapshot.load(s, old);
        assertEquals("as after RESET", 0, s.simd.xmm[0]);
        assertEquals(0x1F80, s.simd.mxcsr());
    }

    @Test
    public void aPentium4SaysItsName() {
        StringBuilder name = new StringBuilder();
        int[] answer = new int[4];
        for (int leaf = 0x80000002; leaf <= 0x80000004; leaf++) {
            new Model(Profile.PENTIUM4).cpuid(leaf, answer);
            for (int word : answer) for (int n = 0; n < 32; n += 8) name.append((char) (word >> n & 0xFF));
        }
        assertEquals(48, name.length());
        assertEquals("Intel(R) Pentium(R) 4 CPU\0", name.toString().stripLeading());
    }
}
