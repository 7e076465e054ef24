package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
    private static final String INSMOD = "insmod /lib/modules/*/dummy.ko";
    private static final byte[] NOP5 = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00};
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
        new Trial(context, debian).of(cases(false));
    }

    /** Those that are made for the test, from a source, or those whose objects are there. */
    private static List<PatchCase> cases(boolean sources) throws IOException {
        return PatchCase.all().stream().filter(one -> ONLY.matcher(one.name).matches() && one.expects("source") == sources).toList();
    }

    @Test
    public void everyHandWrittenSourceIsMadeAPatchByTheCommandAndTaken() throws Exception {
        assumeTrue("no gcc-12", Stream.of(System.getenv("PATH").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc-12"))));
        new Trial(context, debian).of(cases(true));
    }

    @Test
    public void aFunctionOfAModuleIsReplacedAsLongAsItIsLoaded() throws Exception {
        PatchCase one = PatchCase.named("module");
        Bundle bundle = one.install(context, one.jar().header("LKPK-Patch-Functions", "dummy_get_stats64;module=dummy"));
        String packets = "ifconfig dummy0 | grep 'RX packets'";
        try {
            bundle.start();
            assertEquals("module dummy is not loaded", status(bundle).reason());
            debian.terminal.command(INSMOD);
            RunningGuest.await("applied to the loaded module", () -> status(bundle).state() == State.APPLIED);
            assertTrue(debian.terminal.command(packets).contains("RX packets:4242"));
            bundle.stop();
            assertTrue(debian.terminal.command(packets).contains("RX packets:0"));
            bundle.start();
            assertTrue(debian.terminal.command(packets).contains("RX packets:4242"));
            debian.terminal.command("rmmod dummy");
            RunningGuest.await("back to waiting", () -> status(bundle).state() == State.WAITING);
            debian.terminal.command(INSMOD);
            RunningGuest.await("applied once more", () -> status(bundle).state() == State.APPLIED);
            assertTrue(debian.terminal.command(packets).contains("RX packets:4242"));
            bundle.stop();
            debian.terminal.command("rmmod dummy");
        } finally {
            bundle.uninstall();
        }
    }

    /**
     * A key in a module has no name. The pristine object tells where it is, which here is what runs, with labels where the
     * instructions stand that a label is when it is off.
     */
    @Test
    public void jumpLabelsFollowKeysOfAModuleAsLongAsItIsLoaded() throws Exception {
        insert();
        PatchCase one = PatchCase.named("module-jump-label");
        Bundle bundle = one.install(context, one.jar().header("LKPK-Patch-Functions", "bm_register_write;module=binfmt_misc")
                .header("LKPK-Patch-Objects", "patch.o;pristine=\"pristine.o\"").entry("pristine.o", asItRuns("bm_register_write")));
        try {
            assertEquals("", outcome(bundle));
            assertWritten("key off");
            debian.terminal.command("echo 'module binfmt_misc +p' > /proc/dynamic_debug/control; sleep 1");
            assertWritten("key on");
            for (Replacement replacement : patcher().replacements(bundle)) assertEquals("", replacement.deviation());
            bundle.stop();
            bundle.start();
            assertWritten("key on");
            debian.terminal.command("echo 'module binfmt_misc -p' > /proc/dynamic_debug/control; sleep 1");
            assertWritten("key off");
            remove();
            RunningGuest.await("waiting for the module", () -> status(bundle).state() == State.WAITING);
            insert();
            RunningGuest.await("applied once more", () -> status(bundle).state() == State.APPLIED);
            assertWritten("key off");
            bundle.stop();
            assertWritten("");
        } finally {
            bundle.uninstall();
            remove();
        }
    }

    @Test
    public void aPatchOfTheKernelThatRefersToAModuleLeavesWithIt() throws Exception {
        insert();
        PatchCase one = PatchCase.named("module-symbol");
        Bundle bundle = one.install(context, one.jar().header("LKPK-Patch-Functions", "version_proc_show"));
        try {
            bundle.start();
            assertEquals("module there", version());
            remove();
            RunningGuest.await("taken back", () -> status(bundle).state() == State.WAITING);
            assertEquals("module binfmt_misc is not loaded", status(bundle).reason());
            assertTrue(version().startsWith("Linux version"));
            insert();
            RunningGuest.await("applied once more", () -> status(bundle).state() == State.APPLIED);
            assertEquals("module there", version());
            bundle.stop();
        } finally {
            bundle.uninstall();
            remove();
        }
    }

    @Test
    public void aPatchThatWaitsForItsMomentIsLinkedAnewWhenItsModuleIsBack() throws Exception {
        insert();
        PatchCase one = PatchCase.named("module-symbol");
        Bundle bundle = one.install(context, one.jar().header("LKPK-Patch-Functions", "schedule;new=version_proc_show")
                .header("LKPK-Patch-Deadline", "600000"));
        try {
            bundle.start();
            for (int i = 0; i < 2; i++) {
                RunningGuest.await("linked", () -> status(bundle).reason().contains("schedule: always on a stack: "));
                remove();
                RunningGuest.await("without its module", () -> status(bundle).reason().equals("module binfmt_misc is not loaded"));
                insert();
            }
            assertEquals(State.WAITING, status(bundle).state());
            bundle.stop();
        } finally {
            bundle.uninstall();
            remove();
        }
    }

    /** Fetches nothing: skipped where the cache does not hold the kernel's headers, and with them its sources. */
    @Test
    public void aChangedFunctionOfAModuleKeepsItsDebuggingSitesAndHasNewOnes() throws Exception {
        String release = RunningGuest.service(context, Kernels.class).running(debian.machine).orElseThrow().release();
        Path headers = AuthoringIT.CACHE.resolve("linux-headers-" + release);
        assumeTrue("no " + headers, Files.isDirectory(headers));
        Path work = Files.createTempDirectory("lkpk-module"), file = work.resolve("formats/fs/binfmt_misc.c");
        try {
            made(work, "new", work.resolve("formats").toString(), "--function", "bm_register_write", "--kernel", release);
            String line = "\te = create_entry(buffer, count);\n", text = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertTrue(text.contains(line));
            Files.writeString(file, text.replace(line, "\tpr_debug(\"ours: %zu bytes\\n\", count);\n" + line), StandardCharsets.ISO_8859_1);
            made(work, "build", work.resolve("formats").toString());
            sitesFollowTheirLists(context.installBundle("test:formats", Files.newInputStream(work.resolve("formats/formats.jar"))));
        } finally {
            try (Stream<Path> all = Files.walk(work)) {
                all.sorted(Comparator.reverseOrder()).forEach(one -> one.toFile().delete());
            }
        }
    }

    private static void made(Path work, String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of("patch"));
        words.addAll(List.of(arguments));
        try (Command command = Command.lkpk(Map.of("XDG_CONFIG_HOME", work.toString()), words.toArray(String[]::new))) {
            assertEquals(command.err(), 0, command.status());
        }
    }

    private void sitesFollowTheirLists(Bundle bundle) throws Exception {
        insert();
        try {
            assertEquals("", outcome(bundle));
            assertEquals(List.of("bm_register_write"), status(bundle).functions());
            assertEquals("0 0", said());
            debian.terminal.command("echo 'module binfmt_misc +p' > /proc/dynamic_debug/control; sleep 1");
            assertEquals("1 0", said());
            debian.terminal.command("echo 'module formats +p' > /proc/dynamic_debug/control; sleep 1");
            assertEquals("1 1", said());
            debian.terminal.command("echo 'module binfmt_misc -p' > /proc/dynamic_debug/control; sleep 1");
            assertEquals("0 1", said());
            bundle.stop();
            assertEquals("0 0", said());
            assertEquals("0", debian.terminal.command("grep -c -F [formats] /proc/dynamic_debug/control").strip());
        } finally {
            bundle.uninstall();
            remove();
        }
    }

    /** How often the module's own text and the patch's were printed when the module was told of a format. */
    private static String said() throws InterruptedException {
        written();
        return debian.terminal.command("echo $(dmesg | grep -c 'register: received') $(dmesg | grep -c 'ours: ')").strip();
    }

    private static void insert() throws InterruptedException {
        debian.terminal.command("insmod /lib/modules/*/binfmt_misc.ko && mkdir -p /formats && mount -t binfmt_misc formats /formats");
    }

    private static void remove() throws InterruptedException {
        debian.terminal.command("umount /formats; rmmod binfmt_misc");
    }

    /** Tells the module of a format, which then goes again; the kernel's log of that, or what went wrong. */
    private static String written() throws InterruptedException {
        return debian.terminal.command("dmesg -c > /dev/null; echo ':own:E::own::/bin/sh:' > /formats/register; echo -1 > /formats/own; dmesg");
    }

    private static void assertWritten(String wanted) throws InterruptedException {
        String log = written();
        Matcher said = Pattern.compile("lkpk: (.*)").matcher(log);
        assertEquals(log, wanted, said.find() ? said.group(1) : "");
    }

    /** A function of a module with a jump label wherever there may be one. */
    private byte[] asItRuns(String function) throws Exception {
        String[] found = debian.terminal.command("grep -F [binfmt_misc] /proc/kallsyms | sort | grep -A1 '" + function
                + "[^.]' | cut -d' ' -f1").split("\\s+");
        int start = Integer.parseUnsignedInt(found[0], 16), end = Integer.parseUnsignedInt(found[1], 16);
        byte[] code = debian.atRest(() -> {
            byte[] bytes = new byte[end - start];
            for (int i = 0; i < bytes.length; i++)
                bytes[i] = (byte) debian.machine.memory().load((int) debian.machine.cpus().get(0).physical(start + i), 1);
            return bytes;
        });
        Elf elf = new Elf();
        elf.function(function, code, List.of());
        for (int at = NOP5.length; at <= code.length - NOP5.length; at++)
            if (Arrays.equals(code, at, at + NOP5.length, NOP5, 0, NOP5.length)) elf.label(at, "lkpk_case_key");
        return elf.bytes();
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
        KernelImage kernel = kernel();
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
        // That clocks disagree tells of a host too busy to keep time, not of patches.
        assertEquals("", debian.terminal.command("dmesg | grep -v -e clocksource -e TSC -e sched_clock").strip());
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
            if (refusal.contains("neither in user mode nor idle")) continue; // The host gave the guest no time.
            Matcher name = Pattern.compile("machine suite: ([A-Za-z0-9_.]+): (?:always|task)(?:.*; others are inside (.*) \\(looked for)?")
                    .matcher(refusal);
            assertTrue(refusal, name.find());
            busy.add(name.group(1));
            if (name.group(2) != null) busy.addAll(Arrays.asList(name.group(2).split(", ")));
        }
        throw new AssertionError("always somebody in the way, or never at a boundary: " + busy);
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

    private KernelImage kernel() {
        return RunningGuest.service(context, Kernels.class).running(debian.machine).orElseThrow();
    }

    private Patcher patcher() {
        return RunningGuest.service(context, Patcher.class);
    }

    private PatchStatus status(Bundle bundle) {
        return new Trial(context, debian).status(bundle);
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
        KernelImage kernel = kernel();
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

    private String outcome(Bundle bundle) throws Exception {
        return new Trial(context, debian).outcome(bundle);
    }

    private static void told(String expected, String outcome) {
        assertTrue(outcome, Pattern.compile(expected).matcher(outcome).find());
    }

    @Test
    public void whoWasStoppedInAnInterruptStandsInTheWayWithAllThatIsBelowIt() throws Exception {
        assumeTrue("a real-time kernel has other tasks run in the place of who was interrupted", !kernel().release().contains("-rt-"));
        byte[] text = KernelText.of(context, debian.machine);
        String tainted = debian.terminal.command("cat /proc/sys/kernel/tainted"); // By the case of a WARN, if that came first.
        String load = "(while :; do dd if=/dev/zero of=/dev/null bs=4M count=%d; done) > /dev/null 2>&1 & sleep 1";
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
        KernelImage kernel = kernel();
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
    public void whoeverComesAndGoesDoesNotWaitForACallbackThatSleeps() throws Exception {
        PatchCase sleeper = PatchCase.named("callback-sleeps");
        Bundle sleeping = sleeper.install(context, sleeper.jar().header("LKPK-Patch-Callbacks", "before-apply=nap;before-revert=nap"));
        PatchCase multiple = PatchCase.named("multiple"); // Of another function: one that sleeps in a patch stands in the way of who covers it.
        Bundle other = multiple.install(context, multiple.jar().header("LKPK-Patch-Functions", "loadavg_proc_show"));
        Thread stop = new Thread(() -> {
            try {
                sleeping.stop();
            } catch (BundleException impossible) {
                throw new AssertionError(impossible);
            }
        });
        try {
            sleeping.start();
            assertEquals(State.WAITING, status(sleeping).state());
            assertTrue(status(sleeping).reason(), status(sleeping).reason().endsWith("nap has not returned yet"));
            comesAndGoes(other);
            assertEquals("the callback has returned too soon to tell", State.WAITING, status(sleeping).state());
            RunningGuest.await("applied once the callback has returned", () -> status(sleeping).state() == State.APPLIED);
            assertEquals("slept 1", version());
            stop.start();
            Thread.sleep(100);
            comesAndGoes(other);
            assertEquals("the callback has returned too soon to tell", "slept 1", version());
            stop.join();
            assertTrue(version().startsWith("Linux version"));
        } finally {
            sleeping.uninstall();
            other.uninstall();
        }
    }

    private void comesAndGoes(Bundle other) throws Exception {
        other.start();
        assertEquals("new load", debian.terminal.command("cat /proc/loadavg").strip());
        other.stop();
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
