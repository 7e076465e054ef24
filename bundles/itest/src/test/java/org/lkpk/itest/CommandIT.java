package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.Test;

/** {@code lkpk run} and {@code lkpk attach} as processes. */
public class CommandIT {
    private static final String BANNER = "Linux version 0.1.0-tiny (LKPK's own kernel for tests; no Linux)\r\ntiny:0# ";
    private static final String PROMPT = "tiny:0# ";

    @Test
    public void standardOutputHoldsTheGuestsBytesAloneThoughTheJvmWarns() throws Exception {
        Map<String, String> noisy = Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseBiasedLocking -Xlog:gc*=debug -Xlog:class+load");
        try (Command run = Command.lkpk(noisy, "run", "--guest", "tiny", "-m", "16")) {
            run.await(PROMPT).type("b\rh\r");
            assertEquals(0, run.status());
            assertEquals(BANNER + "b\r\nconsole=ttyS0\r\n" + PROMPT + "h\r\n", run.out());
            assertTrue(run.err(), run.err().contains("JAVA_TOOL_OPTIONS"));
            assertTrue(run.err(), run.err().contains("warning"));
        }
    }

    @Test
    public void aResetWithoutRebootIsTheEnd() throws Exception {
        ends(0, "", "r\r", "--no-reboot");
    }

    @Test
    public void aTripleFaultWithoutRebootIsToldInOneLine() throws Exception {
        ends(3, "lkpk: triple fault at [0-9A-F]{4}:[0-9A-F]{8}.*\n", "z\r", "--no-reboot");
    }

    @Test
    public void aGuestMayChooseAnOddStatus() throws Exception {
        ends(11, "lkpk: .*\n", "x 5\r");
    }

    @Test
    public void theEndOfAPipeDoesNotEndTheMachine() throws Exception {
        try (Command run = Command.lkpk("run", "--guest", "tiny", "--timeout", "2")) {
            run.end();
            assertEquals(124, run.status());
            assertEquals(BANNER, run.out());
            assertTrue(run.err(), run.err().contains("--timeout"));
        }
    }

    @Test
    public void aSignalEndsTheMachine() throws Exception {
        try (Command run = Command.lkpk("run", "--guest", "tiny")) {
            run.await(PROMPT).terminate();
            assertEquals(128 + 15, run.status());
            assertEquals(BANNER, run.out());
        }
    }

    @Test
    public void aTerminalIsAsBeforeAfterASignal() throws Exception {
        assumeTrue("skipped: there is no program script(1) to make a terminal", Files.isExecutable(Path.of("/usr/bin/script")));
        try (Command run = Command.shell("script -qec 'stty -g; timeout --foreground 5 LKPK run --guest tiny; echo; stty -g' /dev/null </dev/null")) {
            run.status();
            String[] lines = run.out().split("\r*\n");
            assertEquals(lines[0], lines[lines.length - 1]);
            assertTrue(run.out(), run.out().contains(PROMPT));
        }
    }

    @Test
    public void theShellsPromptSaysWhetherUnsignedPatchesAreAllowed() throws Exception {
        assumeTrue("skipped: there is no program script(1) to make a terminal", Files.isExecutable(Path.of("/usr/bin/script")));
        for (String[] one : new String[][] {{"", "lkpk> "}, {"--allow-unsigned", "lkpk, unsigned patches allowed> "}}) {
            try (Command shell = Command.shell("exec script -qec 'stty cols 100 rows 30; LKPK --guest tiny -m 16 " + one[0] + "' /dev/null")) {
                shell.await(one[1]).type("exit\r");
                assertEquals(shell.out(), 0, shell.status());
                assertTrue(shell.out(), !shell.out().contains("Exception"));
            }
        }
    }

