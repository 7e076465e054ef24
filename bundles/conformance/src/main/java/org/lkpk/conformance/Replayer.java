package org.lkpk.conformance;

import java.io.IOException;
import java.util.Arrays;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.lkpk.conformance.Outcome.Run;

/** Has our CPU do what a recording tells of, and compares. */
final class Replayer {
    private static final int DEBUG = 1, ALIGNMENT = 17, EIP = 0, CS = 1, EFLAGS = 2, ESP = 3, SS = 4, ERROR = -1;
    /** Of a page fault's error code: not whether it was a fetch, which needs NX to be told. */
    private static final int PAGE_ERROR = 7;
    private static final int C1 = 0x200;
    /** RCP and RSQRT: SDM vol. 2. */
    private static final double APPROXIMATE = 1.5 / 4096;

    private final Recording recording;
    private final Bench bench;
    private final UndefinedFlags undefined = new UndefinedFlags();
    private final byte[] background;
    /** What the real processor's memory holds. */
    private final byte[] data;
    private final Differences differences = new Differences();
    private final StringBuilder wrong = new StringBuilder();
    private int layout = -1;
    /** Whether it is known what our memory holds. */
    private boolean known;
    private long cases;

    Replayer(Recording recording, Cpu cpu, Engine engine) {
        this.recording = recording;
        background = recording.cases.background;
        data = background.clone();
        bench = new Bench(cpu, engine, Profile.PENTIUM4, background);
    }

    /** Replays all of it, each case once, in code never seen before. */
    Differences run() throws IOException {
        for (Recording.Part part : recording.parts) {
            OutcomeFormat outcomes = recording.next();
            for (int n = 0; n < part.cases(); n++, cases++) {
                Case c = recording.cases.make(part.form(), n);
                Outcome o = new Outcome();
                outcomes.pass(c, o);
                one(c, o);
            }
        }
        return differences;
    }

    private void one(Case c, Outcome o) {
        wrong.setLength(0);
        put(c);
        try {
            prepare(c);
            steps(c, o);
            compare(c, o, o.eip);
        } catch (RuntimeException e) {
            wrong.append(e).append(" at ").append(e.getStackTrace()[0]);
            layout = -1;
        }
        restore(c, o);
        if (wrong.length() != 0) differences.add(c.form.title(), c + " ->" + wrong);
    }

    /**
     * Replays sequences of integer instructions, at most {@code most} of them, after their code has been run {@code rounds}
     * times in a loop, from where the case begins to wherever that leads.
     */
    Differences runHot(int most, int rounds) throws IOException {
        for (Recording.Part part : recording.parts) {
            OutcomeFormat outcomes = recording.next();
            if (!part.form().title().startsWith("integer - " + Form.SEQUENCE)) continue;
            for (int n = 0; n < part.cases() && cases < most; n++) {
                Case c = recording.cases.make(part.form(), n);
                Outcome o = new Outcome();
                outcomes.pass(c, o);
                if (o.fallsThrough(c) && c.jumps()) hot(c, o, rounds);
            }
        }
        return differences;
    }

    private void hot(Case c, Outcome o, int rounds) {
        wrong.setLength(0);
        c.placed[c.placed.length - 1] -= c.code.length; // The jump goes to the begin.
        put(c);
        prepare(c);
        bench.cpu.run(bench.cpu.instructions() + (long) rounds * (o.steps + 1));
        layout = -1; // It may have ended in a handler.
        bench.restore(0, background);
        put(c);
        prepare(c);
        bench.cpu.run(bench.cpu.instructions() + o.steps + 1);
        compare(c, o, c.eip);
        System.arraycopy(background, 0, data, 0, Case.SPAN);
        bench.restore(0, background);
        if (wrong.length() != 0) differences.add(c.form.title(), c + " ->" + wrong);
        cases++;
    }

    long cases() {
        return cases;
    }

    private void put(Case c) {
        for (Case.Patch p : c.patches) bench.restore(p.offset(), p.bytes());
        bench.code(c.codeOffset(), c.placed);
    }

    private void prepare(Case c) {
        if (layout != c.layout) bench.segments(layout = c.layout);
        if (c.image != null) {
            bench.cpu.register("eflags", 2);
            bench.image(c.image);
        }
        for (int n = 0; n < 8; n++) bench.cpu.register(Outcome.NAMES[n], c.r[n]);
        bench.cpu.register("eflags", c.traced ? c.eflags | Bench.TF : c.eflags);
        bench.cpu.register("eip", c.eip);
    }

