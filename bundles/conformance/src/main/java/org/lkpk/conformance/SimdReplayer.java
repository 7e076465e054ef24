package org.lkpk.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lkpk.api.bus.State;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Profile;

/** Has our CPU do what a recording of MMX and SSE instructions tells of, and compares. */
final class SimdReplayer {
    private static final int CODE = 0x20000000, CODE_SIZE = 0x1000, DATA = 0x30000000, DATA_SIZE = 0x1000, FLAT = 0, HERE = -2;
    private static final int CR0_NE = 0x20, CR4_OSFXSR = 0x200, CR4_OSXMMEXCPT = 0x400;
    private static final int MASKED = 0x37F, INVALID_UNMASKED = 0x37E, IE = 1, TOP = 11, MMX_EXPONENT = 0xFFFF;
    private static final int EFLAGS = 2, ARITHMETIC = 0x8D5, IF = 0x200;
    /** RCP and RSQRT: SDM vol. 2. */
    private static final double APPROXIMATE = 1.5 / 4096;

    private final SimdRecording recording;
    private final Bench bench;
    private final State state;
    private final Differences differences = new Differences();
    private long cases;

    SimdReplayer(SimdRecording recording, Cpu cpu) {
        this.recording = recording;
        bench = new Bench(cpu, Profile.PENTIUM4, CODE, CODE_SIZE, DATA, DATA_SIZE);
        bench.cpu.register("cr0", bench.cpu.register("cr0") | CR0_NE);
        bench.cpu.register("cr4", CR4_OSFXSR | CR4_OSXMMEXCPT);
        bench.segments(FLAT);
        state = bench.cpu.save();
    }

    Differences run() throws IOException {
        for (SimdCase c; (c = recording.next()) != null; cases++) {
            String wrong;
            try {
                prepare(c);
                bench.cpu.run(bench.cpu.instructions() + 1);
                wrong = compare(c);
            } catch (RuntimeException e) {
                wrong = e + " at " + e.getStackTrace()[0];
            }
            if (!wrong.isEmpty()) differences.add(new Form(c.form(), c.name(), "", 0), c + " ->" + wrong);
        }
        return differences;
    }

    long cases() {
        return cases;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void prepare(SimdCase c) {
        long[] b = c.before();
        long control = b[SimdCase.CONTROL];
        ByteBuffer xmm = buffer(128);
        for (int n = 0; n < 4; n++) xmm.putLong(16 + 8 * n, b[SimdCase.XMM1 + n]);
        state.part("sse").with("mxcsr", control & 0xFFFF).with("xmm", xmm.array());
        int status = (int) (control >>> 32) & 0xFFFF;
        State fpu = state.part("fpu").with("status", status).with("control", (status & IE) != 0 ? INVALID_UNMASKED : MASKED)
                .with("empty", ~(control >>> 48) & 0xFF);
        for (int n = 0; n < 8; n++) {
            boolean named = n == 1 || n == 2;
            fpu.with("significand" + n, named ? b[SimdCase.MM1 + n - 1] : Long.MIN_VALUE + n);
            fpu.with("exponent" + n, named && (control >>> 55 + n & 1) != 0 ? MMX_EXPONENT : 0x4000 + n);
        }
        bench.cpu.load(state);
        bench.data(c.at(), buffer(16).putLong(b[SimdCase.MEMORY]).putLong(b[SimdCase.MEMORY + 1]).array());
        bench.code(0, c.code(), HERE);
        bench.cpu.register("ecx", (int) b[SimdCase.GENERAL]);
        bench.cpu.register("edx", (int) (b[SimdCase.GENERAL] >>> 32));
        bench.cpu.register("edi", DATA + c.at());
        bench.cpu.register("eflags", control >>> 16 & ARITHMETIC | IF | 2);
        bench.cpu.register("eip", CODE);
    }

    private long[] after(SimdCase c, int vector) {
        long[] a = new long[SimdCase.WORDS];
        State after = bench.cpu.save(), fpu = after.part("fpu");
        ByteBuffer xmm = ByteBuffer.wrap(after.part("sse").bytes("xmm")).order(ByteOrder.LITTLE_ENDIAN);
        for (int n = 0; n < 4; n++) a[SimdCase.XMM1 + n] = xmm.getLong(16 + 8 * n);
        ByteBuffer memory = ByteBuffer.wrap(bench.memory().bytes(), bench.dataIndex() + c.at(), 16).order(ByteOrder.LITTLE_ENDIAN);
        a[SimdCase.MEMORY] = memory.getLong();
        a[SimdCase.MEMORY + 1] = memory.getLong();
        long marks = 0;
        for (int n = 1; n <= 2; n++) {
            a[SimdCase.MM1 + n - 1] = fpu.number("significand" + n);
            if (fpu.word("exponent" + n) == MMX_EXPONENT) marks |= 1L << 55 + n;
        }
        a[SimdCase.GENERAL] = bench.cpu.register("ecx") | bench.cpu.register("edx") << 32;
        long flags = vector == SimdCase.NONE ? bench.cpu.register("eflags") : bench.pushed(vector, EFLAGS);
        a[SimdCase.CONTROL] = after.part("sse").number("mxcsr") | (flags & ARITHMETIC) << 16 | fpu.number("status") << 32
                | (~fpu.number("empty") & 0xFF) << 48 | marks;
        return a;
    }

    /** What differs; empty if nothing does. */
    private String compare(SimdCase c) {
        StringBuilder wrong = new StringBuilder();
        int vector = bench.vector() == Case.NONE ? SimdCase.NONE : bench.vector();
        if (vector != c.vector()) wrong.append(String.format(" vector %d, not %d;", vector, c.vector()));
        long[] is = after(c, vector), should = c.after();
        boolean approximate = c.name().startsWith("rcp") || c.name().startsWith("rsqrt");
        for (int n = 0; n < SimdCase.WORDS; n++)
            if (is[n] != should[n] && !(approximate && n < SimdCase.MEMORY && near(is[n], should[n])))
                wrong.append(String.format(" %s %X, not %X;", SimdCase.name(n), is[n], should[n]));
        return wrong.toString();
    }

    /** Whether both are within the approximation's error of one value: two single-precision numbers each. */
    private static boolean near(long a, long b) {
        return near(Float.intBitsToFloat((int) a), Float.intBitsToFloat((int) b))
                && near(Float.intBitsToFloat((int) (a >>> 32)), Float.intBitsToFloat((int) (b >>> 32)));
    }

    private static boolean near(float a, float b) {
        return Float.floatToRawIntBits(a) == Float.floatToRawIntBits(b) || Math.abs(a - b) <= APPROXIMATE * Math.abs(b);
    }
}
