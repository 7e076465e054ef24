package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.cpu.Disassembler;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.machine.Specification;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.PatchStatus.State;
import org.lkpk.api.patch.Patcher;
import org.lkpk.api.patch.Replacement;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Every case of src/test/patches, and how patches get along with each other, on Debian's kernel. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SuiteIT {
    private static final String VERSION = "cat /proc/version";
    private static final Pattern ONLY = Pattern.compile(System.getProperty("lkpk.case", ".*"));
    private static final String MODULE = System.getProperty("lkpk.module", "");
    private static final int LINE = 700;
    private static final int FUNCTIONS = Integer.getInteger("lkpk.functions", 1200);
    private static RunningGuest debian;

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    /** Each test runs as a class of its own, and what ends a class would end the machine: it ends with the framework. */
    @Before
    public void bootOnce() throws Exception {
        if (debian == null) debian = RunningGuest.debian(context, Specification.named("suite").withMemory(128 << 20)).boot();
    }

    @Test
    public void everyCaseIsAsItSays() throws Exception {
        List<String> failures = new ArrayList<>();
        int tried = 0;
        KernelImage kernel = RunningGuest.service(context, Kernels.class).running(debian.machine).orElseThrow();
        byte[] text = KernelText.of(context, debian.machine);
        for (PatchCase one : PatchCase.all()) {
            if (!ONLY.matcher(one.name).matches()) continue;
            tried++;
            String failure = "";
            try {
                type(one.says("before"));
                byte[] before = KernelText.of(context, debian.machine);
                carryOut(one);
                assertEquals("", KernelText.difference(kernel, before, KernelText.of(context, debian.machine)));
            } catch (AssertionError | Exception failed) {
                failure = failed.toString();
                failures.add(one.name + ": " + failed);
            } finally {
                type(one.says("after"));
            }
            System.out.println(one.name + ": " + (failure.isEmpty() ? "as expected" : failure));
        }
        assertTrue(tried + " cases, of which failed: " + failures, failures.isEmpty());
        assertEquals("", KernelText.difference(kernel, text, KernelText.of(context, debian.machine)));
    }

    private static void type(String command) throws InterruptedException {
        if (!command.isEmpty()) debian.terminal.command(command);
    }

    private void carryOut(PatchCase one) throws Exception {
        Bundle bundle = one.install(context);
        try {
            if (one.expects("refusal")) refused(one, bundle);
            else if (one.expects("waits")) waits(one, bundle);
            else works(one, bundle);
        } finally {
            bundle.uninstall();
        }
    }

    private void refused(PatchCase one, Bundle bundle) throws Exception {
        String reason = outcome(bundle);
        assertTrue("refused: " + reason, Pattern.compile(one.says("refusal")).matcher(reason).find());
    }

    private void waits(PatchCase one, Bundle bundle) throws BundleException {
        bundle.start();
        PatchStatus status = status(bundle);
        assertEquals(State.WAITING, status.state());
        assertEquals(one.says("waits"), status.reason());
    }

    private void works(PatchCase one, Bundle bundle) throws Exception {
        answers(one, "old");
        assertEquals("", outcome(bundle));
        assertEquals(State.APPLIED, status(bundle).state());
        answers(one, "new");
        for (Replacement replacement : patcher().replacements(bundle)) assertEquals("", replacement.deviation());
        if (one.expects("hits"))
            for (long hits : status(bundle).hits()) assertTrue("never called: " + status(bundle), hits > 0);
        bundle.stop();
        answers(one, "old");
        if (one.expects("dmesg")) {
            String log = debian.terminal.command("dmesg");
            assertTrue(log, Pattern.compile(one.says("dmesg")).matcher(log).find());
        }
    }

    private void answers(PatchCase one, String when) throws InterruptedException {
        String answer = debian.terminal.command(one.says("command")).strip();
        assertTrue(when + ": " + answer, Pattern.compile(one.says(when)).matcher(answer).matches());
    }

    @Test
    public void aFunctionOfAModuleIsReplacedAsLongAsItIsLoaded() throws Exception {
        assumeTrue("no module: -Dlkpk.module=…/dummy.ko of the guest's kernel gives one", !MODULE.isEmpty());
        PatchCase one = PatchCase.named("module");
        Bundle bundle = one.install(context, one.jar().header("LKPK-Patch-Functions", "dummy_get_stats64;module=dummy"));
        String packets = "ifconfig dummy0 | grep 'RX packets'";
        try {
            bundle.start();
            assertEquals("module dummy is not loaded", status(bundle).reason());
            upload(Path.of(MODULE), "/dummy.ko");
            debian.terminal.command("insmod /dummy.ko");
            RunningGuest.await("applied to the loaded module", () -> status(bundle).state() == State.APPLIED);
            assertTrue(debian.terminal.command(packets).contains("RX packets:4242"));
            bundle.stop();
            assertTrue(debian.terminal.command(packets).contains("RX packets:0"));
            bundle.start();
            assertTrue(debian.terminal.command(packets).contains("RX packets:4242"));
            debian.terminal.command("rmmod dummy");
            RunningGuest.await("back to waiting", () -> status(bundle).state() == State.WAITING);
            debian.terminal.command("insmod /dummy.ko");
            RunningGuest.await("applied once more", () -> status(bundle).state() == State.APPLIED);
            assertTrue(debian.terminal.command(packets).contains("RX packets:4242"));
            bundle.stop();
            debian.terminal.command("rmmod dummy");
        } finally {
            bundle.uninstall();
        }
    }

    /** Types a file into the guest, in lines that its shell takes. */
    private static void upload(Path file, String name) throws Exception {
        String text = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        for (int at = 0; at < text.length(); at += LINE)
            debian.terminal.command("echo " + text.substring(at, Math.min(text.length(), at + LINE)) + " >> " + name + ".64");
        debian.terminal.command("base64 -d " + name + ".64 > " + name);
    }

    /** Works the kernel: files, pipes, processes, the network's loopback. */
    private static void load(boolean on) throws InterruptedException {
        String loop = "(while :; do %s; done) > /dev/null 2>&1 &";
        if (on) {
            debian.terminal.command("ifconfig lo 127.0.0.1 up");
            debian.terminal.command(String.format(loop, "ls -lR /bin /dev /proc/sys | sort | tail -1"));
            debian.terminal.command(String.format(loop, "dd if=/dev/zero of=/load bs=4k count=64; rm /load"));
            debian.terminal.command(String.format(loop, "nc -l -p 99 < /init"));
            debian.terminal.command(String.format(loop, "nc 127.0.0.1 99 < /dev/null; sleep 1"));
        } else {
            debian.terminal.command("kill $(jobs -p); killall nc dd ls sort; sleep 1", Duration.ofSeconds(120));
        }
    }

    @Test
    public void aThousandFunctionsRunAsCopiesAndAreBackAsTheyWere() throws Exception {
        KernelImage kernel = RunningGuest.service(context, Kernels.class).running(debian.machine).orElseThrow();
        debian.terminal.command("dmesg -c > /dev/null");
        load(true);
        // What a load turns on by static keys is on by then.
        Thread.sleep(2000);
        byte[] text = KernelText.of(context, debian.machine);
        Copies copies = new Copies(kernel, RunningGuest.service(context, Disassembler.class),
                KernelText.image(context, debian.machine), kernel.symbols().only("_stext").orElseThrow().address());
        Set<String> busy = new TreeSet<>();
        Bundle bundle = sweep(copies, busy);
        try {
            Thread.sleep(Long.getLong("lkpk.sweep", 3) * 1000);
            PatchStatus status = status(bundle);
            long called = status.hits().stream().filter(hits -> hits > 0).count(), calls = status.hits().stream().mapToLong(h -> h).sum();
            System.out.println("sweep: " + status.functions().size() + " functions, " + called + " of them called " + calls
                    + " times; pause " + status.pauses() + "; always busy: " + busy);
            assertTrue(status.functions().size() + " functions", status.functions().size() > 1000);
            for (Replacement replacement : patcher().replacements(bundle)) assertEquals("", replacement.deviation());
            bundle.stop();
            System.out.println("sweep: taken back, pauses " + status(bundle).pauses());
            assertEquals("", KernelText.difference(kernel, text, KernelText.of(context, debian.machine)));
        } finally {
            bundle.uninstall();
            load(false);
        }
        assertEquals("0", debian.terminal.command("cat /proc/sys/kernel/tainted").strip());
        assertEquals("", debian.terminal.command("dmesg").strip());
    }

    /** Starts a patch of copies; a function that is always on a stack is left out next time. */
    private Bundle sweep(Copies copies, Set<String> busy) throws Exception {
        for (int i = 0; i < 60; i++) {
            Map.Entry<String, byte[]> object = copies.object(FUNCTIONS, busy).entrySet().iterator().next();
            Jar jar = PatchCase.named("strings").jar().header("LKPK-Patch", "sweep").header("LKPK-Patch-Functions", object.getKey())
                    .header("LKPK-Patch-Deadline", "2000").entry("patch.o", object.getValue());
            Bundle bundle = context.installBundle("test:sweep", jar.stream());
            String refusal = outcome(bundle);
            if (refusal.isEmpty()) return bundle;
            bundle.uninstall();
            Matcher name = Pattern.compile("machine suite: ([A-Za-z0-9_.]+): (?:always|task)(?:.*; others are inside (.*) \\(looked for)?")
                    .matcher(refusal);
            assertTrue(refusal, name.find());
            busy.add(name.group(1));
            if (name.group(2) != null) busy.addAll(Arrays.asList(name.group(2).split(", ")));
        }
        throw new AssertionError("always somebody in the way: " + busy);
    }

    @Test
    public void everyReadIsOldOrNewThroughAllCycles() throws Exception {
        int cycles = Integer.getInteger("lkpk.cycles", 100);
        Bundle bundle = PatchCase.named("strings").install(context);
        load(true);
        debian.terminal.command("(while read line < /proc/version; do case \"$line\" in \"Linux version\"*|\"a version of our own\") ;; "
                + "*) echo \"$line\" >> /bad;; esac; done) &");
        try {
            long[] pauses = new long[2 * cycles];
            long free = 0, heap = 0, begin = System.nanoTime();
            int refused = 0, warm = 0;
            for (int i = 0; i < cycles; i++) {
                if (!outcome(bundle).isEmpty()) refused++;
                bundle.stop();
                for (PatchStatus.Pause pause : last(bundle)) if (pause.kind() == PatchStatus.Kind.WARM) pauses[warm++] = pause.ns();
                if (i != cycles / 10) continue;
                heap = used();
                free = free();
            }
            long seconds = (System.nanoTime() - begin) / 1_000_000_000;
            Arrays.sort(pauses, 0, warm);
            System.out.printf("stress: %d cycles in %d s, %d refused; %d warm pauses: median %.3f ms, 99 %% %.3f ms, worst %.3f ms; "
                    + "host heap %+d KB, guest memory %+d KB since a tenth of them; others of the last %s%n", cycles, seconds, refused, warm,
                    pauses[warm / 2] / 1e6, pauses[warm * 99 / 100] / 1e6, pauses[warm - 1] / 1e6, (used() - heap) / 1024, free - free(),
                    status(bundle).pauses().stream().filter(p -> p.kind() != PatchStatus.Kind.WARM).toList());
            assertEquals("no", debian.terminal.command("test -e /bad && cat /bad || echo no").strip());
            assertEquals("0", debian.terminal.command("cat /proc/sys/kernel/tainted").strip());
        } finally {
            bundle.uninstall();
            load(false);
        }
    }

    /** The pauses of the last cycle: to apply, and to take back. */
    private List<PatchStatus.Pause> last(Bundle bundle) {
        List<PatchStatus.Pause> all = status(bundle).pauses();
        return all.subList(Math.max(0, all.size() - 2), all.size());
    }

    /** Bytes of the heap in use after a full collection. */
    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** KB that the guest has free or could have. */
    private static long free() throws InterruptedException {
        return Long.parseLong(debian.terminal.command("grep MemAvailable /proc/meminfo").replaceAll("[^0-9]", ""));
    }

    private Patcher patcher() {
        return RunningGuest.service(context, Patcher.class);
    }

    private PatchStatus status(Bundle bundle) {
        return patcher().patches().stream().filter(s -> s.bundle() == bundle.getBundleId()).findFirst().orElseThrow();
    }

    private String version() throws InterruptedException {
        return debian.terminal.command(VERSION).strip();
    }

    @Test
    public void theKitsOwnPatchesDoWhatTheySay() throws Exception {
        for (String[] one : new String[][] {{"meminfo", "head -1 /proc/meminfo", "MemTotal: .*", "LkpkReads: .* 1"},
            {"sigio", "sigio", "SIGUSR1", "SIGIO"}}) {
            Bundle patch = Container.bundle(context, "org.lkpk.patch." + one[0]);
            assertTrue(debian.terminal.command(one[1]).strip().matches(one[2]));
            patch.start();
            assertTrue(debian.terminal.command(one[1]).strip().matches(one[3]));
            patch.stop();
            assertTrue(debian.terminal.command(one[1]).strip().matches(one[2]));
        }
    }

    /**
     * Stops the machine at {@code place} until it stands there with all of {@code functions} on its stacks, and tells why
     * each of them cannot be replaced.
     */
    private List<String> standingAt(String place, String... functions) throws Exception {
        KernelImage kernel = RunningGuest.service(context, Kernels.class).running(debian.machine).orElseThrow();
        List<String> outcomes = new ArrayList<>();
        for (int i = 0; i < 100 && (outcomes.isEmpty() || outcomes.contains("")); i++) {
            outcomes.clear();
            debian.pauseAt(kernel.symbols().only(place).orElseThrow().address());
            try {
                for (String function : functions) outcomes.add(outcome(function));
            } finally {
                debian.machine.resume();
            }
        }
        return outcomes;
    }

    /** Why {@code function} is not replaced; empty if it is, and back again. */
    private String outcome(String function) throws Exception {
        PatchCase busy = PatchCase.named("busy");
        Bundle bundle = busy.install(context, busy.jar().header("LKPK-Patch-Functions", function + ";new=schedule").header("LKPK-Patch-Deadline", "50"));
        try {
            return outcome(bundle);
        } finally {
            bundle.uninstall();
        }
    }

    /** Why a patch is refused once it is started; empty if it is applied. */
    private String outcome(Bundle bundle) throws Exception {
        try {
            bundle.start();
        } catch (BundleException refusal) {
            assertEquals(State.REFUSED, status(bundle).state());
            return refusal.getMessage();
        }
        RunningGuest.await("applied or refused", () -> status(bundle).state() != State.WAITING);
        return status(bundle).reason();
    }

    private static void told(String expected, String outcome) {
        assertTrue(outcome, Pattern.compile(expected).matcher(outcome).find());
    }

    @Test
    public void whoWasStoppedInAnInterruptStandsInTheWayWithAllThatIsBelowIt() throws Exception {
        byte[] text = KernelText.of(context, debian.machine);
        String tainted = debian.terminal.command("cat /proc/sys/kernel/tainted"); // By the case of a WARN, if that came first.
        String load = "(while :; do dd if=/dev/zero of=/dev/null bs=4M count=%d; done) > /dev/null 2>&1 &";
        debian.terminal.command(String.format(load, 50));
        try {
            String hard = "handle_irq_event\\+0x", soft = "run_timer_softirq\\+0x";
            String below = ".* < asm_common_interrupt\\+0x.*";
            List<String> outcomes = standingAt("__handle_irq_event_percpu", "handle_irq_event", "ksys_read");
            told("handle_irq_event: an interrupt of task .* \\(PID [0-9]+\\) is inside: .*" + hard, outcomes.get(0));
            told("ksys_read: task dd \\(PID [0-9]+\\) is inside: .*" + hard + below + "ksys_read\\+0x", outcomes.get(1));
            outcomes = standingAt("run_timer_softirq", "__do_softirq", "ksys_read");
            told("__do_softirq: an interrupt of task .* \\(PID [0-9]+\\) is inside: .*" + soft, outcomes.get(0));
            told("ksys_read: task dd \\(PID [0-9]+\\) is inside: .*" + soft + below + "ksys_read\\+0x", outcomes.get(1));
            debian.terminal.command("kill $(jobs -p); killall dd");
            debian.terminal.command(String.format(load, 1)); // Each reads into pages that it does not have yet.
            outcomes = standingAt("handle_mm_fault", "handle_mm_fault", "ksys_read");
            told("handle_mm_fault: task dd \\(PID [0-9]+\\) is inside: .*handle_mm_fault\\+0x", outcomes.get(0));
            told("ksys_read: task dd \\(PID [0-9]+\\) is inside: .*do_user_addr_fault\\+0x.* < clear_user\\+0x.* < ksys_read\\+0x", outcomes.get(1));
        } finally {
            debian.terminal.command("kill $(jobs -p); killall dd; sleep 1", Duration.ofSeconds(120));
        }
        KernelImage kernel = RunningGuest.service(context, Kernels.class).running(debian.machine).orElseThrow();
        assertEquals("", KernelText.difference(kernel, text, KernelText.of(context, debian.machine)));
        assertEquals(tainted, debian.terminal.command("cat /proc/sys/kernel/tainted"));
    }

    @Test
    public void whoeverComesAndGoesDoesNotWaitForAPatchThatDoes() throws Exception {
        PatchCase patient = PatchCase.named("busy");
        Bundle waiting = patient.install(context, patient.jar().header("LKPK-Patch-Deadline", "600000"));
        Bundle other = PatchCase.named("strings").install(context);
        try {
            waiting.start();
            assertEquals(State.WAITING, status(waiting).state());
            assertTrue(status(waiting).reason(), status(waiting).reason().contains("schedule: always on a stack: "));
            long begin = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                other.start();
                assertEquals("a version of our own", version());
                other.stop();
            }
            assertEquals(State.WAITING, status(waiting).state());
            waiting.stop();
            assertEquals(State.STOPPED, status(waiting).state());
            assertTrue("ten patches took as long as one that waits", System.nanoTime() - begin < 60_000_000_000L);
        } finally {
            waiting.uninstall();
            other.uninstall();
        }
    }

    @Test
    public void patchesOnOneFunctionLeaveInAnyOrder() throws Exception {
        String old = version();
        Bundle lower = PatchCase.named("strings").install(context), upper = PatchCase.named("new-function").install(context);
        try {
            lower.start();
            assertEquals("a version of our own", version());
            upper.start();
            assertEquals("sum 42", version());
            lower.stop();
            assertEquals("sum 42", version());
            lower.start();
            assertEquals("a version of our own", version());
            lower.stop();
            assertEquals("sum 42", version());
            upper.stop();
            assertEquals(old, version());
        } finally {
            lower.uninstall();
            upper.uninstall();
        }
    }

    @Test
    public void aCumulativePatchTakesThePlaceOfOthersUntilItLeaves() throws Exception {
        String old = version();
        Bundle first = PatchCase.named("multiple").install(context);
        PatchCase cumulative = PatchCase.named("strings");
        Bundle second = cumulative.install(context, cumulative.jar().header("LKPK-Patch-Replaces", "multi*"));
        try {
            first.start();
            assertEquals("new load", debian.terminal.command("cat /proc/loadavg").strip());
            second.start();
            assertEquals(State.REPLACED, status(first).state());
            assertEquals("by strings", status(first).reason());
            assertTrue(!debian.terminal.command("cat /proc/loadavg").contains("new"));
            assertEquals("a version of our own", version());
            second.stop();
            RunningGuest.await("the replaced patch is back", () -> status(first).state() == State.APPLIED);
            assertEquals("new version", version());
            first.stop();
            assertEquals(old, version());
        } finally {
            first.uninstall();
            second.uninstall();
        }
    }

    @Test
    public void aPatchWaitsForTheOneThatItRequiresAndLeavesBeforeIt() throws Exception {
        PatchCase base = PatchCase.named("multiple"), dependent = PatchCase.named("strings");
        Bundle first = base.install(context, base.jar().header("Provide-Capability", "org.lkpk.patch;org.lkpk.patch=multiple"));
        Bundle second = dependent.install(context, dependent.jar().header("Require-Capability",
                "org.lkpk.patch;filter:=\"(org.lkpk.patch=multiple)\""));
        try {
            second.start();
            assertEquals("needs patch multiple, which is not applied", status(second).reason());
            first.start();
            RunningGuest.await("applied once it is there", () -> status(second).state() == State.APPLIED);
            assertEquals("a version of our own", version());
            first.stop();
            assertEquals(State.WAITING, status(second).state());
            assertTrue(version().startsWith("Linux version"));
        } finally {
            first.uninstall();
            second.uninstall();
        }
    }
}