    @Test
    public void attachedCommandsHaveATrueStatus() throws Exception {
        String name = "itest-" + ProcessHandle.current().pid();
        try (Command run = Command.lkpk("run", "--guest", "tiny", "--name", name).await(PROMPT)) {
            try (Command slots = Command.lkpk("attach", name, "bus:slots")) {
                assertEquals(slots.err(), 0, slots.status());
                assertTrue(slots.out(), slots.out().contains("com1"));
            }
            try (Command nonsense = Command.lkpk("attach", name, "no:such")) {
                assertNotEquals(0, nonsense.status());
                assertEquals("", nonsense.out());
            }
            run.type("h\r");
            assertEquals(0, run.status());
        }
        try (Command late = Command.lkpk("attach", name, "bus:slots")) {
            assertNotEquals(0, late.status());
            assertTrue(late.err(), late.err().startsWith("lkpk: attach: "));
        }
    }

    @Test
    public void theProfilerTellsWhatTheGuestIsBusyWith() throws Exception {
        String name = "itest-hot-" + ProcessHandle.current().pid();
        Path folded = Files.createTempFile("lkpk", ".folded");
        try (Command run = Command.lkpk("run", "--guest", "tiny", "--name", name).await(PROMPT)) {
            attached(name, "cpu:hot start");
            run.type("c 3000\rw\r").await("sum ");
            String busiest = attached(name, "cpu:hot -f " + folded + " stop").split("\n")[1];
            assertTrue(busiest, busiest.matches(" *(9[0-9]|100)\\.[0-9]%  user    cr3 [0-9a-f]{8}"));
            assertTrue(Files.readString(folded), Files.readString(folded).matches("(?s).*\nuser;cr3 [0-9a-f]{8} [0-9]+\n|user;.*"));
            String stats = attached(name, "cpu:stats");
            assertTrue(stats, stats.matches("(?s).*blocks decoded +[1-9].*TLB misses +[1-9].*"));
            run.type("h\r");
            assertEquals(0, run.status());
        } finally {
            Files.delete(folded);
        }
    }

    private static String attached(String name, String command) throws Exception {
        try (Command attach = Command.lkpk("attach", name, command)) {
            assertEquals(attach.err(), 0, attach.status());
            return attach.out();
        }
    }

    @Test
    public void aPatchNamedOnTheCommandLineIsAppliedAsSoonAsTheKernelRuns() throws Exception {
        try (Command run = Command.lkpk("run", "--guest", "tiny", "--patch", Container.jar("org.lkpk.patch.tiny").toString())) {
            run.await(PROMPT);
            for (int i = 0; i < 100 && !run.out().contains("[lkpk] console"); i++) {
                run.type("b\r");
                Thread.sleep(100);
            }
            assertTrue(run.out() + run.err(), run.out().contains("[lkpk] console=ttyS0\r\n"));
            run.type("h\r");
            assertEquals(0, run.status());
        }
    }

    @Test
    public void aNewerJdkRunsItToo() throws Exception {
        String java = newerJdk();
        assumeTrue("skipped: no JDK 25 or later under /usr/lib/jvm", java != null);
        try (Command run = Command.lkpk(Map.of("JAVA_HOME", java), "run", "--guest", "tiny")) {
            run.await(PROMPT).type("b\rh\r");
            assertEquals(run.err(), 0, run.status());
            assertEquals(BANNER + "b\r\nconsole=ttyS0\r\n" + PROMPT + "h\r\n", run.out());
            assertEquals("", run.err());
        }
    }

    private static String newerJdk() throws IOException {
        File[] folders = new File("/usr/lib/jvm").listFiles();
        for (File folder : folders == null ? new File[0] : folders) {
            Path release = folder.toPath().resolve("release");
            if (!Files.isReadable(release)) continue;
            for (String line : Files.readAllLines(release))
                if (line.matches("JAVA_VERSION=\"(2[5-9]|[3-9][0-9]).*")) return folder.getPath();
        }
        return null;
    }

    private static void ends(int status, String told, String typed, String... options) throws Exception {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "run";
        arguments[1] = "--guest";
        arguments[2] = "tiny";
        System.arraycopy(options, 0, arguments, 3, options.length);
        try (Command run = Command.lkpk(arguments)) {
            run.await(PROMPT).type(typed);
            assertEquals(run.err(), status, run.status());
            assertTrue(run.err(), run.err().matches(told));
            assertEquals(BANNER + typed + "\n", run.out());
        }
    }
}
