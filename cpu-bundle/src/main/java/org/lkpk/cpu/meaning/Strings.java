package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.EAX;
import static org.lkpk.cpu.state.CpuState.ECX;
import static org.lkpk.cpu.state.CpuState.EDI;
import static org.lkpk.cpu.state.CpuState.ES;
import static org.lkpk.cpu.state.CpuState.ESI;
import static org.lkpk.cpu.state.CpuState.READ;
import static org.lkpk.cpu.state.CpuState.WRITE;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * String instructions. Each iteration of a repeated one counts as an instruction; it stops at the engine's count limit
 * with EIP at itself, and so goes on later. Registers are right after each iteration, so that a fault restarts it.
 * What lies in one page of RAM is done at once, see {@link Runs}; devices, ROM and code are accessed element by element.
 */
public final class Strings {
    /** What came up in one iteration that must be attended to before the next. */
    private static final int COME_UP = CpuState.DEBUG | CpuState.INTERRUPT | CpuState.NMI;
    private static final int LONGEST = 1 << 20;

    private Strings() { }

    /**
     * At least one iteration; returns how many it did, at most {@code most}, or, less than 0, that number when the last
     * one ends a REPE or REPNE.
     */
    private interface Step {
        int run(CpuState s, Insn i, int bits, int most);
    }

    private static void repeat(CpuState s, Insn i, int bits, Step step) {
        if (i.repeat == 0) {
            step.run(s, i, bits, 1);
            return;
        }
        long left = count(s, i), room = s.countLimit - s.count + 1;
        // The first iteration has been counted; of the others each is before it begins.
        while (left != 0) {
            int n = step.run(s, i, bits, (int) Math.min(Math.min(left, room), LONGEST));
            boolean ended = n < 0;
            n = Math.abs(n);
            left -= n;
            room -= n;
            count(s, i, left);
            s.count += n - 1;
            if (left == 0 || ended) return;
            if (room <= 0 || (s.attention & COME_UP) != 0 || s.interjected) {
                s.eip -= i.length;
                return;
            }
            s.count++;
        }
    }

    private static long count(CpuState s, Insn i) {
        return i.addressSize == 32 ? s.r[ECX] & 0xFFFFFFFFL : s.r[ECX] & 0xFFFF;
    }

    private static void count(CpuState s, Insn i, long value) {
        Operands.register(s, ECX, i.addressSize, (int) value);
    }

