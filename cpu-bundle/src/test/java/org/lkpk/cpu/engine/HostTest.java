package org.lkpk.cpu.engine;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;
import static org.lkpk.cpu.state.CpuState.*;

import java.util.Random;
import org.junit.Before;
import org.junit.Test;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Stop;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.OpTable;

/** Machine code of the host: what it leaves to the interpreter, where it goes on, and when it is gone. */
public class HostTest {
    private static final int CODE = 0x10000, STACK = 0x30000, DIRECTORY = 0x100000, TABLE = 0x101000, HANDLERS = 0x20000;

    @Before
    public void thereIsSuchCode() {
        assumeTrue(HostCode.layout() != null);
    }

    private static Bench bench(int... code) {
        Bench b = new Bench();
        for (int n = 0; n < code.length; n++) b.store(CODE + n, 1, code[n]);
        b.s.eip = CODE;
        b.s.r[ESP] = STACK;
        return b;
    }

    private static Interpreter host(Bench b) {
        return new Interpreter(b.s, new OpTable(), 1, Tier.HOST);
    }

    private static Interpreter judge(Bench b) {
        return new Interpreter(b.s, new OpTable(), Interpreter.NEVER, Tier.HOST);
    }

    private static void assertSame(CpuState judge, CpuState s) {
        assertEquals(judge.count, s.count);
        assertEquals(Integer.toHexString(judge.eip), Integer.toHexString(s.eip));
        assertEquals(Integer.toHexString(judge.eflags()), Integer.toHexString(s.eflags()));
        assertArrayEquals(judge.r, s.r);
    }

    /** XOR EAX,1; CMP EAX,1; something; JZ over INC ECX; ADD EBX,2, behind which nobody sees those flags; JMP to the start. */
    private static void afterComparison(int... something) {
        int[] before = {0x83, 0xF0, 1, 0x83, 0xF8, 1}, after = {0x74, 1, 0x41, 0x83, 0xC3, 2, 0xEB, -(before.length + something.length + 8)};
        int[] code = new int[before.length + something.length + after.length];
        System.arraycopy(before, 0, code, 0, before.length);
        System.arraycopy(something, 0, code, before.length, something.length);
        System.arraycopy(after, 0, code, before.length + something.length, after.length);
        Bench one = bench(code), other = bench(code);
        Interpreter judge = judge(one), engine = new Interpreter(other.s, new OpTable(), 8, Tier.HOST);
        judge.run(1000);
        engine.run(1000);
        assertSame(one.s, other.s);
        engine.close();
    }

    @Test
    public void aConditionSeesTheComparisonWhateverIsBetween() {
        afterComparison(0x0F, 0xB6, 0xE5); // MOVZX ESP,CH
        afterComparison(0x0F, 0xBE, 0xE7); // MOVSX ESP,BH
        afterComparison(0x66, 0x0F, 0xCA); // BSWAP DX
        afterComparison(0x66, 0x8D, 0x53, 1); // LEA DX,[EBX+1]
        afterComparison(0x67, 0x8D, 0x57, 1); // LEA EDX,[BX+1]
        afterComparison(0x67, 0x0F, 0x1F, 0x47, 1); // NOP [BX+1]
    }

    @Test
    public void thePoppedResumeFlagIsNotSet() {
        int[] code = {0x68, 2, 2, 1, 0, 0x9D, 0xEB, 0xF8}; // PUSH RF|IF; POPF; JMP to it
        Bench one = bench(code), other = bench(code);
        Interpreter judge = judge(one), engine = host(other);
        for (Bench b : new Bench[] {one, other}) {
            Interpreter runs = b == one ? judge : engine;
            b.s.eflags(IF);
            runs.run(999);
            b.s.eflags(RF | IF);
            runs.run(1998);
        }
        assertSame(one.s, other.s);
        assertEquals(0, other.s.eflags() & RF);
        engine.close();
    }

    @Test
    public void usersMayNotSetTheInterruptFlagThoughItIsSet() {
        // top: inc eax; test al,7; jnz on; sti; on: jmp top
        int[] code = {0x40, 0xA8, 7, 0x75, 1, 0xFB, 0xEB, 0xF8}, handler = {0x83, 0xC4, 4, 0xFF, 4, 0x24, 0x41, 0xCF};
        CpuState[] states = new CpuState[2];
        for (int n = 0; n < 2; n++) {
            Bench b = bench(code).ring3();
            // #GP: add esp,4; inc dword [esp]; inc ecx; iret
            b.store64(Bench.IDT + 8 * 13, Bench.gate(0x8E, Bench.CODE0, HANDLERS, 0));
            for (int k = 0; k < handler.length; k++) b.store(HANDLERS + k, 1, handler[k]);
            b.s.eflags(IF);
            states[n] = b.s;
            Interpreter engine = n == 0 ? judge(b) : new Interpreter(b.s, new OpTable(), 20, Tier.HOST);
            engine.run(5000);
            engine.close();
        }
        assertSame(states[0], states[1]);
        assertTrue("faults", states[1].r[ECX] > 100);
    }

