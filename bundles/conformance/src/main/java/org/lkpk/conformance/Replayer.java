package org.lkpk.conformance;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Profile;
import org.lkpk.conformance.Case.Registers;
import org.lkpk.conformance.Case.Run;

/** Has our CPU do what a recording tells of, and compares. */
final class Replayer {
    private static final int CODE_SIZE = 0x2000, COMPARED = 0xCD5;
    /** Distance and length of a jump to itself. */
    private static final int HERE = -2, HERE_LENGTH = 2;
    private static final int PAGE_FAULT = 14;
    private static final int EIP = 0, EFLAGS = 2, ESP = 3;
    private static final String[] NAMES = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};

    private final Recording recording;
    private final Bench bench;
    private final UndefinedFlags undefined = new UndefinedFlags();
    /** What the real processor's memory holds. */
    private final byte[] data;
    private final Differences differences = new Differences();
    private long cases;

    Replayer(Recording recording, Cpu cpu) {
        this.recording = recording;
        bench = new Bench(cpu, Profile.P6, recording.codeBase, CODE_SIZE, recording.dataBase, recording.dataSize);
        data = new byte[recording.dataSize];
    }

    /** Replays all of it, each case once, in code never seen before. */
    Differences run() throws IOException {
        for (Case c; (c = recording.next()) != null; cases++) {
            before(c);
            bench.code(c.codeOffset(), c.code(), HERE);
            String wrong;
            try {
                prepare(c);
                steps(c.steps() + (c.fallsThrough() ? 1 : 0));
                wrong = compare(c, c.after().eip());
            } catch (RuntimeException e) {
                wrong = e + " at " + e.getStackTrace()[0];
            }
            if (!wrong.isEmpty()) differences.add(c.form(), describe(c) + " ->" + wrong);
        }
        return differences;
    }

    /**
     * Replays sequences, at most {@code most} of them, after their code has been run {@code rounds} times in a loop, from
     * where the case begins to wherever that leads.
     */
    Differences runHot(int most, int rounds) throws IOException {
        for (Case c; cases < most && (c = recording.next()) != null;) {
            before(c);
            if (c.form().name().equals("sequence") && c.fallsThrough()) {
                bench.code(c.codeOffset(), c.code(), -c.code().length - HERE_LENGTH);
                prepare(c);
                bench.cpu.run(bench.cpu.instructions() + (long) rounds * (c.steps() + 1));
                bench.data(0, data);
                prepare(c);
                bench.cpu.run(bench.cpu.instructions() + c.steps() + 1);
                String wrong = compare(c, c.before().eip());
                if (!wrong.isEmpty()) differences.add(c.form(), describe(c) + " ->" + wrong);
                cases++;
            } else {
                remember(c.wroteAfter());
                bench.data(0, data);
            }
        }
        return differences;
    }

    /** At once and, in every other case, one by one; one step more than the case has, in the jump behind it. */
    private void steps(int count) {
        int at = (cases & 1) == 0 ? count : 1;
        for (int done = 0; done < count; done += at) bench.cpu.run(bench.cpu.instructions() + at);
    }

    long cases() {
        return cases;
    }

    private void before(Case c) {
        remember(c.wroteBefore());
        for (Run r : c.wroteBefore()) bench.data(r.offset(), r.bytes());
    }

    private void prepare(Case c) {
        bench.segments(c.layout());
        bench.general(c.before().general());
        bench.cpu.register("eflags", c.before().flags());
        bench.cpu.register("eip", c.before().eip());
    }

    /** What differs; empty if nothing does. */
    private String compare(Case c, int endsAt) {
        StringBuilder wrong = new StringBuilder();
        int ignored = undefined.after(c);
        remember(c.wroteAfter());
        if ((ignored & UndefinedFlags.MEMORY) != 0) bench.data(0, data);
        else memory(wrong);
        if (ignored == UndefinedFlags.ALL) return "";
        Registers after = c.after();
        int vector = bench.vector();
        boolean faulted = vector != Case.NONE;
        boolean either = (ignored & UndefinedFlags.VECTOR) != 0 && faulted && c.vector() != Case.NONE;
        if (vector != c.vector() && !either) differ(wrong, "vector", vector, c.vector());
        for (int i = 0; i < 8; i++) {
            int is = faulted && i == 4 ? bench.pushed(vector, ESP) : bench.general(i);
            if (is != after.general()[i]) differ(wrong, NAMES[i], is, after.general()[i]);
        }
        int eip = faulted ? bench.pushed(vector, EIP) : (int) bench.cpu.register("eip");
        if (eip != endsAt) differ(wrong, "eip", eip, endsAt);
        int flags = faulted ? bench.pushed(vector, EFLAGS) : (int) bench.cpu.register("eflags");
        int compared = c.vector() == Case.NONE || c.steps() > 1 ? COMPARED & ~ignored : COMPARED;
        if (((flags ^ after.flags()) & compared) != 0) differ(wrong, "eflags", flags & compared, after.flags() & compared);
        if (c.vector() == PAGE_FAULT && vector == PAGE_FAULT && (int) bench.cpu.register("cr2") != c.faultAddress())
            differ(wrong, "cr2", (int) bench.cpu.register("cr2"), c.faultAddress());
        return wrong.toString();
    }

    private void remember(List<Run> wrote) {
        for (Run r : wrote) System.arraycopy(r.bytes(), 0, data, r.offset(), r.bytes().length);
    }

    private void memory(StringBuilder wrong) {
        byte[] ours = bench.memory().bytes();
        int from = bench.dataIndex(), at = Arrays.mismatch(ours, from, from + data.length, data, 0, data.length);
        if (at < 0) return;
        differ(wrong, String.format("memory+%04X", at), ours[from + at] & 0xFF, data[at] & 0xFF);
        bench.data(0, data);
    }

    private static void differ(StringBuilder wrong, String what, int is, int should) {
        wrong.append(String.format(" %s %X, not %X;", what, is, should));
    }

    private static String describe(Case c) {
        StringBuilder b = new StringBuilder(c.hex()).append(" layout ").append(c.layout()).append(" steps ").append(c.steps());
        for (int i = 0; i < 8; i++) b.append(String.format(" %s=%X", NAMES[i], c.before().general()[i]));
        return b.append(String.format(" eip=%X eflags=%X", c.before().eip(), c.before().flags())).toString();
    }
}
