package org.lkpk.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.lkpk.conformance.privileged.Generator;
import org.lkpk.conformance.privileged.Sequence;

/**
 * Random privileged sequences: paging, gates, tasks, virtual-8086 mode, faults, debug registers. Bochs and QEMU run them
 * too; where both agree, they decide.
 */
final class Privileged implements Suite {
    private static final int CASES = 3000, BATCH = 250, STARTS = 15;

    @Override
    public String name() {
        return "privileged";
    }

    @Override
    public String title() {
        return "Bochs and QEMU, privileged sequences";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --only privileged --seed SEED";
    }

    @Override
    public Result run(Setting setting) throws IOException, InterruptedException {
        for (String program : List.of("bochs", "qemu-system-i386"))
            if (Command.run(List.of(program, "--help"), STARTS).status() == Command.MISSING)
                return Result.notRun(program + " is not installed (Debian: bochs, bochs-sdl, qemu-system-x86)");
        Path folder = Files.createTempDirectory("lkpk");
        try {
            Verdicts verdicts = new Verdicts();
            Peer bochs = Peer.bochs(folder), qemu = Peer.qemu(folder), own = Peer.own(setting.processors().get(), setting.engine());
            for (int from = 0; from < CASES; from += BATCH) {
                List<Sequence> cases = cases(setting.seed(), from, Math.min(BATCH, CASES - from));
                verdicts.add(cases, bochs.outcomes(cases), qemu.outcomes(cases), own.outcomes(cases));
            }
            return verdicts.result(Long.toString(setting.seed()));
        } finally {
            Folders.delete(folder);
        }
    }

    static List<Sequence> cases(long seed, int from, int count) {
        Generator generator = new Generator(seed);
        List<Sequence> cases = new ArrayList<>();
        for (int n = from; n < from + count; n++) cases.add(generator.sequence(n));
        return cases;
    }

    /** The sum of what the peers say. */
    static final class Verdicts {
        private static final String KNOWN = """
                where peers disagree it mostly is QEMU 7.2: no #AC, no limits, no DR7.GD, no RF in what is pushed, INT1 as #UD
                against Bochs, by the SDM: MOV DR looks at the privilege level before DR7.GD, and a breakpoint that a load of SS holds \
                outlives the fault of the next instruction
                against both: a single step does not tell DR6 of a breakpoint on the next instruction that is off, which the SDM leaves open
                left out: what the host's processor and the peers do in different ways (selectors pushed and popped as 32 bits, ARPL of \
                memory, far pointers across two pages), VIF with VIP, and IRET in virtual-8086 mode beyond 64 KB""";


        private final Map<Course.Verdict, Integer> count = new EnumMap<>(Course.Verdict.class);
        private final Differences differences = new Differences();
        private int doubts;

        void add(List<Sequence> cases, Map<Integer, Course> bochs, Map<Integer, Course> qemu, Map<Integer, Course> own) {
            for (Sequence s : cases) {
                Course.Judgement j = Course.judge(bochs.get(s.number()), qemu.get(s.number()), own.get(s.number()));
                count.merge(j.verdict(), 1, Integer::sum);
                doubts += j.doubts();
                if (j.verdict() == Course.Verdict.DIFFERENT) differences.add(s.mode(), "case " + s.number() + ", " + j.difference() + " (Bochs / QEMU / LKPK)");
            }
        }

        Result result(String seed) {
            int first = of(Course.Verdict.FIRST), second = of(Course.Verdict.SECOND), neither = of(Course.Verdict.NEITHER);
            return Result.of(of(Course.Verdict.EQUAL) + of(Course.Verdict.DIFFERENT), differences, seed, String.format(
                    "%,d more are undecided, since Bochs and QEMU take different courses: %,d as in Bochs, %,d as in QEMU, %,d as in neither%n"
                    + "of those that are decided, %,d registers and words of memory are not, for the same reason%n", first + second + neither, first, second,
                    neither, doubts) + KNOWN);
        }

        private int of(Course.Verdict verdict) {
            return count.getOrDefault(verdict, 0);
        }
    }
}
