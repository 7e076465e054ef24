package org.lkpk.cpu.engine;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.state.CpuState.*;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.Test;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.OpTable;

/** Regions that go to and fro between each other become one when they are hot, if that is not too long. */
public class UnionTest {
    private static final int TOP = 0x10000, OFTEN = 400, TURN = 500_000;

    /** A processor that runs a program for ever, and one that interprets it. */
    private static final class Pair {
        final Bench b = new Bench(), other = new Bench();
        final CpuState s = b.s;
        final Interpreter engine = new Interpreter(s, new OpTable(), OFTEN, Tier.WARM);
        final Interpreter judge = new Interpreter(other.s, new OpTable(), Interpreter.NEVER, Tier.WARM);

        Pair(byte[] code) {
            for (Bench of : new Bench[] {b, other}) {
                for (int n = 0; n < code.length; n++) of.store(TOP + n, 1, code[n]);
                of.s.eip = TOP;
                of.s.r[ESP] = 0x30000;
            }
        }

        long held() {
            return engine.counters().get("regions held");
        }

        long translated() {
            return engine.counters().get("regions translated");
        }

        void turn() {
            engine.run(s.count + TURN);
            judge.run(other.s.count + TURN);
        }

        /** Runs until so many regions have been made. */
        void until(long translated) throws InterruptedException {
            for (int n = 0; translated() < translated; n++) {
                assertTrue("made", n < 2000);
                turn();
                if (n > 50) Thread.sleep(1);
            }
            for (int n = 0; n < 20; n++) turn();
            assertEquals(other.s.count, s.count);
            assertEquals(other.s.eip, s.eip);
            assertArrayEquals(other.s.r, s.r);
            assertEquals(other.s.eflags(), s.eflags());
        }
    }

    private static byte[] code(Object... parts) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (Object part : parts)
            if (part instanceof byte[] bytes) code.writeBytes(bytes);
            else code.write((Integer) part);
        return code.toByteArray();
    }

    /** mov ecx,{@code rounds}; {@code length} - 2 times inc ebx; dec ecx; jnz: a loop of as many instructions. */
    private static byte[] loop(int length, int rounds) {
        byte[] increments = new byte[length - 2];
        Arrays.fill(increments, (byte) 0x43);
        return code(0xB9, rounds, 0, 0, 0, increments, 0x49, 0x75, -(length + 1));
    }

    /** Jumps to the start of the {@code length} bytes before it. */
    private static byte[] back(int length) {
        int distance = -(length + 5);
        return code(0xE9, distance, distance >> 8, distance >> 16, distance >> 24);
    }

    @Test
    public void loopsBesideEachOtherBecomeOne() throws InterruptedException {
        byte[] loops = code(loop(4, 100), loop(5, 100), loop(6, 100));
        Pair p = new Pair(code(loops, back(loops.length)));
        p.turn();
        long warm = p.translated();
        assertTrue("cut", warm > 1);
        assertEquals(warm, p.held());
        p.until(warm + 1);
        assertEquals(1, p.held());
    }

    @Test
    public void aFunctionBecomesOneWithWhoCallsIt() throws InterruptedException {
        // jmp main; function: a loop; ret; main: call function; inc edi; call function; jmp main
        byte[] function = code(loop(5, 100), 0xC3), first = code(0xE8, -(function.length + 5), -1, -1, -1, 0x47);
        byte[] main = code(first, 0xE8, -(function.length + first.length + 5), -1, -1, -1, 0xEB, -(first.length + 7));
        Pair p = new Pair(code(0xEB, function.length, function, main));
        p.turn();
        long warm = p.translated();
        assertTrue("cut", warm > 1);
        p.until(warm + 1);
        assertEquals(1, p.held());
    }

    @Test
    public void whatIsTooLongStaysApart() throws InterruptedException {
        byte[] loops = code(loop(Plan.MOST / 2 + 5, 10), loop(Plan.MOST / 2 + 5, 10));
        Pair p = new Pair(code(loops, back(loops.length)));
        p.turn();
        long warm = p.held();
        assertTrue("cut", warm > 1);
        p.until(p.translated() + 2);
        assertTrue("not one", p.held() > 1);
    }
}
