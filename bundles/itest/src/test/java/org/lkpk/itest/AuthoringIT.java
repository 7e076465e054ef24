package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * {@code lkpk patch} from the source to Debian's running kernel. Fetches nothing: skipped where the cache does not hold the
 * kernel's headers and sources, as {@code lkpk patch new} puts them there.
 */
public class AuthoringIT {
    private static final Path CACHE = Path.of(System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache"), "lkpk");
    private static final long BOOT_S = 600;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private Path project;

    @Before
    public void lookIntoTheCache() throws IOException {
        for (String wanted : new String[] {"debian-686", "linux-headers-", "linux-source-"})
            assumeTrue("no " + wanted + " in " + CACHE, isKept(wanted));
        project = folder.getRoot().toPath().resolve("sigio");
    }

    private static boolean isKept(String name) throws IOException {
        if (!Files.isDirectory(CACHE)) return false;
        try (Stream<Path> all = Files.list(CACHE)) {
            return all.anyMatch(file -> Files.isDirectory(file) && file.getFileName().toString().startsWith(name));
        }
    }

    private Command lkpk(String... arguments) throws IOException {
        return Command.lkpk(Map.of("XDG_CONFIG_HOME", folder.getRoot().toString()), arguments);
    }

    private void done(Command command) throws InterruptedException {
        try (command) {
            assertEquals(command.err(), 0, command.status(BOOT_S));
        }
    }

    @Test
    public void aChangeOfSendSigioToTaskIsTakenByTheKernelAndGivenBack() throws Exception {
        done(lkpk("patch", "new", project.toString(), "--function", "send_sigio_to_task"));
        Path file = project.resolve("fs/fcntl.c");
        String entry = "\tint signum = READ_ONCE(fown->signum);\n";
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, text.replace(entry, entry + "\tstatic int sent;\n\tprintk(\"sigio %d\\n\", ++sent);\n"), StandardCharsets.ISO_8859_1);
        done(lkpk("patch", "build", project.toString()));
        try (Command check = lkpk("patch", "check", "--json", project.resolve("sigio.jar").toString())) {
            assertEquals(check.err(), 0, check.status(BOOT_S));
            assertTrue(check.out(), check.out().contains("\"state\":\"APPLIED\""));
            assertTrue(check.out(), check.out().contains("\"reverted\":true"));
        }
    }

    @Test
    public void aStrangersPatchIsRefused() throws Exception {
        Path jar = Jar.of("org.lkpk.patch.cmdline").entry("more", new byte[] {1}).file();
        try (Command check = lkpk("patch", "check", jar.toString())) {
            assertEquals(check.err(), 1, check.status(BOOT_S));
            assertTrue(check.out(), check.out().contains("REFUSED") && check.out().contains("not signed"));
        }
    }
}
