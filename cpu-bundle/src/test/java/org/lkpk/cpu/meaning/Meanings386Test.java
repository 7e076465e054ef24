package org.lkpk.cpu.meaning;

import static org.junit.Assert.assertEquals;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Decoder;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.OpTable;

/** What real 80386s were seen to do. */
public class Meanings386Test {
    private static final int SIGNS = PF | ZF | SF | OF;

    private final CpuState s = new Bench(Profile.I386).s;

    private static Insn decode(int... code) {
        int[] at = {0};
        return new Decoder(new OpTable(), Profile.I386).decode(() -> code[at[0]++], 32);
    }

    @Test
    public void lockMayStandBeforeABitTest() {
        assertEquals("bt", decode(0xF0, 0x0F, 0xA3, 0x03).form.mnemonic()); // LOCK BT [EBX],EAX
        int[] at = {0}, code = {0xF0, 0x0F, 0xA3, 0x03};
        assertEquals("ud", new Decoder(new OpTable(), Profile.I486).decode(() -> code[at[0]++], 32).form.name());
    }

    private int flags(int before, Runnable instruction) {
        s.arithmetic(before);
        instruction.run();
        return s.eflags() & ARITHMETIC;
    }

    @Test
    public void aByteShiftedOutTwiceLeavesItsLastBitInCarry() {
        assertEquals(CF | PF | AF | ZF | OF, flags(0, () -> Meanings386.shl8(s, 1, 16)));
        assertEquals(CF | PF | AF | ZF, flags(0, () -> Meanings386.shr8(s, 0x80, 24)));
        assertEquals(PF | AF | ZF, flags(CF, () -> Meanings386.shr8(s, 0, 16)));
    }

    @Test
    public void aShiftByNothingChangesNoFlag() {
        assertEquals(CF, flags(CF, () -> Meanings386.shl16(s, 1, 32)));
    }

    @Test
    public void aWholeRotationThroughCarrySetsOverflow() {
        assertEquals(OF, flags(0, () -> Meanings386.rcr8(s, 0x40, 9)));
        assertEquals(CF, flags(CF | OF, () -> Meanings386.rcl16(s, 0x8000, 17)));
    }

    @Test
    public void unpackedAdjustmentsHaveTheFlagsOfTheirAddition() {
        Insn aaa = decode(0x37), aas = decode(0x3F);
        s.r[EAX] = 0x7A;
        assertEquals(CF | AF | SF | OF, flags(0, () -> Meanings386.aaa(s, aaa)));
        assertEquals(0x100, s.r[EAX]);
        s.r[EAX] = 0x680;
        assertEquals(CF | AF | OF, flags(AF, () -> Meanings386.aas(s, aas)));
        s.r[EAX] = 1;
        assertEquals(0, flags(SIGNS, () -> Meanings386.aas(s, aas)));
    }

    @Test
    public void packedAdjustmentsSetOverflow() {
        s.r[EAX] = 0x1A;
        assertEquals(CF | AF | SF | OF, flags(CF, () -> Meanings386.daa(s, decode(0x27))));
        s.r[EAX] = 0x80;
        assertEquals(AF | OF, flags(AF, () -> Meanings386.das(s, decode(0x2F))));
    }

    @Test
    public void aadHasTheFlagsOfAnAddition() {
        s.r[EAX] = 0x1F7;
        assertEquals(CF | AF, flags(0, () -> Meanings386.aad(s, decode(0xD5, 10))) & ~(PF | ZF | SF));
    }

    @Test
    public void aBitTestLeavesOverflowAsARotationDoes() {
        s.r[ECX] = 1;
        assertEquals(CF, flags(0, () -> Bits.bt(s, decode(0x0F, 0xBA, 0xE1, 0))));
        assertEquals(OF, flags(CF, () -> Bits.bt(s, decode(0x0F, 0xBA, 0xE1, 1))));
        assertEquals(0, flags(CF | OF, () -> Bits.bt(s, decode(0x0F, 0xBA, 0xE1, 3))));
    }

    @Test
    public void aScaleWithoutIndexIsTheBases() {
        Insn lea = decode(0x8D, 0x04, 0xA3); // LEA EAX,[EBX+none*4]
        s.r[EBX] = 0x100;
        assertEquals(0x400, lea.address(s));
    }

    @Test
    public void laterInstructionsAreUndefined() {
        assertEquals("ud", decode(0x0F, 0xC8).form.name()); // BSWAP
        assertEquals("ud", decode(0x0F, 0xA2).form.name()); // CPUID
        assertEquals("ud", decode(0x0F, 0x09).form.name()); // WBINVD
    }

    @Test
    public void laterFlagsAndControlBitsAreAbsent() {
        s.eflags(-1 & ~(VM | TF));
        assertEquals(0, s.eflags() & (AC | ID | VIF | VIP));
        Control.mov_control(s, decode(0x0F, 0x22, 0xC0)); // MOV CR0,EAX = 0
        s.r[EAX] = -1 & ~(CR0_PG);
        Control.mov_control(s, decode(0x0F, 0x22, 0xC0));
        assertEquals(CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET, s.cr0);
    }

    @Test
    public void testRegistersKeepWhatIsWritten() {
        s.r[EAX] = 0x1234;
        Control.mov_test(s, decode(0x0F, 0x26, 0xF0)); // MOV TR6,EAX
        Control.mov_ofTest(s, decode(0x0F, 0x24, 0xF3)); // MOV EBX,TR6
        assertEquals(0x1234, s.r[EBX]);
    }
}
