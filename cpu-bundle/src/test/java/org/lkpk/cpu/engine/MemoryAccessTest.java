package org.lkpk.cpu.engine;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.state.CpuState.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Test;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.api.cpu.Engine;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.OpTable;

/** How code meets memory: the A20 gate, segments that expand down, the limit of code. */
public class MemoryAccessTest {
    private static final int CODE = 0x10000, HANDLER = 0x20000, HLT = 0xF4;

    private final Bench b = new Bench();
    private final CpuState s = b.s;
    private final Interpreter engine = new Interpreter(s, new OpTable(), Engine.TRANSLATOR);

    public MemoryAccessTest() {
        for (int vector = 0; vector < 32; vector++) {
            b.store64(Bench.IDT + 8 * vector, Bench.gate(0x8E, Bench.CODE0, HANDLER + 16 * vector, 0));
            b.store(HANDLER + 16 * vector, 1, HLT);
        }
        s.eip = CODE;
    }

    /** Runs the code up to HLT; returns the vector of the exception, or -1. */
    private int run(int... bytes) {
        for (int i = 0; i < bytes.length; i++) b.store(CODE + i, 1, bytes[i]);
        b.store(CODE + bytes.length, 1, HLT);
        engine.run(s.count + 50);
        return s.eip >= HANDLER ? s.eip - HANDLER >> 4 : -1;
    }

    @Test
    public void whatModifiesMemoryBesideItsOwnCodeIsDoneOnce() {
        b.store(CODE + 12, 4, 5);
        run(0xF9, 0x83, 0x15, CODE + 12 & 0xFF, CODE + 12 >> 8 & 0xFF, CODE + 12 >> 16, 0, 1); // STC; ADC DWORD [CODE+12],1
        assertEquals("the carry flag is that from before", 7, b.load(CODE + 12, 4));
    }

    @Test
    public void whatExchangesWithItsOwnCodeIsDoneOnce() {
        b.store(CODE + 12, 4, 5);
        s.r[EBX] = CODE + 12;
        s.r[EAX] = 2;
        run(0x90, 0x0F, 0xC1, 0x03); // NOP; XADD [EBX],EAX
        assertEquals(7, b.load(CODE + 12, 4));
        assertEquals(5, s.r[EAX]);
    }

    @Test
    public void withoutA20AddressesWrapAtOneMegabyte() {
        b.store(0x500, 4, 0x11111111);
        b.store(0x100500, 4, 0x22222222);
        s.r[EBX] = 0x100500;
        b.a20 = false;
        s.tlb.flush();
        run(0x8B, 0x03); // MOV EAX,[EBX]
        assertEquals(0x11111111, s.r[EAX]);
    }

    @Test
    public void withA20TheyDoNot() {
        b.store(0x100500, 4, 0x22222222);
        s.r[EBX] = 0x100500;
        run(0x8B, 0x03);
        assertEquals(0x22222222, s.r[EAX]);
    }

    @Test
    public void aPortIsReadWithTheCountOfItsIteration() {
        List<Long> counts = new ArrayList<>();
        Bench asked = new Bench() {
            @Override
            public int in(int port, int size) {
                counts.add(s.count);
                return 0;
            }
        };
        int[] code = {0x90, 0xF3, 0x6C, HLT}; // NOP; REP INSB
        for (int i = 0; i < code.length; i++) asked.store(CODE + i, 1, code[i]);
        asked.s.eip = CODE;
        asked.s.r[ECX] = 3;
        asked.s.r[EDI] = 0x30000;
        new Interpreter(asked.s, new OpTable(), Engine.TRANSLATOR).run(50);
        assertEquals(List.of(2L, 3L, 4L), counts);
        assertEquals(5, asked.s.count);
    }

    @Test
    public void anFpuErrorWaitsForTheInterruptThatItRaises() {
        b.store64(Bench.IDT + 8 * 0x20, Bench.gate(0x8E, Bench.CODE0, HANDLER, 0));
        s.r[ESP] = 0x8000;
        b.store(0x30000, 2, 0x37B); // Division by zero is not masked.
        s.r[EBX] = 0x30000;
        assertEquals(-1, run(0xD9, 0x2B, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9, 0x9B)); // FLDCW; FLD1; FLDZ; FDIVP; FWAIT
        assertEquals("at FWAIT", CODE + 8, s.eip);
        assertTrue(s.halted && b.ferr);
        s.intr = true;
        s.eflags(IF | 2);
        engine.run(s.count + 50);
        assertEquals(CODE + 8, b.load(s.r[ESP], 4));
    }

