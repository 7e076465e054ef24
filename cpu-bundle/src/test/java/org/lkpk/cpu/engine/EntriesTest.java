package org.lkpk.cpu.engine;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.state.CpuState.*;

import java.util.Arrays;
import java.util.Random;
import org.junit.Test;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.OpTable;

/** Hot regions are entered where it is worth it; their other blocks are the interpreter's until they are. */
public class EntriesTest {
    /** top: inc eax; jz out; middle: inc ebx; jmp top; out: hlt */
    private static final int[] LOOP = {0x40, 0x74, 0x03, 0x43, 0xEB, 0xFA, 0xF4};
    private static final int TOP = 0x10000, MIDDLE = TOP + 3, OFTEN = 8;
    private static final int ONE = TOP + 0x10, OTHER = TOP + 0x20, TABLE = 0x20000;

    private final Bench b = new Bench();
    private final CpuState s = b.s;

    private Interpreter engine(Tier tier) {
        for (int n = 0; n < LOOP.length; n++) b.store(TOP + n, 1, LOOP[n]);
        Interpreter engine = new Interpreter(s, new OpTable(), OFTEN, tier);
        run(engine, TOP, 4 * OFTEN);
        assertEquals(1, counter(engine, "regions held"));
        return engine;
    }

    private void run(Interpreter engine, int from, int instructions) {
        s.eip = from;
        engine.run(s.count + instructions);
    }

    private static long counter(Interpreter engine, String name) {
        return engine.counters().get(name);
    }

    @Test
    public void aBlockThatIsComeToOftenBecomesAnEntry() {
        Interpreter engine = engine(Tier.HOT);
        for (int n = 2; n < OFTEN; n++) run(engine, MIDDLE, 2); // Once it was come to when the region was made.
        assertEquals(0, counter(engine, "regions entered anew"));
        run(engine, MIDDLE, 2);
        assertEquals(1, counter(engine, "regions entered anew"));
        assertEquals(2, counter(engine, "regions translated"));
        assertEquals(1, counter(engine, "regions held"));
        for (int n = 0; n < 2 * OFTEN; n++) run(engine, MIDDLE, 100);
        assertEquals(1, counter(engine, "regions entered anew"));
    }

    @Test
    public void theTopOfALoopIsAnEntry() {
        Interpreter engine = engine(Tier.HOT);
        for (int n = 0; n < 2 * OFTEN; n++) run(engine, TOP, 100);
        assertEquals(0, counter(engine, "regions entered anew"));
    }

    @Test
    public void whereAWarmRegionWasEnteredTheHotOneIsToo() throws InterruptedException {
        Interpreter engine = engine(Tier.WARM);
        for (int n = 0; counter(engine, "regions translated") < 2; n++) {
            assertTrue("made again", n < 20_000);
            run(engine, MIDDLE, 4000);
            if (n > 500) Thread.sleep(1);
        }
        run(engine, MIDDLE, 2); // Takes the new one.
        for (int n = 0; n < 4 * OFTEN; n++) run(engine, MIDDLE, 4);
        assertEquals(1, counter(engine, "regions held"));
        assertEquals(0, counter(engine, "regions entered anew"));
    }

    @Test
    public void aRegionThatDoesVeryMuchEachTimeKeepsAnEntry() throws InterruptedException {
        int next = TOP + 0x1000, each = 200_000;
        // mov ecx,each; mov edi,TABLE; rep stosb; jmp next: jmp TOP
        int[] fill = {0xB9, each & 0xFF, each >> 8 & 0xFF, each >> 16, 0, 0xBF, 0, 0, TABLE >> 16, 0, 0xF3, 0xAA, 0xE9};
        for (int n = 0; n < fill.length; n++) b.store(TOP + n, 1, fill[n]);
        b.store(TOP + fill.length, 4, next - (TOP + fill.length + 4));
        b.store(next, 1, 0xE9);
        b.store(next + 1, 4, TOP - (next + 5));
        Interpreter engine = new Interpreter(s, new OpTable(), OFTEN, Tier.WARM);
        run(engine, TOP, OFTEN * (each + 4));
        long warm = counter(engine, "regions translated");
        for (int n = 0; counter(engine, "regions translated") == warm; n++) {
            assertTrue("made again", n < 2000);
            run(engine, TOP, each + 4);
            if (n > 50) Thread.sleep(1);
        }
        run(engine, TOP, 2 * (each + 4));
        assertEquals(TOP, s.eip);
        assertEquals(0, s.r[ECX]);
    }

