package org.lkpk.demo;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lkpk.api.machine.Machine;
import org.osgi.framework.Bundle;

/** Debian's kernel under a busybox shell: what changes is {@code /proc/cmdline}, and a program of ours is the witness. */
final class DebianStory implements Story {
    private static final String FILE = "/proc/cmdline";
    private static final String DEVICE = "/dev/ttyS1";
    private static final String MARK = "[lkpk] ";
    private static final String PROBE = "serprobe " + DEVICE;
    private static final String TROUBLE = "dmesg | grep -E 'BUG|Oops|WARNING|Call Trace|blocked for'";
    private static final int BLOCKS = 100;
    private static final int BLOCK = 65536;
    private static final BigInteger FACTOR = BigInteger.valueOf(48271);
    private static final BigInteger MODULUS = BigInteger.valueOf(Integer.MAX_VALUE);
    private static final int STEPS = 500_000;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Shell shell;
    private final Machine machine;
    private final Report report;

    DebianStory(Shell shell, Machine machine, Report report) {
        this.shell = shell;
        this.machine = machine;
        this.report = report;
    }

    @Override
    public String patch() {
        return "org.lkpk.patch.cmdline";
    }

    @Override
    public String mark() {
        return MARK;
    }

    @Override
    public String command() {
        return "cat " + FILE;
    }

    @Override
    public String line() throws Failure, InterruptedException {
        return shell.output(command());
    }

    @Override
    public String identity() throws Failure, InterruptedException {
        return shell.output("uname -a");
    }

    @Override
    public String trouble() throws Failure, InterruptedException {
        return shell.output("dmesg | tail -n 1; dmesg | sha256sum; cat /proc/sys/kernel/tainted");
    }

    @Override
    public Reader reader(String old) throws Failure, InterruptedException {
        shell.type("witness " + FILE + " '" + MARK + "'\n");
        return new Witness();
    }

    /** The program {@code witness}, which counts in the guest: no read between two answers is left out. */
    private final class Witness implements Reader {
        private Reads reads() throws Failure, InterruptedException {
            shell.type("\n");
            Matcher counts = shell.expect("lines (\\d+) (\\d+) (\\d+) (\\d+)\n");
            return new Reads(number(counts, 1), number(counts, 2), number(counts, 3), number(counts, 4));
        }

        @Override
        public Reads around(Act act) throws Failure, InterruptedException {
            act.run();
            return reads();
        }

        @Override
        public Reads steady(int least) throws Failure, InterruptedException {
            Reads reads = new Reads(0, 0, 0, 0);
            while (reads.all() < least) {
                Thread.sleep(PAUSE.toMillis());
                reads = reads.and(reads());
            }
            return reads;
        }

        @Override
        public void end() throws Failure, InterruptedException {
            shell.type("q\n");
            shell.answer("witness", LONG);
        }
    }

    private static long number(Matcher found, int group) {
        return Long.parseLong(found.group(group));
    }

    @Override
    public String hotPlug(Bundle slot) throws Failure, InterruptedException {
        String before = port();
        report.check("no UART at 2F8 before", before.contains("uart:unknown") && before.contains("2F8"), before);
        Shell.Answer write = shell.run("echo lost > " + DEVICE);
        report.check("a write to " + DEVICE + " fails before", write.status() != 0, "status 0");
        House.start(slot);
        shell.output(PROBE);
        String found = port();
        report.seen(before + "\n" + found);
        report.check("a 16550A at 2F8 after com2 was plugged", found.contains("uart:16550A"), found);
        long interrupts = exchange();
        pull(slot);
        return "16550A; 1,000 bytes each way; IRQ 3 up by " + interrupts + "; pulled while held open";
    }

    /** How the kernel's list of ports tells of the second one. */
    private String port() throws Failure, InterruptedException {
        String ports = shell.output("cat /proc/tty/driver/serial");
        return ports.lines().filter(line -> line.startsWith("1:")).findFirst().orElse(ports).strip();
    }

    private long exchange() throws Failure, InterruptedException {
        long before = interrupts();
        SerialLine line = new SerialLine();
        machine.connect("com2", line);
        shell.type("serprobe -x " + DEVICE + " " + SerialLine.LENGTH + "\n");
        shell.expect("ready\n");
        machine.input("com2", "serial", SerialLine.pattern());
        byte[] back = line.await();
        machine.connect("com2", null);
        Shell.Answer end = shell.answer("serprobe -x", LONG);
        report.checkEqual("status of the exchange over com2", 0, end.status());
        report.check("1,000 bytes come back over com2 as they went", Arrays.equals(back, SerialLine.pattern()),
                back.length + " bytes");
        long came = interrupts() - before;
        report.check("IRQ 3 comes", came > 0, came);
        return came;
    }

    private long interrupts() throws Failure, InterruptedException {
        Matcher line = Pattern.compile("(?m)^ *3: +(\\d+)").matcher(shell.output("cat /proc/interrupts"));
        return line.find() ? number(line, 1) : 0;
    }

    private void pull(Bundle slot) throws Failure, InterruptedException {
        shell.output("cat " + DEVICE + " > /dev/null & sleep 1");
        report.check(DEVICE + " is held open", shell.output("jobs").contains("Running"), "not running");
        House.stop(slot);
        report.checkEqual("the guest lives after com2 was pulled", "alive", shell.output("sleep 1; echo alive"));
        shell.output("kill $!; wait; true");
        shell.output(PROBE);
        String gone = port();
        report.check("no UART at 2F8 after com2 was pulled", gone.contains("uart:unknown"), gone);
        report.checkEqual("dmesg after com2 was pulled", "", shell.run(TROUBLE).text());
    }

    @Override
    public String compute(Act update) throws Failure, InterruptedException {
        shell.output("dd if=/dev/zero bs=" + BLOCK + " count=" + BLOCKS + " 2> /dev/null | sha256sum > /tmp/sum &");
        shell.type("witness\n");
        long before = steps(STEPS);
        update.run();
        long after = steps(before + STEPS);
        shell.type("q\n");
        shell.answer("witness", LONG);
        report.check("sha256sum was at work all the while", shell.output("jobs").contains("Running"), "it had ended");
        shell.run("wait", LONG);
        report.checkEqual("sum", sum(), shell.output("cat /tmp/sum").replaceAll(" .*", ""));
        return String.format("under %,d FPU steps and a sha256sum; TSC never back", after);
    }

    /** Waits until the witness has done so many steps; each answer must be right. */
    private long steps(long least) throws Failure, InterruptedException {
        long steps = 0;
        for (long until = System.nanoTime() + LONG.toNanos(); steps < least;) {
            report.check("the FPU goes on", System.nanoTime() < until, steps + " steps");
            Thread.sleep(PAUSE.toMillis());
            steps = steps();
        }
        return steps;
    }

    private long steps() throws Failure, InterruptedException {
        shell.type("\n");
        Matcher answer = shell.expect("steps (\\d+) (\\d+) (\\d+)\n");
        report.checkEqual("times that the TSC went back", 0L, number(answer, 3));
        report.checkEqual("FPU's number", power(number(answer, 1)), number(answer, 2));
        return number(answer, 1);
    }

    /** What the witness's recurrence, the "minimal standard" generator, comes to after {@code steps}. */
    private static long power(long steps) {
        return FACTOR.modPow(BigInteger.valueOf(steps), MODULUS).longValue();
    }

    private static String sum() throws Failure {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int i = 0; i < BLOCKS; i++) digest.update(new byte[BLOCK]);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException missing) {
            throw new Failure("sum: " + missing.getMessage());
        }
    }
}
