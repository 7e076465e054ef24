package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.meaning.SimdOperands.mmx;
import static org.lkpk.cpu.meaning.SimdOperands.mmxSource;
import static org.lkpk.cpu.meaning.SimdOperands.source128;
import static org.lkpk.cpu.meaning.SimdOperands.sse;

import java.util.function.LongBinaryOperator;
import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Arithmetic and logic on packed integers in MMX and XMM registers, and the logic on packed numbers. */
@Changes(operands = false)
public final class PackedIntegers {
    private PackedIntegers() { }

    /** All but the top bit of each element. */
    private static final long BYTES = 0x7F7F7F7F7F7F7F7FL, WORDS = 0x7FFF7FFF7FFF7FFFL, DOUBLEWORDS = 0x7FFFFFFF7FFFFFFFL;

    // Sums

    public static void paddb(CpuState s, Insn i) {
        both(s, i, (a, b) -> (a & BYTES) + (b & BYTES) ^ (a ^ b) & ~BYTES);
    }

    public static void psubb(CpuState s, Insn i) {
        both(s, i, (a, b) -> (a | ~BYTES) - (b & BYTES) ^ (a ^ ~b) & ~BYTES);
    }

    public static void paddw(CpuState s, Insn i) {
        both(s, i, (a, b) -> (a & WORDS) + (b & WORDS) ^ (a ^ b) & ~WORDS);
    }

    public static void psubw(CpuState s, Insn i) {
        both(s, i, (a, b) -> (a | ~WORDS) - (b & WORDS) ^ (a ^ ~b) & ~WORDS);
    }

    public static void paddd(CpuState s, Insn i) {
        both(s, i, (a, b) -> (a & DOUBLEWORDS) + (b & DOUBLEWORDS) ^ (a ^ b) & ~DOUBLEWORDS);
    }

    public static void psubd(CpuState s, Insn i) {
        both(s, i, (a, b) -> (a | ~DOUBLEWORDS) - (b & DOUBLEWORDS) ^ (a ^ ~b) & ~DOUBLEWORDS);
    }

    public static void paddq(CpuState s, Insn i) {
        both(s, i, (a, b) -> a + b);
    }

    public static void psubq(CpuState s, Insn i) {
        both(s, i, (a, b) -> a - b);
    }

    public static void paddsb(CpuState s, Insn i) {
        bytes(s, i, (a, b) -> clamp(a + b, -0x80, 0x7F));
    }

    public static void paddsw(CpuState s, Insn i) {
        words(s, i, (a, b) -> clamp(a + b, -0x8000, 0x7FFF));
    }

    public static void paddusb(CpuState s, Insn i) {
        unsignedBytes(s, i, (a, b) -> Math.min(a + b, 0xFF));
    }

    public static void paddusw(CpuState s, Insn i) {
        unsignedWords(s, i, (a, b) -> Math.min(a + b, 0xFFFF));
    }

    public static void psubsb(CpuState s, Insn i) {
        bytes(s, i, (a, b) -> clamp(a - b, -0x80, 0x7F));
    }

    public static void psubsw(CpuState s, Insn i) {
        words(s, i, (a, b) -> clamp(a - b, -0x8000, 0x7FFF));
    }

    public static void psubusb(CpuState s, Insn i) {
        unsignedBytes(s, i, (a, b) -> Math.max(a - b, 0));
    }

    public static void psubusw(CpuState s, Insn i) {
        unsignedWords(s, i, (a, b) -> Math.max(a - b, 0));
    }

    // Comparisons, least and greatest, averages

    public static void pcmpeqb(CpuState s, Insn i) {
        bytes(s, i, (a, b) -> a == b ? -1 : 0);
    }

    public static void pcmpeqw(CpuState s, Insn i) {
        words(s, i, (a, b) -> a == b ? -1 : 0);
    }

    public static void pcmpeqd(CpuState s, Insn i) {
        doublewords(s, i, (a, b) -> a == b ? -1 : 0);
    }

    public static void pcmpgtb(CpuState s, Insn i) {
        bytes(s, i, (a, b) -> a > b ? -1 : 0);
    }

    public static void pcmpgtw(CpuState s, Insn i) {
        words(s, i, (a, b) -> a > b ? -1 : 0);
    }

    public static void pcmpgtd(CpuState s, Insn i) {
        doublewords(s, i, (a, b) -> a > b ? -1 : 0);
    }

    public static void pminub(CpuState s, Insn i) {
        unsignedBytes(s, i, (a, b) -> Math.min(a, b));
    }

    public static void pmaxub(CpuState s, Insn i) {
        unsignedBytes(s, i, (a, b) -> Math.max(a, b));
    }

    public static void pminsw(CpuState s, Insn i) {
        words(s, i, (a, b) -> Math.min(a, b));
    }

    public static void pmaxsw(CpuState s, Insn i) {
        words(s, i, (a, b) -> Math.max(a, b));
    }

    public static void pavgb(CpuState s, Insn i) {
        unsignedBytes(s, i, (a, b) -> a + b + 1 >> 1);
    }

    public static void pavgw(CpuState s, Insn i) {
        unsignedWords(s, i, (a, b) -> a + b + 1 >> 1);
    }

