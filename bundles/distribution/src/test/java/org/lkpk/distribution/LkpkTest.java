package org.lkpk.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What {@code lkpk} does for its user, on the tiny guest. */
public final class LkpkTest {
    private static final String BANNER = "Linux version 0.1.0-tiny (LKPK's own kernel for tests; no Linux)\r\n";
    private static final String PROMPT = "tiny:0# ";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private static Lkpk tiny(String... more) throws IOException {
        return tiny("", more);
    }

    private static Lkpk tiny(String toolOptions, String[] more) throws IOException {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "run";
        arguments[1] = "--guest";
        arguments[2] = "tiny";
        System.arraycopy(more, 0, arguments, 3, more.length);
        return new Lkpk(toolOptions, arguments);
    }

    private static int statusAfter(String command, String... options) throws IOException, InterruptedException {
        try (Lkpk lkpk = tiny(options)) {
            lkpk.await(PROMPT);
            lkpk.type(command + "\r");
            return lkpk.status();
        }
    }

    private void refused(String line, String... arguments) throws IOException, InterruptedException {
        try (Lkpk lkpk = Lkpk.ended(arguments)) {
            assertEquals(line + "\n", lkpk.errors());
            assertEquals("", lkpk.out());
            assertEquals(2, lkpk.status());
        }
    }

    @Test
    public void standardOutputHoldsTheGuestsBytesAloneWhateverTheJvmWarnsOf() throws Exception {
        String provocation = "-XX:+UseLargePages -XX:LargePageSizeInBytes=1g -Djava.io.tmpdir=" + folder.getRoot();
        try (Lkpk lkpk = tiny(provocation, new String[] {"-m", "32"})) {
            lkpk.await(BANNER + PROMPT);
            lkpk.type("b2\r");
            lkpk.await(PROMPT);
            lkpk.type("h\r");
            assertEquals(0, lkpk.status());
            assertEquals(BANNER + PROMPT + "b2\r\nconsole=ttyS0\r\nconsole=ttyS0\r\n" + PROMPT + "h\r\n", lkpk.out());
            assertTrue(lkpk.errors(), lkpk.errors().contains("Picked up JAVA_TOOL_OPTIONS"));
            assertFalse(lkpk.errors(), lkpk.errors().contains("Exception"));
        }
        assertEquals("nothing is left behind", 0, folder.getRoot().list().length);
    }

    @Test
    public void aCardMayAskForTheExitStatus() throws Exception {
        assertEquals(5 << 1 | 1, statusAfter("x5"));
    }

    @Test
    public void theLargestMachineBoots() throws Exception {
        assertEquals(0, statusAfter("h", "-m", "1536"));
    }

    @Test
    public void aResetEndsTheRunIfItMayNotReboot() throws Exception {
        assertEquals(0, statusAfter("r", "--no-reboot"));
    }

    @Test
    public void aTripleFaultEndsTheRunIfItMayNotReboot() throws Exception {
        assertEquals(3, statusAfter("z", "--no-reboot"));
    }

    @Test
    public void aPipesEndEndsNothingButTheTimeoutDoes() throws Exception {
        try (Lkpk lkpk = Lkpk.ended("run", "-guest", "tiny", "-timeout", "3")) {
            assertEquals(124, lkpk.status());
            assertEquals(BANNER + PROMPT, lkpk.out());
        }
    }

    @Test
    public void aSignalEndsItAndTheMachineLeavesNothingBehind() throws Exception {
        try (Lkpk lkpk = tiny("-Djava.io.tmpdir=" + folder.getRoot(), new String[0])) {
            lkpk.await(PROMPT);
            assertEquals(1, folder.getRoot().list((parent, name) -> name.startsWith("lkpk-")).length);
            ProcessHandle.of(lkpk.pid()).orElseThrow().destroy();
            assertEquals(143, lkpk.status());
        }
        assertEquals(0, folder.getRoot().list((parent, name) -> name.startsWith("lkpk-")).length);
    }