    /** Moves an index register on by so many bytes, or back, as DF says. */
    static void advance(CpuState s, Insn i, int register, int bytes) {
        Operands.register(s, register, i.addressSize, s.r[register] + (Runs.down(s) ? -bytes : bytes));
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

    /** How many elements from SI on can be read at once; 0 if the first must be alone. */
    private static int sources(CpuState s, Insn i, int bits, int most) {
        return Runs.length(s, i, i.segment, offset(s, i, ESI), bits >> 3, most, READ);
    }

    private static int destinations(CpuState s, Insn i, int bits, int most, int need) {
        return Runs.length(s, i, ES, offset(s, i, EDI), bits >> 3, most, need);
    }

    /** Index of the element at SI, whose segment has been checked, or -1. */
    private static int sourceIndex(CpuState s, Insn i) {
        return s.tlb.index(s.base[i.segment] + offset(s, i, ESI), false);
    }

    private static int destinationIndex(CpuState s, Insn i, boolean store) {
        return s.tlb.index(s.base[ES] + offset(s, i, EDI), store);
    }

    public static void movs_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::move);
    }

    public static void movs_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::move);
    }

    private static int move(CpuState s, Insn i, int bits, int most) {
        int bytes = bits >> 3, n = moved(s, i, bits, most);
        if (n == 0) {
            int v = Operands.load(s, source(s, i, bits), bits);
            Operands.store(s, destination(s, i, bits, WRITE), bits, v);
            n = 1;
        }
        advance(s, i, ESI, n * bytes);
        advance(s, i, EDI, n * bytes);
        return n;
    }

    /** Moves many; returns how many that were. */
    private static int moved(CpuState s, Insn i, int bits, int most) {
        int bytes = bits >> 3, n = destinations(s, i, bits, sources(s, i, bits, most), WRITE);
        if (n == 0) return 0;
        int source = sourceIndex(s, i);
        if (source < 0) return 0;
        int target = destinationIndex(s, i, true);
        if (target < 0 || !Runs.copies(source, target, bytes)) return 0;
        n = Runs.writable(s, target, bytes, n);
        if (n > 0) Runs.copy(s.tlb.bytes(), Runs.low(s, source, bytes, n), Runs.low(s, target, bytes, n), n * bytes, Runs.down(s));
        return n;
    }

    public static void stos_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::fill);
    }

    public static void stos_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::fill);
    }

    private static int fill(CpuState s, Insn i, int bits, int most) {
        int bytes = bits >> 3, v = Operands.register(s, EAX, bits), n = filled(s, i, bits, most, v);
        if (n == 0) {
            Operands.store(s, destination(s, i, bits, WRITE), bits, v);
            n = 1;
        }
        advance(s, i, EDI, n * bytes);
        return n;
    }

    private static int filled(CpuState s, Insn i, int bits, int most, int v) {
        int bytes = bits >> 3, n = destinations(s, i, bits, most, WRITE), target = n == 0 ? -1 : destinationIndex(s, i, true);
        if (target < 0) return 0;
        n = Runs.writable(s, target, bytes, n);
        if (n > 0) Runs.fill(s.tlb.bytes(), Runs.low(s, target, bytes, n), n, bytes, v);
        return n;
    }

    public static void lods_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::get);
    }

    public static void lods_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::get);
    }

    private static int get(CpuState s, Insn i, int bits, int most) {
        int bytes = bits >> 3, n = sources(s, i, bits, most), source = n == 0 ? -1 : sourceIndex(s, i);
        if (source < 0) n = 1;
        // Of many only the last stays.
        int v = source < 0 ? Operands.load(s, source(s, i, bits), bits)
                : Runs.element(s.tlb.bytes(), source + (n - 1) * (Runs.down(s) ? -bytes : bytes), bytes);
        Operands.register(s, EAX, bits, v);
        advance(s, i, ESI, n * bytes);
        return n;
    }

    public static void cmps_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::compare);
    }

    public static void cmps_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::compare);
    }

    private static int compare(CpuState s, Insn i, int bits, int most) {
        int bytes = bits >> 3, n = destinations(s, i, bits, sources(s, i, bits, most), READ);
        int source = n == 0 ? -1 : sourceIndex(s, i), other = source < 0 ? -1 : destinationIndex(s, i, false), a, b;
        if (other < 0) {
            a = Operands.load(s, source(s, i, bits), bits);
            b = Operands.load(s, destination(s, i, bits, READ), bits);
            n = 1;
        } else {
            byte[] ram = s.tlb.bytes();
            boolean down = Runs.down(s);
            n = Math.min(n, Runs.pairs(ram, source, other, bytes, n, down, i.repeat == 0xF3) + 1);
            int last = (n - 1) * (down ? -bytes : bytes);
            a = Runs.element(ram, source + last, bytes);
            b = Runs.element(ram, other + last, bytes);
        }
        advance(s, i, ESI, n * bytes);
        advance(s, i, EDI, n * bytes);
        return compared(s, i, bits, a, b, n);
    }

    public static void scas_b(CpuState s, Insn i) {
        repeat(s, i, 8, Strings::scan);
    }

    public static void scas_v(CpuState s, Insn i) {
        repeat(s, i, i.operandSize, Strings::scan);
    }

    private static int scan(CpuState s, Insn i, int bits, int most) {
        int bytes = bits >> 3, a = Operands.register(s, EAX, bits), b, n = destinations(s, i, bits, most, READ);
        int at = n == 0 ? -1 : destinationIndex(s, i, false);
        if (at < 0) {
            b = Operands.load(s, destination(s, i, bits, READ), bits);
            n = 1;
        } else {
            byte[] ram = s.tlb.bytes();
            boolean down = Runs.down(s);
            n = Math.min(n, Runs.elements(ram, a, at, bytes, n, down, i.repeat == 0xF3) + 1);
            b = Runs.element(ram, at + (n - 1) * (down ? -bytes : bytes), bytes);
        }
        advance(s, i, EDI, n * bytes);
        return compared(s, i, bits, a, b, n);
    }

    /** Sets the flags by the last of {@code n} comparisons; tells of them as a {@link Step} does. */
    private static int compared(CpuState s, Insn i, int bits, int a, int b, int n) {
        if (bits == 32) Arithmetic.cmp32(s, a, b);
        else if (bits == 16) Arithmetic.cmp16(s, a, b);
        else Arithmetic.cmp8(s, a, b);
        return a == b == (i.repeat == 0xF3) ? n : -n;
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