    /** An access trap asserts the interrupt line in the middle of a block; CLI comes behind that. */
    @Test
    public void whatAnInstructionBringsUpComesBeforeTheNextBlock() {
        int[] code = {0x66, 0x50, 0x66, 0x58, 0x90, 0xFA, 0x42, 0xFB, 0x42, 0xEB, 0xF5}; // PUSH AX; POP AX; NOP; CLI; INC EDX; STI; INC EDX; JMP
        CpuState[] states = new CpuState[2];
        for (int n = 0; n < 2; n++) {
            Bench b = new Bench() {
                @Override
                public int acknowledge() {
                    s.intr = false;
                    s.attend();
                    return 0x20;
                }
            };
            for (int k = 0; k < code.length; k++) b.store(CODE + k, 1, code[k]);
            b.store64(Bench.IDT + 8 * 0x20, Bench.gate(0x8E, Bench.CODE0, HANDLERS, 0));
            b.store(HANDLERS, 4, 0xCF41); // INC ECX; IRET
            CpuState s = states[n] = b.s;
            s.eip = CODE;
            s.r[ESP] = STACK;
            s.eflags(IF);
            Interpreter engine = n == 0 ? judge(b) : host(b);
            int[] accesses = new int[1];
            engine.traps().on(STACK - 0x100, 0x100, Cpu.Access.READ_OR_WRITE, (linear, size, write) -> {
                if (++accesses[0] % 7 != 0) return;
                s.intr = true;
                s.attend();
            });
            engine.run(5000);
            engine.close();
        }
        assertSame(states[0], states[1]);
        assertTrue("interrupts", states[1].r[ECX] > 100);
    }

    @Test
    public void aTrapMayBeClosedAfterItsProcessor() {
        Bench b = bench(0x40, 0xEB, 0xFD); // INC EAX; JMP to it
        Interpreter engine = host(b);
        Cpu.Trap trap = engine.traps().at(CODE + 0x100, () -> { });
        engine.run(1000);
        assertEquals(1, (long) engine.counters().get("regions held"));
        engine.close();
        trap.clear();
    }

    @Test
    public void closingTwiceLeavesOthersTheirMemory() {
        Bench b = bench(0x40, 0xEB, 0xFD);
        Interpreter one = host(bench(0x90));
        one.close();
        Interpreter other = host(b);
        one.close();
        other.run(1000);
        assertEquals(500, b.s.r[EAX]);
        other.close();
    }

    @Test
    public void codeThatWasClosedIsNotRun() {
        Bench b = bench(0x40, 0xEB, 0xFD);
        Interpreter engine = host(b);
        engine.run(1000);
        engine.close();
        engine.run(2000);
        assertEquals(1000, b.s.r[EAX]);
    }

    // Pages of code that come to lie elsewhere

    private static final int PAGES = 8, FRAMES = 5, PLACES = 16, PLACE = 0x1000 / PLACES, LINEAR = 0x200000, PHYSICAL = 0x40000;

    private static int entry(int page, int frame) {
        return PHYSICAL + (frame << 12) | 3;
    }