    @Test
    public void attachedCommandsAnswerWithATrueExitStatus() throws Exception {
        String name = "test-" + ProcessHandle.current().pid();
        try (Lkpk lkpk = tiny("--name", name)) {
            lkpk.await(PROMPT);
            try (Lkpk attached = Lkpk.ended("attach", name, "machine:status")) {
                assertTrue(attached.out(), attached.out().startsWith(name + "  running  256 MB"));
                assertEquals(0, attached.status());
            }
            try (Lkpk attached = Lkpk.ended("attach", name, "patch:start nothing")) {
                assertEquals("lkpk: nothing: no such patch; see patch:list\n", attached.errors());
                assertEquals(1, attached.status());
            }
            try (Lkpk attached = Lkpk.ended("attach", name, "start 9999")) {
                assertEquals(1, attached.status());
            }
            try (Lkpk attached = Lkpk.ended("attach", name, "exit")) {
                assertEquals(0, attached.status());
            }
            assertEquals(0, lkpk.status());
        }
    }

    @Test
    public void aPatchIsAppliedAsSoonAsTheKernelRuns() throws Exception {
        String name = "patched-" + ProcessHandle.current().pid();
        Path jar = Path.of("../../target/lkpk/system/org/lkpk/org.lkpk.patch.tiny/0.1.0/org.lkpk.patch.tiny-0.1.0.jar");
        try (Lkpk lkpk = tiny("--patch", jar.toString(), "--name", name)) {
            lkpk.await(PROMPT);
            String why = "";
            for (int i = 0; i < 20 && !why.contains("applied"); i++) why = Lkpk.ended("attach", name, "patch:why tiny").out();
            assertTrue(why, why.contains("applied"));
            lkpk.type("b\r");
            lkpk.await(PROMPT);
            assertFalse(lkpk.out(), lkpk.out().endsWith("b\r\nconsole=ttyS0\r\n" + PROMPT));
            lkpk.type("h\r");
            assertEquals(0, lkpk.status());
        }
    }

    @Test
    public void aKeptStateIsLocked() throws Exception {
        String state = folder.newFolder().toString();
        try (Lkpk lkpk = tiny("--state", state)) {
            lkpk.await(PROMPT);
            refused("lkpk: --state " + state + ": in use by process " + lkpk.pid(), "run", "--guest", "tiny", "--state", state);
        }
    }

    @Test
    public void whatIsAskedWronglyGetsOneLine() throws Exception {
        Path text = folder.newFile("text").toPath();
        Files.writeString(text, "no kernel ".repeat(1000));
        refused("lkpk: --kernle: no such option; did you mean --kernel?", "run", "--kernle", "x");
        refused("lkpk: --kernel /no/such: no such file", "run", "--kernel", "/no/such");
        refused("lkpk: tiny: has one kernel only, not 6.1", "run", "--guest", "tiny:6.1");
        refused("lkpk: debian: no kernel 5; it has releases such as 6.1.0-50-686-pae, and the flavours 686, 686-pae and rt-686-pae",
                "run", "--guest", "debian:5");
        refused("lkpk: sing: no such command; there are run, demo, attach, patch, test386, conformance and bench, and none for the shell", "sing");
        refused("lkpk: test386 /no/such: no such file", "test386", "/no/such");
        try (Lkpk lkpk = Lkpk.ended("run", "--kernel", text.toString())) {
            assertTrue(lkpk.errors(), lkpk.errors().matches("lkpk: " + text + ": [^\n]+\n"));
            assertEquals(2, lkpk.status());
        }
        try (Lkpk lkpk = Lkpk.ended("run", "--guest", "tiny", "--patch", text.toString())) {
            assertTrue(lkpk.errors(), lkpk.errors().matches("lkpk: --patch " + text + ": [^\n]+\n"));
            assertEquals(2, lkpk.status());
        }
    }

    @Test
    public void theTerminalIsSetBack() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")));
        Path log = folder.newFile("log").toPath();
        String session = "stty -g; ../../lkpk run --guest tiny --timeout 3 2>/dev/null; stty -g";
        assertEquals(0, new ProcessBuilder("/usr/bin/script", "-qc", session, log.toString())
                .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor());
        String[] settings = Files.readString(log).lines().filter(line -> line.matches(".*[0-9a-f]+(:[0-9a-f]+){10,}.*")).map(
                line -> line.replaceFirst(".*?([0-9a-f]+(:[0-9a-f]+){10,}).*", "$1")).toArray(String[]::new);
        assertEquals(2, settings.length);
        assertEquals(settings[0], settings[1]);
    }
}
