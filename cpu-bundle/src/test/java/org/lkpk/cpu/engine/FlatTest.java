package org.lkpk.cpu.engine;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.lkpk.cpu.state.CpuState.*;

import java.util.Arrays;
import java.util.Random;
import org.junit.Test;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.OpTable;

/**
 * What has a way of its own in flat segments does what it does in others, with all checks: registers, memory, EIP, faults.
 * One processor has an extra segment that ends short of 4 GB, which nothing here reaches, and so is not in flat code.
 */
public class FlatTest {
    private static final int CASES = 50 * Integer.getInteger("lkpk.fuzz", 60), REGIONS = CASES / 40;
    /** As many instructions as there are in no region. */
    private static final int LONG = 200;
    private static final int CODE = 0x10000, HANDLERS = 0x20000, DIRECTORY = 0x100000, TABLE = 0x101000, LAST = 0x102000;
    /** Pages: one that is not there, one that is read-only, and what the last one of 4 GB is. */
    private static final int MISSING = 0x44, CONSTANT = 0x46, TOP = 0x47;
    private static final int DATA = 0x40000, DATA_END = 0x48000;

    /** A processor in ring 3, whose faults come on a stack of their own. */
    private static final class Machine {
        final Bench b = new Bench();
        final CpuState s = b.s;
        final Interpreter engine;
        final boolean flat;

        Machine(boolean flat, int threshold, Tier tier) {
            this.flat = flat;
            engine = new Interpreter(s, new OpTable(), threshold, tier);
            for (int vector = 0; vector < 32; vector++) {
                b.store64(Bench.IDT + 8 * vector, Bench.gate(0x8E, Bench.CODE0, HANDLERS + 16 * vector, 0));
                b.store(HANDLERS + 16 * vector, 2, 0xFEEB); // JMP to itself
            }
            b.store(DIRECTORY, 4, TABLE | 7);
            b.store(DIRECTORY + 0xFFC, 4, LAST | 7);
            for (int page = 0; page < 0x400; page++)
                b.store(TABLE + 4 * page, 4, page << 12 | (page == MISSING ? 6 : page == CONSTANT ? 5 : 7));
            b.store(LAST + 0xFFC, 4, TOP << 12 | 7);
            s.cr3 = DIRECTORY;
            s.cr0 |= CR0_PG | CR0_WP;
        }

        void begin(byte[] code, int[] registers, byte[] data, int flags) {
            for (int i = 0; i < code.length; i++) b.store(CODE + i, 1, code[i]);
            b.write(DATA, data, 0, data.length);
            Arrays.fill(b.bytes(), Bench.ESP0 - 64, Bench.ESP0, (byte) 0);
            s.shutdown = false;
            b.ring3();
            if (!flat) {
                s.limit[ES] = 0xFFFEFFFF;
                s.segmentChanged(ES);
            }
            assertEquals(flat, (s.mode & FLAT) != 0);
            System.arraycopy(registers, 0, s.r, 0, 8);
            s.eflags(flags);
            s.eip = CODE;
            s.cr2 = 0;
            s.tlb.flush();
        }

        String state() {
            return String.format("count %d eip %08x eflags %08x cr2 %08x cpl %d %s", s.count, s.eip, s.eflags(), s.cr2, s.cpl, Arrays.toString(s.r));
        }
    }

    private final Random random = new Random(1);

    @Test
    public void flatCodeDoesWhatItDoesWithAllChecks() {
        compare(CASES, new Machine(true, Interpreter.NEVER, Tier.WARM));
    }

    @Test
    public void soDoRegions() {
        for (Tier tier : Tier.values()) {
            Machine other = new Machine(true, 1, tier);
            compare(REGIONS, other);
            assertTrue("regions were made", other.engine.counters().get("regions translated") > REGIONS / 2);
        }
    }

