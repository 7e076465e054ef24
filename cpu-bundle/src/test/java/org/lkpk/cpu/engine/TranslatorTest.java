package org.lkpk.cpu.engine;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;
import static org.lkpk.cpu.state.CpuState.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.Test;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.OpTable;

/** The translator does what the interpreter does, to the instruction: random programs, faults, interrupts, changed code. */
public class TranslatorTest {
    private static final int PROGRAMS = Integer.getInteger("lkpk.fuzz", 60), STEPS = 3000;
    /** For the links, the routines and two or three regions. */
    private static final int LITTLE_ROOM = 0x80000 + 0x6000;

    /** One processor with its board, in paged flat mode. */
    private static final class Machine {
        /** Its clock counts instructions. */
        final Bench b;
        final CpuState s;
        final Interpreter engine;

        Machine(Programs.Program p, Profile profile, boolean user, Function<CpuState, Interpreter> maker) {
            b = new Bench(profile) {
                @Override
                public long ticks() {
                    return s.count;
                }
            };
            s = b.s;
            engine = maker.apply(s);
            p.load(b, user);
            if (user) b.ring3();
            s.r[ESP] = Programs.STACK;
            for (int n = 0; n < 8; n++) if (n != ESP) s.r[n] = p.registers()[n];
            s.eip = Programs.CODE;
            b.store(Programs.DIRECTORY, 4, Programs.TABLES | 7);
            b.store(Programs.DIRECTORY + 4, 4, Programs.TABLES + 0x1000 | 7);
            for (int page = 0; page < 0x800; page++) b.store(Programs.TABLES + 4 * page, 4, p.frame(page) << 12 | (p.absent(page) ? 6 : 7));
            s.cr3 = Programs.DIRECTORY;
            s.cr0 |= CR0_PG | CR0_WP | CR0_NE | CR0_AM;
            s.cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;
            s.tlb.flush();
        }

        void interrupt() {
            s.intr = true;
            s.attend();
        }

        String state() {
            return String.format("count %d eip %08x eflags %08x cr2 %08x %s", s.count, s.eip, s.eflags(), s.cr2, Arrays.toString(s.r));
        }
    }

    @Test
    public void randomProgramsEndWithTheSameState() {
        long translated = 0;
        for (int seed = Integer.getInteger("lkpk.first", 0); seed < PROGRAMS; seed++) translated += lockStep(seed, 0, 0, false);
        assertTrue("regions were made", translated > PROGRAMS);
    }

    @Test
    public void randomNumericProgramsEndWithTheSameState() {
        long translated = 0;
        for (int seed = 0; seed < PROGRAMS; seed++) translated += lockStep(seed, 30 + seed / 9 % 6 * 10, 0, false);
        assertTrue("regions were made", translated > PROGRAMS);
    }

    @Test
    public void randomSimdProgramsEndWithTheSameState() {
        long translated = 0;
        for (int seed = 0; seed < PROGRAMS; seed++) translated += lockStep(seed, seed % 4 == 0 ? 15 : 0, 30 + seed / 9 % 6 * 10, false);
        assertTrue("regions were made", translated > PROGRAMS);
    }

    @Test
    public void randomProgramsOfUsersEndWithTheSameState() {
        long translated = 0;
        for (int seed = 0; seed < PROGRAMS / 2; seed++)
            translated += lockStep(seed, seed % 4 == 0 ? 20 : 0, seed % 4 == 1 ? 40 : 0, true);
        assertTrue("regions were made", translated > PROGRAMS / 2);
    }

    @Test
    public void programsOfAn80386EndWithTheSameState() {
        for (int seed = 0; seed < PROGRAMS; seed++)
            lockStep(seed, 0, 0, false, Profile.I386, s -> new Interpreter(s, new OpTable(), 1, Tier.HOST));
    }

    @Test
    public void soDoProgramsThatHardlyFindRoomForTheirCode() {
        assumeTrue(HostCode.layout() != null);
        long translated = 0;
        for (int seed = 0; seed < PROGRAMS; seed++)
            translated += lockStep(seed, 0, 0, false, Profile.PENTIUM4, s -> new Interpreter(s, new OpTable(), 1, Tier.HOST, false, HostCode.open(LITTLE_ROOM)));
        assertTrue("regions were made", translated > PROGRAMS);
    }

    /** One after the other, and at the same time by threads of their own. */
    @Test
    public void processorsDoNotKnowOfEachOther() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<Long>> all = new ArrayList<>();
        for (int seed = 0; seed < PROGRAMS / 2; seed++) {
            int number = seed;
            all.add(threads.submit(() -> lockStep(number, 0, 0, false)));
        }
        threads.shutdown();
        for (Future<Long> one : all) one.get();
    }

    /**
     * @param numeric how many of 100 instructions are x87's
     * @param simd and SSE's of the others
     * @param user whether it runs in ring 3
     */
    private static long lockStep(int seed, int numeric, int simd, boolean user) {
        int threshold = 1 + seed / 3 % 3 * 3;
        Tier tier = Tier.values()[seed % Tier.values().length];
        return lockStep(seed, numeric, simd, user, Profile.PENTIUM4, s -> new Interpreter(s, new OpTable(), threshold, tier));
    }

    private static long lockStep(int seed, int numeric, int simd, boolean user, Profile profile, Function<CpuState, Interpreter> maker) {
        Programs.Program p = new Programs(new Random(seed), numeric, simd, user).program();
        Machine one = new Machine(p, profile, user, s -> new Interpreter(s, new OpTable(), Interpreter.NEVER, Tier.WARM));
        Machine other = new Machine(p, profile, user, maker);
        Random random = new Random(seed * 31L);
        for (int step = 0; step < STEPS; step++) {
            long limit = one.s.count + 1 + random.nextInt(random.nextInt(8) == 0 ? 400 : 30);
            if (random.nextInt(20) == 0) {
                one.interrupt();
                other.interrupt();
            }
            String before = one.state();
            one.engine.run(limit);
            other.engine.run(limit);
            if (random.nextInt(3) == 0) one.s.intr = other.s.intr = false;
            one.s.attend();
            other.s.attend();
            String what = "seed " + seed + ", step " + step + " from " + before;
            assertEquals(what, one.state(), other.state());
            if (simd != 0) {
                assertArrayEquals(what, one.s.simd.xmm, other.s.simd.xmm);
                assertEquals(what, one.s.simd.mxcsr(), other.s.simd.mxcsr());
            }
            if (numeric != 0) assertEquals(what, one.s.fpu.save(), other.s.fpu.save());
        }
        one.engine.close();
        long regions = other.engine.counters().get("regions translated");
        other.engine.close();
        assertArrayEquals("RAM after seed " + seed, one.b.bytes(), other.b.bytes());
        return regions;
    }
}