    @Test
    public void aRegionDoesNotHoldTheOneThatItWasMadeInThePlaceOf() {
        for (int n = 0; n < LOOP.length; n++) b.store(TOP + n, 1, LOOP[n]);
        s.eip = TOP;
        CodeCache cache = new CodeCache(b.bytes().length, 1000);
        Forge forge = new Forge(s.model.profile());
        Block head = new BlockReader(s, new OpTable(), forge, new Traps(() -> { }), new Breakpoints(s)).block(TOP, TOP);
        cache.add(head);
        Translator translator = new Translator(s.model.profile(), s.tlb, s.r, s.fpu.quick, s.simd, null);
        Region one = translator.make(Plan.of(head, cache, Plan.MOST), Tier.WARM);
        cache.add(one);
        Region other = translator.make(one, one.entries());
        cache.add(other);
        assertSame(other, head.holder);
        assertTrue(other.before.isEmpty());
    }

    @Test
    public void aWriteToABlockWithoutAnEntryIsSeen() {
        Interpreter engine = engine(Tier.HOT);
        s.r[EDX] = 0;
        s.exact = true; // As a device's.
        s.tlb.store8(MIDDLE, 0x42); // INC EDX.
        s.exact = false;
        assertEquals(0, counter(engine, "regions held"));
        run(engine, TOP, 4 * 3 * OFTEN);
        assertEquals(3 * OFTEN, s.r[EDX]);
    }

    /** top: inc ecx; jmp or call [TABLE]; jmp top, at ONE: inc eax, at OTHER: inc ebx, and back to top. */
    private Interpreter choosing(int modrm, int... back) {
        int[] top = {0x41, 0xFF, modrm, TABLE, TABLE >> 8, TABLE >> 16, 0, 0xEB, 0xF7};
        for (int n = 0; n < top.length; n++) b.store(TOP + n, 1, top[n]);
        for (int at : new int[] {ONE, OTHER}) {
            b.store(at, 1, at == ONE ? 0x40 : 0x43);
            for (int n = 0; n < back.length; n++) b.store(at + 1 + n, 1, back[n] - (n == 1 ? at - ONE : 0));
        }
        b.store(TABLE, 4, ONE);
        return new Interpreter(s, new OpTable(), OFTEN, Tier.HOT);
    }

    private void assertChooses(Interpreter engine, int each) {
        run(engine, TOP, each * 50);
        assertEquals("what was chosen is in it", 1, counter(engine, "regions held"));
        b.store(TABLE, 4, OTHER);
        run(engine, TOP, each * 50);
        b.store(TABLE, 4, ONE);
        run(engine, TOP, each * 7);
        assertEquals(107, s.r[ECX]);
        assertEquals(57, s.r[EAX]);
        assertEquals(50, s.r[EBX]);
        assertEquals(TOP, s.eip);
    }

    @Test
    public void aJumpByATableStaysInTheRegionWhereItWentBefore() {
        assertChooses(choosing(0x25, 0xEB, TOP - (ONE + 3)), 4);
    }

    @Test
    public void aCallByATableStaysInTheRegionWhereItWentBefore() {
        assertChooses(choosing(0x15, 0xC3), 5);
    }

    @Test
    public void everyLoopIsComeToByItsHeadAndEveryWayLeadsToItsEnd() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            int size = 1 + random.nextInt(12);
            int[][] edges = new int[size][];
            Arrays.setAll(edges, n -> random.ints(random.nextInt(4), 0, size).distinct().toArray());
            int[] entries = random.ints(1 + random.nextInt(3), 0, size).distinct().toArray();
            Loops loops = new Loops(edges, entries);
            boolean[][] ways = new boolean[size + 1][size];
            for (int to : entries) follow(loops, ways, -1, to);
            for (int n = 0; n < size; n++) for (int to : edges[n]) follow(loops, ways, n, to);
            assertTrue("reducible: " + Arrays.deepToString(edges) + " from " + Arrays.toString(entries), reducible(ways));
        }
    }

    private static void follow(Loops loops, boolean[][] ways, int from, int to) {
        for (int at = from, steps = 0; ; steps++) {
            int by = loops.by(at, to);
            ways[at + 1][by] = true;
            if (by == to) return;
            assertTrue(steps < ways.length && Arrays.stream(loops.sent(by)).anyMatch(n -> n == to));
            at = by;
        }
    }

    /** Whether nothing is left but one node when nodes with one way to them are merged with where it comes from. */
    private static boolean reducible(boolean[][] ways) {
        int size = ways[0].length;
        boolean[] gone = new boolean[size];
        for (boolean again = true; again; ) {
            again = false;
            for (int n = 0; n < size; n++) {
                if (gone[n]) continue;
                ways[n + 1][n] = false;
                int from = -1, count = 0;
                for (int m = 0; m <= size; m++) if (ways[m][n]) {
                    from = m;
                    count++;
                }
                if (count > 1) continue;
                gone[n] = again = true;
                if (count == 0) {
                    Arrays.fill(ways[n + 1], false); // Nobody comes here.
                    continue;
                }
                ways[from][n] = false;
                for (int to = 0; to < size; to++) ways[from][to] |= ways[n + 1][to];
                Arrays.fill(ways[n + 1], false);
            }
        }
        for (boolean left : gone) if (!left) return false;
        return true;
    }
}