    public static void psadbw(CpuState s, Insn i) {
        both(s, i, PackedIntegers::distance);
    }

    // Products

    public static void pmullw(CpuState s, Insn i) {
        words(s, i, (a, b) -> a * b);
    }

    public static void pmulhw(CpuState s, Insn i) {
        words(s, i, (a, b) -> a * b >> 16);
    }

    public static void pmulhuw(CpuState s, Insn i) {
        unsignedWords(s, i, (a, b) -> a * b >>> 16);
    }

    public static void pmuludq(CpuState s, Insn i) {
        both(s, i, (a, b) -> (a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL));
    }

    public static void pmaddwd(CpuState s, Insn i) {
        both(s, i, PackedIntegers::products);
    }

    // Logic

    public static void pand(CpuState s, Insn i) {
        both(s, i, (a, b) -> a & b);
    }

    public static void pandn(CpuState s, Insn i) {
        both(s, i, (a, b) -> ~a & b);
    }

    public static void por(CpuState s, Insn i) {
        both(s, i, (a, b) -> a | b);
    }

    public static void pxor(CpuState s, Insn i) {
        both(s, i, (a, b) -> a ^ b);
    }

    public static void andps(CpuState s, Insn i) {
        xmm(s, i, (a, b) -> a & b);
    }

    public static void andpd(CpuState s, Insn i) {
        xmm(s, i, (a, b) -> a & b);
    }

    public static void andnps(CpuState s, Insn i) {
        xmm(s, i, (a, b) -> ~a & b);
    }

    public static void andnpd(CpuState s, Insn i) {
        xmm(s, i, (a, b) -> ~a & b);
    }

    public static void orps(CpuState s, Insn i) {
        xmm(s, i, (a, b) -> a | b);
    }

    public static void orpd(CpuState s, Insn i) {
        xmm(s, i, (a, b) -> a | b);
    }

    public static void xorps(CpuState s, Insn i) {
        xmm(s, i, (a, b) -> a ^ b);
    }

    public static void xorpd(CpuState s, Insn i) {
        xmm(s, i, (a, b) -> a ^ b);
    }

    // Elements

    private interface Element {
        int of(int a, int b);
    }

    private static int clamp(int v, int least, int greatest) {
        return Math.max(least, Math.min(greatest, v));
    }

    /** The sum of the absolute differences of eight bytes. */
    private static long distance(long a, long b) {
        long sum = 0;
        for (int n = 0; n < 64; n += 8) sum += Math.abs((int) (a >>> n & 0xFF) - (int) (b >>> n & 0xFF));
        return sum;
    }

    /** Products of words, added in pairs. */
    private static long products(long a, long b) {
        long sums = 0;
        for (int n = 0; n < 64; n += 32) {
            int low = (short) (a >>> n) * (short) (b >>> n), high = (short) (a >>> n + 16) * (short) (b >>> n + 16);
            sums |= (low + high & 0xFFFFFFFFL) << n;
        }
        return sums;
    }

    private static void bytes(CpuState s, Insn i, Element e) {
        both(s, i, (a, b) -> {
            long v = 0;
            for (int n = 0; n < 64; n += 8) v |= (e.of((byte) (a >>> n), (byte) (b >>> n)) & 0xFFL) << n;
            return v;
        });
    }

    private static void unsignedBytes(CpuState s, Insn i, Element e) {
        both(s, i, (a, b) -> {
            long v = 0;
            for (int n = 0; n < 64; n += 8) v |= (e.of((int) (a >>> n) & 0xFF, (int) (b >>> n) & 0xFF) & 0xFFL) << n;
            return v;
        });
    }

    private static void words(CpuState s, Insn i, Element e) {
        both(s, i, (a, b) -> {
            long v = 0;
            for (int n = 0; n < 64; n += 16) v |= (e.of((short) (a >>> n), (short) (b >>> n)) & 0xFFFFL) << n;
            return v;
        });
    }

    private static void unsignedWords(CpuState s, Insn i, Element e) {
        both(s, i, (a, b) -> {
            long v = 0;
            for (int n = 0; n < 64; n += 16) v |= (e.of((int) (a >>> n) & 0xFFFF, (int) (b >>> n) & 0xFFFF) & 0xFFFFL) << n;
            return v;
        });
    }

    private static void doublewords(CpuState s, Insn i, Element e) {
        both(s, i, (a, b) -> e.of((int) a, (int) b) & 0xFFFFFFFFL | (long) e.of((int) (a >>> 32), (int) (b >>> 32)) << 32);
    }

    // Registers

    /** Combines destination and source by halves of 64 bits, of MMX or XMM registers. */
    private static void both(CpuState s, Insn i, LongBinaryOperator operation) {
        if (mmx(i)) {
            long b = mmxSource(s, i);
            s.fpu.mmx(i.reg, operation.applyAsLong(s.fpu.mmx(i.reg), b));
        } else xmm(s, i, operation);
    }

    private static void xmm(CpuState s, Insn i, LongBinaryOperator operation) {
        Simd u = sse(s);
        source128(s, i);
        int to = 2 * i.reg;
        u.xmm[to] = operation.applyAsLong(u.xmm[to], u.low);
        u.xmm[to + 1] = operation.applyAsLong(u.xmm[to + 1], u.high);
    }
}