    /** At once and, in every other case, one by one; one step more than the case has, in the jump behind it. */
    private void steps(Case c, Outcome o) {
        if (c.traced) {
            // A load of SS holds the trap off for one instruction.
            for (int n = 0; n < 2 && bench.vector() == Outcome.NONE; n++) bench.cpu.run(bench.cpu.instructions() + 1);
            return;
        }
        boolean jumps = o.fallsThrough(c) && c.jumps() && !c.form.names(SequenceCases.SELF_MODIFYING);
        int count = o.steps + (jumps ? 1 : 0);
        int at = (cases & 1) == 0 ? count : 1;
        for (int done = 0; done < count; done += at) bench.cpu.run(bench.cpu.instructions() + at);
    }

    // Comparing

    private void compare(Case c, Outcome o, int endsAt) {
        int ignored = undefined.after(c, o), vector = bench.vector();
        boolean entered = vector != Outcome.NONE;
        if (entered || c.form.names(SequenceCases.SELF_MODIFYING)) layout = -1;
        known = ignored != UndefinedFlags.ALL;
        if (!known) return;
        int is = c.traced && vector == DEBUG && o.vector == Outcome.NONE ? Outcome.NONE : vector;
        // The host's program lies there, and was reached in place of nothing.
        known = is != Outcome.PAGE_FAULT || !own((int) bench.cpu.register("cr2"));
        if (!known) return;
        boolean either = (ignored & UndefinedFlags.VECTOR) != 0 && is != Outcome.NONE && o.faulted();
        if (is != o.vector && !either) differ("vector", is, o.vector);
        registers(c, o, vector, ignored, endsAt);
        memory(c, o, ignored);
        if (entered && is == o.vector) fault(o, vector, ignored);
        if (c.form.table().equals("system")) segments(o, vector);
        if (c.image != null) image(c, o, ignored);
    }

    private static boolean own(int address) {
        return address - Bench.OWN >= 0 && address - Bench.OWN < Bench.OWN_SIZE;
    }

    private void registers(Case c, Outcome o, int vector, int ignored, int endsAt) {
        boolean entered = vector != Outcome.NONE;
        for (int n = 0; n < 8; n++) {
            int is = entered && n == Case.ESP ? bench.pushed(vector, ESP) : bench.general(n);
            if (is != o.r[n]) differ(Outcome.NAMES[n], is, o.r[n]);
        }
        int eip = entered ? bench.pushed(vector, EIP) : (int) bench.cpu.register("eip");
        if (eip != endsAt) differ("eip", eip, endsAt);
        int flags = entered ? bench.pushed(vector, EFLAGS) : (int) bench.cpu.register("eflags");
        int compared = ~Bench.TF & (o.vector == Outcome.NONE || o.steps > 1 ? ~(ignored & UndefinedFlags.EFLAGS) : -1);
        if (((flags ^ o.eflags) & compared) != 0) differ("eflags", flags & compared, o.eflags & compared);
    }

    private void fault(Outcome o, int vector, int ignored) {
        if (vector == Outcome.PAGE_FAULT && (ignored & UndefinedFlags.ADDRESS) != 0) return;
        if (vector == Outcome.PAGE_FAULT) {
            if ((int) bench.cpu.register("cr2") != o.address) differ("cr2", (int) bench.cpu.register("cr2"), o.address);
            if (((bench.pushed(vector, ERROR) ^ o.error) & PAGE_ERROR) != 0) differ("error", bench.pushed(vector, ERROR), o.error);
        } else if (Bench.pushesError(vector) && vector != ALIGNMENT && (ignored & UndefinedFlags.VECTOR) == 0 && bench.pushed(vector, ERROR) != o.error)
            differ("error", bench.pushed(vector, ERROR), o.error);
    }

    private void segments(Outcome o, int vector) {
        boolean entered = vector != Outcome.NONE;
        for (int n = 0; n < 6; n++) {
            int is = entered && n == 1 ? bench.pushed(vector, CS) & 0xFFFF : entered && n == 2 ? bench.pushed(vector, SS) & 0xFFFF
                    : (int) bench.cpu.register(Outcome.SEGMENTS[n]);
            if (is != o.segments[n]) differ(Outcome.SEGMENTS[n], is, o.segments[n]);
        }
        layout = -1;
    }

    private void memory(Case c, Outcome o, int ignored) {
        if ((ignored & UndefinedFlags.MEMORY) != 0) {
            known = false;
            return;
        }
        expect(c, o);
        byte[] ours = bench.memory().bytes();
        int from = bench.index();
        if ((ignored & UndefinedFlags.POINTERS) != 0) pointers(c, ours, from);
        int at = Arrays.mismatch(ours, from, from + Case.SPAN, data, 0, Case.SPAN);
        if (at >= 0) differ(String.format("memory+%04X", at), ours[from + at] & 0xFF, data[at] & 0xFF);
    }