    /** Runs code some instructions far; and, where regions are made, twice as far as it gets. */
    private void compare(int cases, Machine other) {
        Machine one = new Machine(false, Interpreter.NEVER, Tier.WARM);
        int faults = 0;
        for (int n = 0; n < cases; n++) {
            byte[] code = code(), data = new byte[DATA_END - DATA];
            random.nextBytes(data);
            int[] registers = random.ints(8).map(r -> address()).toArray();
            registers[EDI] = DATA; // Random code uses the extra segment there.
            int flags = 2 | random.nextInt(0x1000) & ARITHMETIC, few = 1 + random.nextInt(3);
            for (int steps : cases == REGIONS ? new int[] {few, LONG, LONG} : new int[] {few}) {
                String what = "case " + n + ", " + steps + " steps of " + hex(code) + " with " + Arrays.toString(registers);
                for (Machine m : new Machine[] {one, other}) {
                    m.begin(code, registers, data, flags);
                    m.s.count = 0;
                    m.engine.run(steps);
                }
                assertEquals(what, one.state(), other.state());
                if (one.s.cpl == 0) faults++;
                for (int[] part : new int[][] {{DATA, DATA_END}, {0, 16}, {Bench.ESP0 - 64, Bench.ESP0}})
                    assertArrayEquals(what, Arrays.copyOfRange(one.b.bytes(), part[0], part[1]),
                            Arrays.copyOfRange(other.b.bytes(), part[0], part[1]));
            }
        }
        assertTrue(faults + " of " + cases + " fault", faults > cases / 10);
        one.engine.close();
        other.engine.close();
    }

    /** One instruction, a comparison and a branch, or two of these, with NOPs behind them, and at last a jump to itself. */
    private byte[] code() {
        byte[] code = new byte[40];
        Arrays.fill(code, (byte) 0x90);
        int at = 0;
        for (int n = 1 + random.nextInt(2); n > 0; n--)
            for (int value : instruction()) code[at++] = (byte) value;
        code[38] = (byte) 0xEB;
        code[39] = (byte) 0xFE;
        return code;
    }

    private int[] instruction() {
        int r = random.nextInt(8), d = near();
        int[] all = switch (random.nextInt(18)) {
            case 0 -> new int[] {0x50 | r};
            case 1 -> new int[] {0x58 | r};
            case 2 -> new int[] {0x6A, random.nextInt(256)};
            case 3 -> new int[] {0x68, d, d >> 8, d >> 16, d >> 24};
            case 4 -> new int[] {0xFF, 0x74, 0x24, random.nextInt(256)}; // PUSH [ESP+d]
            case 5 -> new int[] {0x8F, 0x44, 0x24, random.nextInt(256)}; // POP [ESP+d]
            case 6 -> new int[] {0xFF, 0xB5, d, d >> 8, 0, 0}; // PUSH [EBP+d]
            case 7 -> new int[] {0xE8, d, d >> 8, d >> 16, d >> 24};
            case 8 -> new int[] {0xC3};
            case 9 -> new int[] {0xC9};
            case 10 -> new int[] {0xE9, d, d >> 8, d >> 16, d >> 24};
            case 11 -> new int[] {0xEB, random.nextInt(256)};
            case 12 -> new int[] {0x39, 0xC0 | random.nextInt(64), 0x0F, 0x80 | random.nextInt(16), d, d >> 8, d >> 16, d >> 24};
            case 13 -> new int[] {0x39, 0xC0 | random.nextInt(64), 0x70 | random.nextInt(16), random.nextInt(256)};
            case 14 -> new int[] {0xC2, random.nextInt(256), random.nextInt(256)};
            case 15 -> new int[] {0xFF, 0xD0 | random.nextInt(2) << 4 | r}; // CALL or JMP
            case 16 -> new int[] {0x87, 0x45 | random.nextInt(8) << 3, random.nextInt(256)}; // XCHG
            default -> new int[] {new int[] {0x60, 0x61, 0x9C, 0x0E, 0x98, 0x99}[random.nextInt(6)]};
        };
        if (random.nextInt(8) != 0) return all;
        int[] word = new int[all.length + 1];
        word[0] = 0x66;
        System.arraycopy(all, 0, word, 1, all.length);
        return word;
    }

    /** A distance: short, longer than 16 bits, or around where that ends. */
    private int near() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(64);
            case 1 -> (random.nextBoolean() ? 0x8000 : -0x8000) + random.nextInt(32) - 16;
            case 2 -> 0x30000 + random.nextInt(64);
            default -> random.nextInt();
        };
    }

    /** Mostly near the edge of a page that is special, or of 4 GB. */
    private int address() {
        int page = new int[] {MISSING, MISSING + 1, CONSTANT, CONSTANT + 1, 0, 0, MISSING - 2, TOP}[random.nextInt(8)];
        return (page << 12) + (random.nextInt(4) == 0 ? random.nextInt(4096) : random.nextInt(24) - 12);
    }

    private static String hex(byte[] bytes) {
        StringBuilder b = new StringBuilder();
        for (byte one : bytes) b.append(String.format("%02x ", one));
        return b.toString();
    }
}
