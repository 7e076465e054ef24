package org.lkpk.demo;

import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lkpk.api.machine.Machine;
import org.osgi.framework.Bundle;

/** The kit's own small kernel, whose commands are a letter and a number; what changes is its banner. */
final class TinyStory implements Story {
    private static final String MARK = "[lkpk] ";
    private static final int ROUNDS = 10_000_000;
    private static final int READS = 500;
    private static final double PRECISION = 1e-12;
    private static final Pattern WORK = Pattern.compile("sum ([0-9a-f]{8}), fpu ([0-9a-f]{16})");
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Shell shell;
    private final Machine machine;
    private final Report report;

    TinyStory(Shell shell, Machine machine, Report report) {
        this.shell = shell;
        this.machine = machine;
        this.report = report;
    }

    @Override
    public String patch() {
        return "org.lkpk.patch.tiny";
    }

    @Override
    public String mark() {
        return MARK;
    }

    @Override
    public String command() {
        return "b";
    }

    @Override
    public String line() throws Failure, InterruptedException {
        return shell.output(command());
    }

    @Override
    public String identity() throws Failure, InterruptedException {
        return shell.output("v");
    }

    /** It keeps no records but a checksum of its text. */
    @Override
    public String trouble() throws Failure, InterruptedException {
        return shell.output("k");
    }

    @Override
    public Reader reader(String old) {
        return new Banners(old);
    }

    /** Lines printed by one long command and judged here. */
    private final class Banners implements Reader {
        private final String old;

        Banners(String old) {
            this.old = old;
        }

        @Override
        public Reads around(Act act) throws Failure, InterruptedException {
            shell.type("b " + READS + "\n");
            shell.lines(20);
            act.run();
            return reads(shell.answer("b", LONG));
        }

        @Override
        public Reads steady(int least) throws Failure, InterruptedException {
            return reads(shell.run("b " + least, LONG));
        }

        private Reads reads(Shell.Answer answer) {
            long[] counts = new long[3];
            long changes = 0;
            int last = -1;
            for (String line : answer.text().split("\n")) {
                int kind = line.equals(old) ? 0 : line.equals(MARK + old) ? 1 : 2;
                counts[kind]++;
                if (last >= 0 && kind != last) changes++;
                last = kind;
            }
            return new Reads(counts[0], counts[1], counts[2], changes);
        }

        @Override
        public void end() { }
    }

    @Override
    public String hotPlug(Bundle slot) throws Failure, InterruptedException {
        String before = shell.output("s");
        report.check("no UART at 2F8 before", before.startsWith("com2 absent"), before);
        House.start(slot);
        String found = shell.output("s");
        report.seen(before + "\n" + found);
        report.check("a 16550A at 2F8 after com2 was plugged", found.startsWith("com2 16550A"), found);
        SerialLine line = new SerialLine();
        machine.connect("com2", line);
        shell.type("e " + SerialLine.LENGTH + "\n");
        shell.expect("ready\n");
        machine.input("com2", "serial", SerialLine.pattern());
        byte[] back = line.await();
        machine.connect("com2", null);
        report.checkEqual("status of the exchange over com2", 0, shell.answer("e", LONG).status());
        report.check("1,000 bytes come back over com2 as they went", Arrays.equals(back, SerialLine.pattern()), back.length + " bytes");
        String used = shell.output("s");
        report.check("IRQ 3 comes", interrupts(used) > interrupts(found), used);
        House.stop(slot);
        String gone = shell.output("s");
        report.check("no UART at 2F8 after com2 was pulled", gone.startsWith("com2 absent"), gone);
        return "16550A; 1,000 bytes each way; IRQ 3 up by " + (interrupts(used) - interrupts(found)) + "; pulled";
    }

    private static int interrupts(String line) {
        return Integer.parseInt(line.replaceAll(".* ", ""));
    }

    @Override
    public String compute(Act update) throws Failure, InterruptedException {
        String undisturbed = work(() -> { });
        String work = work(update);
        report.checkEqual("sums as without an update", undisturbed, work);
        Matcher sums = WORK.matcher(work);
        report.check("the worker shows its sums", sums.matches(), work);
        report.checkEqual("sum", String.format("%08x", checksum()), sums.group(1));
        double fpu = Double.longBitsToDouble(Long.parseUnsignedLong(sums.group(2), 16));
        report.check("FPU's sum", Math.abs(fpu - reciprocals()) < PRECISION * reciprocals(), fpu);
        return String.format("under %,d rounds of sums and FPU; ticks never back", ROUNDS);
    }

    private String work(Act act) throws Failure, InterruptedException {
        shell.output("c " + ROUNDS / 1000);
        int before = ticks();
        act.run();
        report.check("ticks go on", ticks() >= before, "less than " + before);
        Shell.Answer answer = shell.run("w", LONG);
        report.checkEqual("status of the worker", 0, answer.status());
        return answer.text();
    }

    private int ticks() throws Failure, InterruptedException {
        return Integer.parseInt(shell.output("t").replaceAll(" .*", ""));
    }

    private static int checksum() {
        int sum = 0;
        for (int i = 1; i <= ROUNDS; i++) sum = (Integer.rotateLeft(sum, 5) ^ i * i) + i;
        return sum;
    }

    private static double reciprocals() {
        double sum = 0;
        for (int i = 1; i <= ROUNDS; i++) sum += 1.0 / i;
        return sum;
    }
}
