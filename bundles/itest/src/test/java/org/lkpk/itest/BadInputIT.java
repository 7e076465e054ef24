package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.AssumptionViolatedException;
import org.junit.Test;

/** What is asked wrongly gets one line that names the thing and the reason, and an exit status that is not 0. */
public class BadInputIT {
    private static final byte[] NONSENSE = "This is a letter and no kernel.\n".repeat(100).getBytes(StandardCharsets.US_ASCII);

    @Test
    public void aKernelThatIsNone() throws Exception {
        Path file = file("letter.txt", NONSENSE);
        refused(file.toString(), "--kernel", file.toString());
    }

    @Test
    public void aKernelThatIsNotThere() throws Exception {
        refused("/nowhere/vmlinuz: no such file", "--kernel", "/nowhere/vmlinuz");
    }

    @Test
    public void aTruncatedKernel() throws Exception {
        byte[] tiny = tiny();
        // Its size is told in units of 16 bytes.
        for (int length : new int[] {0, 300, 700, tiny.length / 2, tiny.length - 16}) {
            Path file = file("cut.bin", Arrays.copyOf(tiny, length));
            refused(file.toString(), "--kernel", file.toString());
        }
    }

    @Test
    public void aTruncatedInitrd() throws Exception {
        Path kernel = file("tiny.bin", tiny());
        byte[] cpio = ("070701" + "00000001".repeat(6) + "00010000" + "00000000".repeat(6)).getBytes(StandardCharsets.US_ASCII);
        Path initrd = file("cut.cpio", cpio);
        refused("initrd", "--kernel", kernel.toString(), "--initrd", initrd.toString());
    }

    @Test
    public void tooLittleMemoryForTheInitrd() throws Exception {
        Path kernel = file("tiny.bin", tiny());
        Path initrd = file("large.cpio", new byte[20 << 20]);
        refused("initrd", "--kernel", kernel.toString(), "--initrd", initrd.toString(), "-m", "16");
    }

    @Test
    public void tooLittleMemory() throws Exception {
        refused("-m", "--guest", "tiny", "-m", "8");
    }

    @Test
    public void anUnknownOption() throws Exception {
        refused("--kernal: no such option; did you mean --kernel?", "--kernal", "x");
    }

    @Test
    public void anOptionOfQemusThatIsLacking() throws Exception {
        refused("-smp", "-smp", "2");
    }

    @Test
    public void aPatchThatIsNoJar() throws Exception {
        Path patch = file("patch.jar", NONSENSE);
        refused("--patch " + patch, "--guest", "tiny", "--patch", patch.toString());
    }

    @Test
    public void aPatchThatNobodySigned() throws Exception {
        Path patch = Jar.of("org.lkpk.patch.tiny").entry("more", NONSENSE).file();
        refused("not signed", "--guest", "tiny", "--patch", patch.toString());
    }

    @Test
    public void aProcessorThatThereIsNot() throws Exception {
        refused("z80: no such model", "--guest", "tiny", "--cpu", "z80");
    }

    @Test
    public void aProcessorThatTheKernelRefuses() throws Exception {
        refused("vmlinuz", "--guest", "debian", "--cpu", "486");
    }

    private static void refused(String named, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--timeout", "120"));
        try (Command run = Command.lkpk(all.toArray(String[]::new))) {
            int status = run.status();
            String[] lines = run.err().split("\n");
            String last = lines[lines.length - 1];
            if (last.contains("debian: ") && !System.getProperty("lkpk.guest", "").equals("required"))
                throw new AssumptionViolatedException("skipped: " + last);
            assertTrue(run.err(), last.startsWith("lkpk: ") && last.contains(named));
            // Before it there may be what was done to get a guest.
            for (String line : lines) assertTrue(run.err(), line.startsWith("lkpk: "));
            assertEquals(run.err(), 2, status);
            assertEquals("", run.out());
        }
    }

    private static byte[] tiny() throws IOException {
        return Jar.of("org.lkpk.guest.tiny").entry("org/lkpk/guest/tiny/tiny.bin");
    }

    private static Path file(String name, byte[] content) throws IOException {
        Path file = Files.createTempDirectory("lkpk-itest-").resolve(name);
        Files.write(file, content);
        file.toFile().deleteOnExit();
        file.getParent().toFile().deleteOnExit();
        return file;
    }
}
