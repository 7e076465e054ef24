package org.lkpk.cpu.engine;

import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeTrue;
import static org.lkpk.cpu.state.CpuState.EAX;

import java.util.Random;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.host.HostCode;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.OpTable;

/** Each x87 instruction as the host's own does what the interpreter's does: numbers of all kinds, every rounding, empty registers. */
public class HostFpuTest {
    private static final int CASES = 5 * Integer.getInteger("lkpk.fuzz", 60);
    private static final int CODE = 0x10000, SIZE = 16, DATA = 0x40000;
    /** Signs and exponents, and significands, at which something changes. */
    private static final int[] EXPONENTS = {0, 1, 2, 0x3000, 0x3BCD, 0x3C00, 0x3C01, 0x3F6A, 0x3F80, 0x3F81, 0x3FBE, 0x3FFE, 0x3FFF, 0x4000,
        0x400D, 0x400E, 0x401D, 0x401E, 0x403D, 0x403E, 0x403F, 0x407E, 0x407F, 0x43FE, 0x43FF, 0x5000, 0x7FFD, 0x7FFE, 0x7FFF};
    private static final long[] SIGNIFICANDS = {0, 1, 1L << 63, -1, 3L << 62, 5L << 61, (1L << 63) + 1, -1L << 11, -1L << 10, -1L << 40, 0xFFFF_FF80L << 32,
        (1L << 63) + 0x400, (1L << 63) + (1L << 39), 1L << 62, 0x8000_0000_0000_0C00L};

    private final Random random = new Random(1);

    /** A processor that runs one instruction and goes back to it. */
    private static final class Machine {
        final Bench b = new Bench(Profile.PENTIUM4);
        final CpuState s = b.s;
        final Interpreter engine;

        Machine(int threshold) {
            engine = new Interpreter(s, new OpTable(), threshold, Tier.HOST);
            s.cr0 |= CpuState.CR0_NE;
        }

        void code(int at, int... bytes) {
            for (int n = 0; n < bytes.length; n++) b.store(at + n, 1, bytes[n]);
            b.store(at + bytes.length, 2, 0xEB | -2 - bytes.length << 8);
        }

        String state() {
            Fpu f = s.fpu;
            StringBuilder all = new StringBuilder();
            all.append(String.format("%04x %04x %04x %08x %04x %03x %08x %04x eax %08x eflags %08x", f.control(), f.status(), f.tags(),
                    f.instructionOffset, f.instructionSelector, f.opcode, f.dataOffset, f.dataSelector, s.r[EAX], s.eflags()));
            for (int n = 0; n < 8; n++) all.append(String.format(" %04x.%016x", f.signExponent(n), f.significand(n)));
            return all.append(String.format(" memory %04x.%08x%08x", b.load(DATA + 8, 2), b.load(DATA + 4), b.load(DATA))).toString();
        }
    }

    private final Machine one = new Machine(Interpreter.NEVER), other = new Machine(1);
    /** Programs so far. */
    private int placed;

    @Before
    public void thereIsMachineCode() {
        assumeTrue("this JVM lets no machine code in", HostCode.layout() != null);
    }

    @After
    public void close() {
        one.engine.close();
        other.engine.close();
    }

    @Test
    public void instructionsOnRegistersDoWhatTheInterpretersDo() {
        for (int opcode = 0xD8; opcode <= 0xDF; opcode++)
            for (int modrm = 0xC0; modrm <= 0xFF; modrm++)
                if (exists(opcode, modrm) && (modrm & 7) < 3 | opcode == 0xD9 | opcode == 0xDE) compare(opcode, modrm);
    }

    @Test
    public void instructionsOnMemoryDoWhatTheInterpretersDo() {
        for (int opcode = 0xD8; opcode <= 0xDF; opcode++)
            for (int reg = 0; reg < 8; reg++)
                if (exists(opcode, reg << 3 | 5)) compare(opcode, reg << 3 | 5, DATA, DATA >> 8, DATA >> 16, DATA >> 24);
    }

    /** Pages that jump to each other, with x87 instructions in the first only. */
    @Test
    public void whereTheLastOneWasIsKnownOnOtherPages() {
        int next = CODE + 0x1000;
        for (Machine m : new Machine[] {one, other}) {
            m.s.r[EAX] = DATA;
            for (int n = 0; n < 8; n += 4) m.b.store(DATA + n, 4, 0x12345678);
            // FLD m64; FSTP m80; CMP EAX,EBX; JMP next
            int[] first = {0xDD, 0x00, 0xDB, 0x78, 0x10, 0x39, 0xD8, 0xE9}, second = {0x90, 0xE9};
            for (int n = 0; n < first.length; n++) m.b.store(CODE + n, 1, first[n]);
            m.b.store(CODE + first.length, 4, next - CODE - first.length - 4);
            for (int n = 0; n < second.length; n++) m.b.store(next + n, 1, second[n]);
            m.b.store(next + second.length, 4, CODE - next - second.length - 4);
            m.s.eip = CODE;
        }
        for (int n = 0; n < CASES; n++) {
            long limit = one.s.count + 1 + random.nextInt(n % 100 == 0 ? 40_000 : 40);
            for (Machine m : new Machine[] {one, other}) m.engine.run(limit);
            assertEquals("step " + n, one.state(), other.state());
            assertEquals("step " + n, one.s.eip, other.s.eip);
        }
    }

