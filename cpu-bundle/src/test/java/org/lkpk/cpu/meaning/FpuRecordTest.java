package org.lkpk.cpu.meaning;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.Test;
import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.tukaani.xz.XZInputStream;

/**
 * Random cases that a real x87 executed (src/test/c/x87record.c), replayed: registers, memory, status, tags and EFLAGS
 * must be the same; transcendental functions may differ by one unit in the last place. The property
 * {@code lkpk.x87.record} names another record to replay, packed or not.
 */
public class FpuRecordTest {
    private static final int CASE = 94, EXAMPLES = 3;
    private final FpuBench bench = new FpuBench();
    private final ByteBuffer record = ByteBuffer.allocate(CASE).order(ByteOrder.LITTLE_ENDIAN);
    private final TreeMap<String, Integer> differences = new TreeMap<>(), executed = new TreeMap<>();
    private final StringBuilder examples = new StringBuilder();

    @Test
    public void everyRecordedCaseComesOutAsOnTheRealProcessor() throws IOException {
        String other = System.getProperty("lkpk.x87.record");
        try (InputStream in = other != null ? Files.newInputStream(Path.of(other)) : getClass().getResourceAsStream("x87.bin.xz");
                DataInputStream data = new DataInputStream(new BufferedInputStream(
                        other != null && !other.endsWith(".xz") ? in : new XZInputStream(in), 1 << 16))) {
            for (;;) {
                data.readFully(record.array());
                replay();
            }
        } catch (EOFException e) {
            assertTrue("the record is empty", !executed.isEmpty());
        }
        assertEquals("differences " + differences + "\n" + examples, 0, differences.size());
    }

    private void replay() {
        int op = record.get(0) & 0xFF, modRm = record.get(1) & 0xFF;
        Fpu f = bench.fpu;
        f.control(record.getShort(2));
        f.status(record.getShort(4) & 0xFFFF);
        f.tags(record.getShort(6));
        for (int n = 0; n < 3; n++) f.replace(n, record.getLong(9 + 10 * n), record.getShort(17 + 10 * n) & 0xFFFF);
        for (int n = 3; n < 8; n++) f.replace(n, Long.MIN_VALUE | n, 0x3FFF + n);
        System.arraycopy(record.array(), 39, bench.ram, FpuBench.OPERAND, 10);
        bench.s.arithmetic(record.get(8));
        bench.execute(op, modRm);
        String difference = difference(f, op == 0xD9 && modRm >= 0xF0, (op & 0xFB) == 0xDB && modRm >= 0xE8);
        String name = String.format("%02X%02X", op, modRm >= 0xC0 && (op != 0xD9 || modRm < 0xD0) ? modRm & 0xF8 : modRm);
        executed.merge(name, 1, Integer::sum);
        if (difference != null && differences.merge(name, 1, Integer::sum) <= EXAMPLES) examples.append(example(difference, f));
    }

    private String difference(Fpu f, boolean function, boolean eflags) {
        int status = record.getShort(49) & 0xFFFF, ignored = 0;
        if (function && (status & Fpu.PE) != 0) ignored = Fpu.C1;
        // The SDM has FCOMI clear it; the recording processor leaves it.
        if (eflags) ignored = Fpu.C1;
        if (((f.status() ^ status) & ~ignored) != 0) return "status";
        if (f.tags() != (record.getShort(51) & 0xFFFF)) return "tags";
        if ((bench.s.eflags() & (CpuState.ARITHMETIC & 0xFF)) != (record.get(53) & 0xD5)) return "eflags";
        for (int n = 0; n < 3; n++) {
            long s = record.getLong(54 + 10 * n);
            int e = record.getShort(62 + 10 * n) & 0xFFFF;
            boolean equal = f.significand(n) == s && f.signExponent(n) == e;
            if (!equal && !(function && n < 2 && near(f.significand(n), f.signExponent(n), s, e))) return "ST" + n;
        }
        for (int n = 0; n < 10; n++) if (bench.ram[FpuBench.OPERAND + n] != record.get(84 + n)) return "memory";
        return null;
    }

    /** Whether two numbers are neighbours. */
    private static boolean near(long a, int ae, long b, int be) {
        if (ae == be) return Math.abs(a - b) <= 1;
        if (ae - be == 1) return a == Long.MIN_VALUE && b == -1;
        return be - ae == 1 && b == Long.MIN_VALUE && a == -1;
    }

    private String example(String difference, Fpu f) {
        StringBuilder b = new StringBuilder(String.format("%n%02X%02X %s%n  from cw %04X sw %04X tw %04X fl %02X",
                record.get(0), record.get(1), difference, record.getShort(2), record.getShort(4), record.getShort(6), record.get(8)));
        for (int n = 0; n < 3; n++) b.append(number(" ", 9 + 10 * n));
        b.append(number(" m ", 39));
        b.append(String.format("%n  real sw %04X tw %04X fl %02X", record.getShort(49), record.getShort(51), record.get(53)));
        for (int n = 0; n < 3; n++) b.append(number(" ", 54 + 10 * n));
        b.append(number(" m ", 84));
        b.append(String.format("%n  ours sw %04X tw %04X fl %02X", f.status(), f.tags(), bench.s.eflags() & 0xD5));
        for (int n = 0; n < 3; n++) b.append(String.format(" %04X.%016X", f.signExponent(n), f.significand(n)));
        System.arraycopy(bench.ram, FpuBench.OPERAND, record.array(), 84, 10);
        return b.append(number(" m ", 84)).toString();
    }

    private String number(String before, int at) {
        return String.format("%s%04X.%016X", before, record.getShort(at + 8), record.getLong(at));
    }
}
