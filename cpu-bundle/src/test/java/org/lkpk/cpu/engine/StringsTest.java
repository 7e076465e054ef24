package org.lkpk.cpu.engine;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.lkpk.cpu.state.CpuState.*;

import java.util.Arrays;
import java.util.Random;
import org.junit.Test;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Memory;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.OpTable;

/** Repeated string instructions, done many elements at once, against the same done one iteration at a time. */
public class StringsTest {
    private static final int CODE = 0x10000, HANDLER = 0x20000, HLT = 0xF4, TABLES = 0x200000, DATA = 0x300000, PAGES = 17;
    private static final int WINDOW = 0x40000000, P = 1, W = 2;
    private static final int[] OPCODES = {0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF};

    /** A machine with {@link #PAGES} linear pages over some pages of RAM. */
    private static final class Machine {
        final Bench b = new Bench() {
            @Override
            public int in(int port, int size) {
                inputs++;
                if (inputs == 3) s.interjected = true;
                if (inputs == 5) {
                    s.intr = true;
                    s.attend();
                }
                return (int) s.count;
            }
        };
        final CpuState s = b.s;
        final Interpreter engine = new Interpreter(s, new OpTable(), Engine.TRANSLATOR);
        int inputs;

        Machine() {
            for (int vector = 0; vector < 33; vector++) {
                b.store64(Bench.IDT + 8 * vector, Bench.gate(0x8E, Bench.CODE0, HANDLER + 16 * vector, 0));
                b.store(HANDLER + 16 * vector, 1, HLT);
            }
            for (int n = 0; n < 1024; n++) b.store(TABLES + 0x1000 + 4 * n, 4, n << 12 | P | W);
            b.store(TABLES, 4, TABLES + 0x1000 | P | W);
            b.store(TABLES + (WINDOW >>> 20), 4, TABLES + 0x2000 | P | W);
            s.cr3 = TABLES;
            s.cr0 |= CR0_PG | CR0_WP;
            s.eip = CODE;
        }

        private void segment(int n, int base, int limit) {
            s.base[n] = base;
            s.limit[n] = limit;
            s.segmentChanged(n);
        }

        /** Everything by chance, and the same for the same seed. */
        void prepare(long seed) {
            Random random = new Random(seed);
            byte[] data = new byte[8 * 4096];
            for (int n = 0; n < data.length; n++) data[n] = (byte) random.nextInt(random.nextInt(200) == 0 ? 256 : 2);
            b.write(DATA, data, 0, data.length);
            for (int n = 0; n < PAGES; n++) {
                int kind = random.nextInt(12), frame = DATA + random.nextInt(6) * 4096;
                b.store(TABLES + 0x2000 + 4 * n, 4, kind == 0 ? 0 : frame | (kind == 1 ? P : P | W));
            }
            if (random.nextInt(3) == 0) b.mark(DATA + random.nextInt(6 * 4096), 8);
            boolean flat = random.nextBoolean();
            segment(DS, flat ? 0 : WINDOW, !flat && random.nextInt(3) == 0 ? random.nextInt(PAGES * 4096) : -1);
            segment(ES, flat ? 0 : WINDOW, !flat && random.nextInt(3) == 0 ? random.nextInt(PAGES * 4096) : -1);
            int start = flat ? WINDOW : 0, from = random.nextInt(PAGES * 4096);
            s.r[ESI] = start + from;
            s.r[EDI] = start + (random.nextInt(3) == 0 ? from + random.nextInt(40) - 20 : random.nextInt(PAGES * 4096));
            s.r[ECX] = random.nextInt(random.nextInt(4) == 0 ? 20000 : 40);
            s.r[EAX] = random.nextInt(3) == 0 ? 0x01010101 : random.nextInt(2) == 0 ? 0x00010001 : random.nextInt(256);
            s.eflags(s.eflags() & ~DF | (random.nextInt(3) == 0 ? DF : 0));
            code(random, flat);
            s.r[ESP] = 0x8000;
            s.eip = CODE;
            s.halted = false;
            engine.remapped();
        }

