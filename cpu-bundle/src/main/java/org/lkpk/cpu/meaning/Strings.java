package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.CS;
import static org.lkpk.cpu.state.CpuState.DF;
import static org.lkpk.cpu.state.CpuState.EAX;
import static org.lkpk.cpu.state.CpuState.ECX;
import static org.lkpk.cpu.state.CpuState.EDI;
import static org.lkpk.cpu.state.CpuState.ES;
import static org.lkpk.cpu.state.CpuState.ESI;
import static org.lkpk.cpu.state.CpuState.FLAT;
import static org.lkpk.cpu.state.CpuState.FS;
import static org.lkpk.cpu.state.CpuState.READ;
import static org.lkpk.cpu.state.CpuState.WRITE;

import java.util.Arrays;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * String instructions. Each iteration of a repeated one counts as an instruction; it stops at the engine's count limit
 * with EIP at itself, and so goes on later. Registers are right after each iteration, so that a fault restarts it.
 * Copies and fills go by page at once where segments are flat.
 */
public final class Strings {
    private Strings() { }

    /** One iteration; returns how many it did (several at once), at most {@code most}, or -count if that ends a REPE or REPNE. */
    private interface Step {
        int run(CpuState s, Insn i, int bits, int most);
    }

    private static void repeat(CpuState s, Insn i, int bits, Step step) {
        if (i.repeat == 0) {
            step.run(s, i, bits, 1);
            return;
        }
        long left = count(s, i), done = 0, most = Math.min(left, s.countLimit - s.count + 1);
        boolean ended = left == 0;
        while (done < most) {
            int n = step.run(s, i, bits, (int) Math.min(most - done, 1 << 20));
            ended = n < 0;
            n = Math.abs(n);
            done += n;
            left -= n;
            s.count += n; // A device that the next one asks may look at it.
            count(s, i, left);
            if (ended || (s.attention & (CpuState.DEBUG | CpuState.INTERRUPT)) != 0) break;
        }
        if (done > 0) s.count--;
        if (left > 0 && !ended) s.eip -= i.length;
    }

    private static long count(CpuState s, Insn i) {
        return i.addressSize == 32 ? s.r[ECX] & 0xFFFFFFFFL : s.r[ECX] & 0xFFFF;
    }

    private static void count(CpuState s, Insn i, long value) {
        Operands.register(s, ECX, i.addressSize, (int) value);
    }

    static void advance(CpuState s, Insn i, int register, int bytes) {
        int d = (s.system & DF) != 0 ? -bytes : bytes;
        Operands.register(s, register, i.addressSize, s.r[register] + d);
    }

    private static int offset(CpuState s, Insn i, int register) {
        return i.addressSize == 32 ? s.r[register] : s.r[register] & 0xFFFF;
    }

    /** Linear address of the element at SI. */
    static int source(CpuState s, Insn i, int bits) {
        return s.linear(i.segment, offset(s, i, ESI), bits >> 3, READ);
    }

    /** Linear address of the element at DI. */
    static int destination(CpuState s, Insn i, int bits, int need) {
        return s.linear(ES, offset(s, i, EDI), bits >> 3, need);
    }

    /** Whether offsets are linear addresses that count upwards, so that a whole page can be done at once. */
    private static boolean bulk(CpuState s, Insn i, int most) {
        return most > 1 && (s.mode & FLAT) != 0 && i.addressSize == 32 && (s.system & DF) == 0 && i.segment < FS && i.segment != CS
                && !s.checksAlignment();
    }

    /** How many elements of {@code bytes} lie in the page from {@code linear} on. */
    private static int inPage(int linear, int bytes) {
        return (0x1000 - (linear & 0xFFF)) / bytes;
    }