    private int expandDown(int limit, int access, int offset) {
        b.gdt(Bench.FREE, Bench.descriptor(0, limit, access));
        s.r[EAX] = Bench.FREE;
        s.r[EBX] = offset;
        return run(0x8E, 0xD8, 0x8B, 0x0B); // MOV DS,AX; MOV ECX,[EBX]
    }

    @Test
    public void belowItsLimitAnExpandDownSegmentEnds() {
        assertEquals(Fault.GP, expandDown(0x1FFF, 0x4097, 0x1FFF));
    }

    @Test
    public void aboveItsLimitAnExpandDownSegmentIs() {
        assertEquals(-1, expandDown(0x1FFF, 0x4097, 0x2000));
    }

    @Test
    public void aSmallExpandDownSegmentEndsAt64K() {
        assertEquals(-1, expandDown(0x1FFF, 0x0097, 0xFFFC));
        assertEquals(CODE + 5, s.eip);
    }

    @Test
    public void aSmallExpandDownSegmentIsNotBeyond64K() {
        assertEquals(Fault.GP, expandDown(0x1FFF, 0x0097, 0xFFFD));
    }

    @Test
    public void anExpandDownSegmentWithTheGreatestLimitHasNothing() {
        assertEquals(Fault.GP, expandDown(-1, 0xC097, 0x2000));
    }

    @Test
    public void itHasNotEvenItsFirstByte() {
        b.gdt(Bench.FREE, Bench.descriptor(0, -1, 0xC097));
        s.r[EAX] = Bench.FREE;
        assertEquals(Fault.GP, run(0x8E, 0xD8, 0x8A, 0x0B)); // MOV DS,AX; MOV CL,[EBX]
    }

    @Test
    public void codeEndsAtItsLimit() {
        s.limit[CS] = CODE + 1;
        s.segmentChanged(CS);
        assertEquals(Fault.GP, run(0x40, 0x40, 0x40)); // INC EAX
        assertEquals(2, s.r[EAX]);
    }

    @Test
    public void codeThatALargerSegmentHasRunEndsAtTheLimitOfThisOne() {
        s.limit[CS] = CODE + 0x100;
        s.segmentChanged(CS);
        assertEquals(-1, run(0x40, 0x40, 0x40));
        s.limit[CS] = CODE + 1;
        s.segmentChanged(CS);
        s.halted = false;
        s.eip = CODE;
        engine.run(s.count + 50);
        assertEquals(HANDLER + 16 * Fault.GP + 1, s.eip);
        assertEquals(5, s.r[EAX]);
    }

    @Test
    public void anInstructionOfSixteenBytesIsRefused() {
        int[] code = new int[16];
        Arrays.fill(code, 0x66);
        code[15] = 0x90;
        assertEquals(Fault.GP, run(code));
    }

    /** MOV byte [at],value. */
    private static int[] rewrite(int at, int value, int... after) {
        int[] code = Arrays.copyOf(new int[] {0xC6, 0x05, at & 0xFF, at >> 8 & 0xFF, at >> 16 & 0xFF, at >>> 24, value}, 7 + after.length);
        System.arraycopy(after, 0, code, 7, after.length);
        return code;
    }

    @Test
    public void theNextInstructionIsRunAsItHasJustBeenWritten() {
        run(rewrite(CODE + 7, 0x41, 0x40)); // INC EAX becomes INC ECX
        assertEquals(0, s.r[EAX]);
        assertEquals(1, s.r[ECX]);
    }

    @Test
    public void aLoopSeesWhatItWritesIntoItself() {
        s.r[EDX] = 3;
        // INC EAX, which becomes INC ECX after the first time; DEC EDX; JNZ back to it
        run(0x40, 0xC6, 0x05, 0x00, 0x00, 0x01, 0x00, 0x41, 0x4A, 0x75, 0xF5);
        assertEquals(1, s.r[EAX]);
        assertEquals(2, s.r[ECX]);
    }

    @Test
    public void anImmediateAcrossTwoPagesIsRewritten() {
        int at = CODE + 0xFFE; // MOV EAX,imm32, whose last three bytes lie in the next page
        for (int i = 0; i < 6; i++) b.store(at + i, 1, new int[] {0xB8, 1, 0, 0, 0, HLT}[i]);
        s.eip = at;
        engine.run(s.count + 50);
        b.store(at + 2, 1, 2);
        s.halted = false;
        s.eip = at;
        engine.run(s.count + 50);
        assertEquals(0x201, s.r[EAX]);
    }
}