        private void code(Random random, boolean flat) {
            int at = CODE;
            b.store(at++, 1, random.nextInt(3) == 0 ? 0xF2 : 0xF3);
            if (random.nextInt(3) == 0) b.store(at++, 1, 0x66);
            if (!flat && random.nextInt(3) == 0) b.store(at++, 1, 0x67);
            b.store(at++, 1, OPCODES[random.nextInt(OPCODES.length)]);
            b.store(at, 1, HLT);
        }

        void run(int instructions) {
            while (!s.halted) engine.run(s.count + instructions);
        }

        String registers() {
            return Arrays.toString(s.r) + " eip " + Integer.toHexString(s.eip) + " flags " + Integer.toHexString(s.eflags()) + " cr2 "
                    + Integer.toHexString(s.cr2) + " count " + s.count + " stack " + b.load(s.r[ESP]) + " " + b.load(s.r[ESP] + 4);
        }
    }

    private final Machine many = new Machine(), one = new Machine();

    private void same(long seed, int instructions) {
        many.prepare(seed);
        one.prepare(seed);
        many.run(instructions);
        one.run(1);
        assertEquals("seed " + seed, one.registers(), many.registers());
        assertArrayEquals("seed " + seed, Arrays.copyOfRange(one.b.bytes(), TABLES, DATA + 8 * 4096),
                Arrays.copyOfRange(many.b.bytes(), TABLES, DATA + 8 * 4096));
        for (int n = DATA; n < DATA + 6 * 4096; n += Memory.GRANULE) assertEquals("code, seed " + seed, one.b.marked(n, 1), many.b.marked(n, 1));
    }

    @Test
    public void manyIterationsAtOnceDoWhatOneAtATimeDoes() {
        for (long seed = 0; seed < 700; seed++) same(seed, 1_000_000);
    }

    @Test
    public void aLimitStopsThemBetweenTwoIterations() {
        for (long seed = 700; seed < 900; seed++) same(seed, 777);
    }

    @Test
    public void aCopyGoesOnFromWhereALimitStoppedIt() {
        Machine m = new Machine();
        m.s.r[ESI] = DATA;
        m.s.r[EDI] = DATA + 0x2000;
        m.s.r[ECX] = 1000;
        m.b.store(CODE, 2, 0xA4F3);
        m.engine.run(m.s.count + 300);
        assertEquals(700, m.s.r[ECX]);
        assertEquals(DATA + 300, m.s.r[ESI]);
        assertEquals(CODE, m.s.eip);
        assertEquals(300, m.s.count);
    }

    @Test
    public void aFaultLeavesTheRegistersAtItsIteration() {
        Machine m = new Machine();
        m.b.store(TABLES + 0x2000, 4, DATA | P | W);
        m.s.r[EDI] = WINDOW + 0xF00;
        m.s.r[ECX] = 0x200;
        m.b.store(CODE, 2, 0xABF3); // REP STOSD
        m.run(1_000_000);
        assertEquals(HANDLER + 16 * Fault.PF + 1, m.s.eip);
        assertEquals(WINDOW + 0x1000, m.s.cr2);
        assertEquals(0x200 - 0x40, m.s.r[ECX]);
        assertEquals(WINDOW + 0x1000, m.s.r[EDI]);
        assertEquals(0x40 + 2, m.s.count); // The fault and HLT count too.
    }

    @Test
    public void aPortIsReadWithTheExactCount() {
        Machine m = new Machine();
        m.s.r[EDI] = DATA;
        m.s.r[ECX] = 3;
        m.b.store(CODE, 2, 0x6DF3); // REP INSD
        m.run(1_000_000);
        assertEquals(1, m.b.load(DATA));
        assertEquals(2, m.b.load(DATA + 4));
        assertEquals(3, m.b.load(DATA + 8));
    }

    @Test
    public void whatADeviceBringsUpIsAttendedToBeforeTheNextIteration() {
        Machine m = new Machine();
        m.s.r[EDI] = DATA;
        m.s.r[ECX] = 10;
        m.s.eflags(m.s.eflags() | IF);
        m.b.store(CODE, 2, 0x6DF3);
        m.engine.run(1_000_000);
        assertEquals("interjection", 7, m.s.r[ECX]);
        m.run(1_000_000);
        assertEquals("interrupt", 5, m.s.r[ECX]);
        assertEquals(HANDLER + 16 * 0x20 + 1, m.s.eip);
    }
}