    public static void movs_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::move);
    }

    public static void movs_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::move);
    }

    private static int move(CpuState s, Insn i, int bits, int most) {
        int bytes = bits >> 3;
        if (bulk(s, i, most)) {
            int from = s.r[ESI], to = s.r[EDI];
            int n = Math.min(most, Math.min(inPage(from, bytes), inPage(to, bytes)));
            int source = n > 0 ? s.tlb.index(from, false) : -1, target = source >= 0 ? s.tlb.index(to, true) : -1;
            if (target >= 0 && (target <= source || target >= source + n * bytes)) {
                System.arraycopy(s.tlb.bytes(), source, s.tlb.bytes(), target, n * bytes);
                s.r[ESI] += n * bytes;
                s.r[EDI] += n * bytes;
                return n;
            }
        }
        int v = Operands.load(s, source(s, i, bits), bits);
        Operands.store(s, destination(s, i, bits, WRITE), bits, v);
        advance(s, i, ESI, bytes);
        advance(s, i, EDI, bytes);
        return 1;
    }

    public static void stos_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::fill);
    }

    public static void stos_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::fill);
    }

    private static int fill(CpuState s, Insn i, int bits, int most) {
        int bytes = bits >> 3, v = Operands.register(s, EAX, bits);
        if (bulk(s, i, most)) {
            int to = s.r[EDI], n = Math.min(most, inPage(to, bytes)), target = n > 0 ? s.tlb.index(to, true) : -1;
            if (target >= 0) {
                fill(s.tlb.bytes(), target, n, bytes, v);
                s.r[EDI] += n * bytes;
                return n;
            }
        }
        Operands.store(s, destination(s, i, bits, WRITE), bits, v);
        advance(s, i, EDI, bytes);
        return 1;
    }

    private static void fill(byte[] ram, int at, int n, int bytes, int v) {
        byte b = (byte) v;
        if (bytes == 1 || b == (byte) (v >> 8) && (bytes == 2 || v == (b & 0xFF) * 0x01010101)) {
            Arrays.fill(ram, at, at + n * bytes, b);
            return;
        }
        for (int k = 0; k < n * bytes; k++) ram[at + k] = (byte) (v >> 8 * (k & bytes - 1));
    }

    public static void lods_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::get);
    }

    public static void lods_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::get);
    }

    private static int get(CpuState s, Insn i, int bits, int most) {
        Operands.register(s, EAX, bits, Operands.load(s, source(s, i, bits), bits));
        advance(s, i, ESI, bits >> 3);
        return 1;
    }

    public static void cmps_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::compare);
    }

    public static void cmps_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::compare);
    }

    private static int compare(CpuState s, Insn i, int bits, int most) {
        int a = Operands.load(s, source(s, i, bits), bits);
        int b = Operands.load(s, destination(s, i, bits, READ), bits);
        advance(s, i, ESI, bits >> 3);
        advance(s, i, EDI, bits >> 3);
        return compared(s, i, bits, a, b);
    }

    public static void scas_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::scan);
    }

    public static void scas_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::scan);
    }

    private static int scan(CpuState s, Insn i, int bits, int most) {
        int b = Operands.load(s, destination(s, i, bits, READ), bits);
        advance(s, i, EDI, bits >> 3);
        return compared(s, i, bits, Operands.register(s, EAX, bits), b);
    }

    private static int compared(CpuState s, Insn i, int bits, int a, int b) {
        if (bits == 32) Arithmetic.cmp32(s, a, b);
        else if (bits == 16) Arithmetic.cmp16(s, a, b);
        else Arithmetic.cmp8(s, a, b);
        return a == b == (i.repeat == 0xF3) ? 1 : -1;
    }

    public static void ins_b(CpuState s, Insn i) {
        StringIo.check(s, 8);
        repeat(s, i, 8, StringIo::in);
    }

    public static void ins_v(CpuState s, Insn i) {
        StringIo.check(s, i.operandSize);
        repeat(s, i, i.operandSize, StringIo::in);
    }

    public static void outs_b(CpuState s, Insn i) {
        StringIo.check(s, 8);
        repeat(s, i, 8, StringIo::out);
    }

    public static void outs_v(CpuState s, Insn i) {
        StringIo.check(s, i.operandSize);
        repeat(s, i, i.operandSize, StringIo::out);
    }
}