    /** Code of all frames: each place does something and jumps to another, at times after some page has been moved. */
    private static byte[] moving(Random random) {
        byte[] all = new byte[FRAMES << 12];
        for (int at = 0; at < all.length; at += PLACE) {
            int n = at, pte = TABLE + 4 * ((LINEAR >> 12) + random.nextInt(PAGES)), frame = entry(0, random.nextInt(FRAMES));
            int r = 0xC0 | random.nextInt(2) << 3 | 2 * random.nextInt(2);
            n = put(all, n, 0x01, r, 0x81, 0xC0 | random.nextInt(3), at, at >> 8, at >> 16, 0); // ADD r,r; ADD r,at
            if (random.nextInt(4) == 0) {
                n = put(all, n, 0xC7, 0x05, pte, pte >> 8, pte >> 16, 0, frame, frame >> 8, frame >> 16, 0); // MOV [pte],frame
                int page = LINEAR + (pte - TABLE - (LINEAR >> 10) << 10);
                if (random.nextBoolean()) n = put(all, n, 0x0F, 0x20, 0xDF, 0x0F, 0x22, 0xDF); // MOV EDI,CR3; MOV CR3,EDI
                else n = put(all, n, 0x0F, 0x01, 0x3D, page, page >> 8, page >> 16, page >> 24); // INVLPG
            }
            if (random.nextInt(4) == 0) { // MOV BYTE PTR [a constant of some place],n
                int changed = LINEAR + (random.nextInt(PAGES) << 12) + random.nextInt(PLACES) * PLACE + 4;
                n = put(all, n, 0xC6, 0x05, changed, changed >> 8, changed >> 16, 0, random.nextInt(256));
            }
            int to = random.nextInt(PAGES) << 12 | random.nextInt(PLACES) * PLACE, linear = LINEAR + to;
            switch (random.nextInt(6)) {
                case 0 -> put(all, n, 0xBF, linear, linear >> 8, linear >> 16, 0, 0xFF, 0xE7); // MOV EDI,to; JMP EDI
                case 1 -> put(all, n, 0x68, linear, linear >> 8, linear >> 16, 0, 0xC3); // PUSH to; RET
                case 2 -> { // CALL, in the page wherever that is; what it returns to goes on
                    int near = to % 0x1000 - (at % 0x1000 + n - at + 5);
                    put(all, n, 0xE8, near, near >> 8, near >> 16, near >> 24, 0xBF, linear, linear >> 8, linear >> 16, 0, 0xFF, 0xE7);
                }
                case 3 -> { // Jcc, then JMP, in the page
                    int near = to % 0x1000 - (at % 0x1000 + n - at + 6), far = random.nextInt(PLACES) * PLACE - (at % 0x1000 + n - at + 11);
                    put(all, n, 0x0F, 0x80 | random.nextInt(16), near, near >> 8, near >> 16, near >> 24, 0xE9, far, far >> 8, far >> 16, far >> 24);
                }
                case 4 -> { // JMP to another page, relative
                    int far = (random.nextInt(3) - 1 << 12) + to % 0x1000 - (at % 0x1000 + n - at + 5);
                    put(all, n, 0xE9, far, far >> 8, far >> 16, far >> 24);
                }
                default -> put(all, n, 0x83, 0xC4, 4, 0xFF, 0x64, 0x24, 0xFC); // ADD ESP,4; JMP [ESP-4]
            }
        }
        return all;
    }

    private static int put(byte[] all, int at, int... bytes) {
        for (int b : bytes) all[at++] = (byte) b;
        return at;
    }

    private static Bench paged(byte[] code) {
        Bench b = bench();
        b.write(PHYSICAL, code, 0, code.length);
        for (int vector = 0; vector < 32; vector++) {
            int at = HANDLERS + 32 * vector, to = LINEAR + (vector % PAGES << 12);
            b.store64(Bench.IDT + 8 * vector, Bench.gate(0x8E, Bench.CODE0, at, 0));
            // MOV ESP,STACK; JMP to a page
            int[] handler = {0xBC, STACK, STACK >> 8, STACK >> 16, 0, 0xBF, to, to >> 8, to >> 16, 0, 0xFF, 0xE7};
            for (int n = 0; n < handler.length; n++) b.store(at + n, 1, handler[n]);
        }
        b.store(DIRECTORY, 4, TABLE | 3);
        for (int page = 0; page < 0x200; page++) b.store(TABLE + 4 * page, 4, page << 12 | 3);
        for (int page = 0; page < PAGES; page++) b.store(TABLE + 4 * ((LINEAR >> 12) + page), 4, entry(page, page % FRAMES));
        b.s.cr3 = DIRECTORY;
        b.s.cr0 |= CR0_PG;
        b.s.tlb.flush();
        b.s.eip = LINEAR;
        return b;
    }

    @Test
    public void codeIsLeftForWhereItsPageLiesNow() {
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            byte[] code = moving(random);
            Bench one = paged(code), other = paged(code);
            Interpreter judge = judge(one), engine = host(other);
            for (int n = 0; n < 200; n++) {
                int more = 1 + random.nextInt(2000);
                judge.run(one.s.count + more);
                engine.run(other.s.count + more);
                assertEquals("seed " + seed + ", turn " + n, Integer.toHexString(one.s.eip), Integer.toHexString(other.s.eip));
                assertSame(one.s, other.s);
            }
            assertTrue("regions", engine.counters().get("regions translated") > 3);
            engine.close();
        }
    }

    @Test
    public void ordersToStopAndCollectionsOfGarbageChangeNothing() throws Exception {
        byte[] code = moving(new Random(3));
        Bench one = paged(code), other = paged(code);
        Interpreter judge = judge(one), engine = host(other);
        Thread disturber = new Thread(() -> {
            while (!Thread.interrupted()) {
                engine.interject();
                System.gc();
            }
        });
        disturber.start();
        for (int n = 0; n < 30; n++) {
            long limit = one.s.count + 5000;
            judge.run(limit);
            while (engine.run(limit) != Stop.LIMIT) { }
            assertSame(one.s, other.s);
        }
        disturber.interrupt();
        disturber.join();
        engine.close();
    }
}