    /** Puts into {@link #data} what the case and its outcome say. */
    private void expect(Case c, Outcome o) {
        for (Case.Patch p : c.patches) System.arraycopy(p.bytes(), 0, data, p.offset(), p.bytes().length);
        System.arraycopy(c.placed, 0, data, Case.DATA_SIZE + c.codeOffset(), c.placed.length);
        for (Run r : o.runs) System.arraycopy(r.bytes(), 0, data, r.offset(), r.bytes().length);
    }

    /** Takes over from our memory what only tells where the FPU's last instruction and operand were, and what is reserved. */
    private void pointers(Case c, byte[] ours, int from) {
        int size = c.form.bits() / 8;
        int[] parts = c.form.names("fxsave") ? new int[] {6, 24, 28, 32} : new int[] {3 * size, 7 * size};
        for (int n = 0; n < parts.length; n += 2)
            for (int i = c.at + parts[n]; i < c.at + parts[n + 1]; i++) if (i >= 0 && i < Case.DATA_SIZE) data[i] = ours[from + i];
    }

    /** Makes our memory and what it should be the background again. */
    private void restore(Case c, Outcome o) {
        for (Case.Patch p : c.patches) clean(p.offset(), p.bytes().length);
        for (Run r : o.runs) clean(r.offset(), r.bytes().length);
        clean(Case.DATA_SIZE + c.codeOffset(), c.placed.length);
        if (wrong.length() == 0 && known) return;
        System.arraycopy(background, 0, data, 0, Case.SPAN);
        bench.restore(0, background);
    }

    private void clean(int offset, int length) {
        System.arraycopy(background, offset, data, offset, length);
        if (offset >= Case.DATA_SIZE) bench.restore(offset, Arrays.copyOfRange(background, offset, offset + length));
        else System.arraycopy(background, offset, bench.memory().bytes(), bench.index() + offset, length);
    }

    private void image(Case c, Outcome o, int ignored) {
        Image is = bench.image(), should = o.image;
        int status = (ignored & UndefinedFlags.C1) != 0 ? ~C1 : -1;
        if (((is.status() ^ should.status()) & status) != 0) differ("status", is.status(), should.status());
        if (is.control() != should.control()) differ("control", is.control(), should.control());
        if (is.tags() != should.tags()) differ("tags", is.tags(), should.tags());
        if (is.mxcsr() != should.mxcsr()) differ("mxcsr", is.mxcsr(), should.mxcsr());
        boolean close = (ignored & UndefinedFlags.ULP) != 0, approximate = (ignored & UndefinedFlags.NEAR) != 0;
        is.status(should.status());
        for (int n = 0; n < 8; n++) {
            boolean equal = is.exponent(n) == should.exponent(n) && is.significand(n) == should.significand(n);
            if (!equal && !(close && neighbours(is.significand(n), is.exponent(n), should.significand(n), should.exponent(n))))
                wrong.append(String.format(" register %d %04X.%016X, not %04X.%016X;", n, is.exponent(n), is.significand(n),
                        should.exponent(n), should.significand(n)));
        }
        for (int n = 0; n < 16; n++)
            if (is.xmm(n) != should.xmm(n) && !(approximate && near(is.xmm(n), should.xmm(n))))
                wrong.append(String.format(" xmm%d%s %X, not %X;", n / 2, n % 2 == 0 ? "" : ".high", is.xmm(n), should.xmm(n)));
    }

    /** Whether two numbers are the same but for one unit in the last place. */
    private static boolean neighbours(long a, int ae, long b, int be) {
        if (ae == be) return Math.abs(a - b) <= 1;
        if (ae - be == 1) return a == Long.MIN_VALUE && b == -1;
        return be - ae == 1 && b == Long.MIN_VALUE && a == -1;
    }

    /** Whether both are within the approximation's error of one value: two single-precision numbers each. */
    private static boolean near(long a, long b) {
        return near(Float.intBitsToFloat((int) a), Float.intBitsToFloat((int) b))
                && near(Float.intBitsToFloat((int) (a >>> 32)), Float.intBitsToFloat((int) (b >>> 32)));
    }

    private static boolean near(float a, float b) {
        return Float.floatToRawIntBits(a) == Float.floatToRawIntBits(b) || Math.abs(a - b) <= APPROXIMATE * Math.abs(b);
    }

    private void differ(String what, int is, int should) {
        wrong.append(String.format(" %s %X, not %X;", what, is, should));
    }
}