    private static boolean exists(int opcode, int modrm) {
        int reg = modrm >> 3 & 7, rm = modrm & 7;
        if (modrm < 0xC0) return !(opcode == 0xD9 && (reg == 1 || reg == 4 || reg == 6) || opcode == 0xDB && (reg == 1 || reg == 4 || reg == 6)
                || opcode == 0xDD && (reg == 1 || reg == 4 || reg == 5 || reg == 6) || opcode == 0xDF && reg == 1);
        return switch (opcode) {
            case 0xD9 -> reg < 2 || reg == 2 && rm == 0 || reg == 4 && (rm < 2 || rm == 4 || rm == 5) || reg == 5 && rm < 7 || reg > 5;
            case 0xDA -> reg < 4 || reg == 5 && rm == 1;
            case 0xDB -> reg < 4 || reg == 5 || reg == 6;
            case 0xDD -> reg != 1 && reg < 6;
            case 0xDE -> reg < 2 || reg > 3 || reg == 3 && rm == 1;
            case 0xDF -> reg == 4 && rm == 0 || reg == 5 || reg == 6;
            default -> true;
        };
    }

    private void compare(int... bytes) {
        int at = CODE + SIZE * placed++;
        one.code(at, bytes);
        other.code(at, bytes);
        for (int n = 0; n < CASES; n++) {
            long seed = random.nextLong();
            begin(one, new Random(seed));
            begin(other, new Random(seed));
            String before = one.state();
            for (Machine m : new Machine[] {one, other}) {
                m.s.eip = at;
                m.engine.run(m.s.count + 2);
            }
            String what = String.format("%02x %02x from %s", bytes[0], bytes[1], before);
            assertEquals(what, one.state(), other.state());
        }
    }

    private void begin(Machine m, Random r) {
        Fpu f = m.s.fpu;
        f.initialize();
        f.control(0x3F | new int[] {0x300, 0x300, 0x200, 0}[r.nextInt(4)] | r.nextInt(4) << 10);
        f.status(r.nextInt(8) << 11 | r.nextInt(4) << 9 | r.nextInt(2) << 14 | r.nextInt(2) << 8);
        f.tags(r.nextInt(3) == 0 ? r.nextInt(0x10000) : r.nextInt(2) * 3 << 2 * (f.top() + 7 & 7));
        for (int n = 0; n < 8; n++) f.replace(n, significand(r), exponent(r));
        m.s.eflags(2 | r.nextInt(0x1000) & CpuState.ARITHMETIC);
        m.s.r[EAX] = r.nextInt();
        memory(m.b, r);
    }

    private static int exponent(Random r) {
        int near = r.nextInt(3) == 0 ? 0x3FF0 + r.nextInt(0x40) : EXPONENTS[r.nextInt(EXPONENTS.length)];
        return near | r.nextInt(2) << 15;
    }

    private static long significand(Random r) {
        return r.nextInt(3) == 0 ? r.nextLong() | Long.MIN_VALUE : SIGNIFICANDS[r.nextInt(SIGNIFICANDS.length)];
    }

    /** Any number, or one that is special as a single, a double or an integer. */
    private static void memory(Bench b, Random r) {
        long number = switch (r.nextInt(6)) {
            case 0 -> significand(r);
            case 1 -> Float.floatToRawIntBits(new float[] {0, 1, -1, Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, Float.NaN,
                Float.POSITIVE_INFINITY}[r.nextInt(8)]) & 0xFFFFFFFFL;
            case 2 -> Double.doubleToRawLongBits(new double[] {-0.0, 1, -1, Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE,
                Double.NaN, Double.NEGATIVE_INFINITY}[r.nextInt(8)]);
            case 3 -> r.nextInt(5) - 2;
            case 4 -> r.nextLong() >>> r.nextInt(64);
            default -> (long) (r.nextInt(0x1000)) << 52 | r.nextInt(2) | (long) r.nextInt(2) << 51 | 0x7F80_0001L * r.nextInt(2);
        };
        b.store64(DATA, number);
        b.store(DATA + 8, 2, exponent(r));
    }
}
