package org.lkpk.authoring;

import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.guest.Packages;
import org.lkpk.api.patch.Trust;
import org.lkpk.authoring.elf.Pieces;
import org.lkpk.authoring.source.UnifiedDiff;
import org.osgi.framework.Bundle;

/**
 * Patches of {@code send_sigio_to_task} in Debian's own kernel. Fetches nothing: skipped where the user's cache does not
 * hold the kernel's headers and sources, as {@code lkpk patch new} puts them there.
 */
public class SigioTest {
    private static final Path CACHE = Path.of(System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache"), "lkpk");
    private static final String FILE = "fs/fcntl.c";
    private static final String ENTRY = "\tint signum = READ_ONCE(fown->signum);\n";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private String release;
    private Path project;

    /** What is in the cache already. */
    private static final class Kept implements Packages {
        @Override
        public Map<String, byte[]> kept(String collection) {
            return Map.of();
        }

        @Override
        public Map<String, byte[]> fetch(String collection, List<Wanted> wanted, Consumer<String> progress) throws GuestUnavailable {
            throw new GuestUnavailable(collection + ": not fetched by a test");
        }

        @Override
        public Optional<Path> unpacked(String collection) {
            return Optional.of(CACHE.resolve(collection)).filter(Files::isDirectory);
        }

        @Override
        public Path unpack(String collection, List<Wanted> wanted, Consumer<String> progress) throws GuestUnavailable {
            return unpacked(collection).orElseThrow(() -> new GuestUnavailable(collection + ": not fetched by a test"));
        }

        @Override
        public String current(String metapackage, Pattern name, Consumer<String> progress) throws GuestUnavailable {
            throw new GuestUnavailable(metapackage + ": not fetched by a test");
        }
    }

    /** Signs nothing and trusts everybody. */
    private static final class Anybody implements Trust {
        @Override
        public String check(Bundle patch) {
            return "";
        }

        @Override
        public String check(Path jar) {
            return "";
        }

        @Override
        public void sign(Path jar) { }

        @Override
        public String trust(Path file) {
            return "";
        }
    }

    @Before
    public void openProject() throws Exception {
        assumeTrue("no kernel sources in " + CACHE, Files.isDirectory(CACHE));
        try (Stream<Path> all = Files.list(CACHE)) {
            release = all.map(f -> f.getFileName().toString()).filter(f -> f.matches("linux-headers-.*-686")).sorted().reduce((a, b) -> b)
                    .map(f -> f.substring("linux-headers-".length())).orElse("");
        }
        assumeTrue("no kernel headers in " + CACHE, !release.isEmpty());
        project = folder.getRoot().toPath().resolve("sigio");
        try {
            Arguments arguments = new Arguments(List.of(project.toString(), "--function", "send_sigio_to_task", "--kernel", release, "--file", FILE),
                    Set.of("function", "kernel", "file"), Set.of());
            new NewCommand(new Kept(), out()).run(arguments);
        } catch (Refusal missing) {
            assumeTrue(missing.getMessage(), false);
        }
        assumeTrue(said.toString(StandardCharsets.UTF_8), !said.toString(StandardCharsets.UTF_8).contains("apt-get install"));
    }

    private PrintStream out() {
        return new PrintStream(said, true, StandardCharsets.UTF_8);
    }

    private void edit(String before, String after) throws Exception {
        Path file = project.resolve(FILE);
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertTrue(before, text.contains(before));
        Files.writeString(file, text.replace(before, after), StandardCharsets.ISO_8859_1);
    }

    private void build() throws Exception {
        new BuildCommand(new Kept(), new Anybody(), out()).run(new Arguments(List.of(project.toString()), Set.of(), Set.of()));
    }

    private String refusal() {
        return assertThrows(Refusal.class, this::build).getMessage();
    }

    @Test
    public void aChangeBecomesABundleOfAFewKilobytes() throws Exception {
        edit(ENTRY, ENTRY + "\tstatic int sent;\n\tprintk(\"sigio %d\\n\", ++sent);\n");
        build();
        Path jar = project.resolve("sigio.jar");
        assertTrue(Files.size(jar) + " bytes", Files.size(jar) < 8192);
        try (JarFile bundle = new JarFile(jar.toFile())) {
            List<String> functions = List.of(bundle.getManifest().getMainAttributes().getValue("LKPK-Patch-Functions").split(","));
            assertTrue(functions.toString(), functions.contains("send_sigio_to_task"));
            for (String part : List.of("", ".pristine")) {
                String title = bundle.stream().map(e -> e.getName()).filter(n -> n.matches("sigio-[^p]*" + part + "\\.o")).findFirst().orElseThrow();
                Pieces pieces = new Pieces(bundle.getInputStream(bundle.getEntry(title)).readAllBytes());
                assertTrue(title, pieces.named("send_sigio_to_task").function());
            }
        }
    }

    @Test
    public void linesOfWarningsFurtherDownChangeNothing() throws Exception {
        edit(ENTRY, ENTRY + "\n\n\n\n");
        assertTrue(refusal().contains("the same code"));
    }

    @Test
    public void initCodeIsRefusedWithItsLine() throws Exception {
        edit("\tfasync_cache = kmem_cache_create(", "\tprintk(\"init\\n\");\n\tfasync_cache = kmem_cache_create(");
        assertTrue(refusal(), refusal().matches("(?s).*fcntl.c:[0-9]+: fcntl_init is __init.*"));
    }

    @Test
    public void anErrorOfTheCompilerNamesTheUsersLine() throws Exception {
        edit(ENTRY, ENTRY + "\tnonsense;\n");
        assertTrue(refusal(), refusal().matches("(?s).*sigio/fs/fcntl.c:[0-9]+:.*nonsense.*"));
    }

    @Test
    public void anUnchangedFileIsTold() {
        assertTrue(refusal(), refusal().contains("nothing has been changed"));
    }

    @Test
    public void aChangeOfAHeaderIsRefusedAndNamesTheFilesThatCall() throws Exception {
        String refusal = refusal("include/linux/pid.h", "\t\trefcount_inc(&pid->count);", "\t\trefcount_add(2, &pid->count);");
        assertTrue(refusal, refusal.contains("get_pid is inlined wherever it is called; patch the callers, in ") && refusal.contains(", drivers/"));
    }

    @Test
    public void aStructureOfAHeaderThatChangesIsRefusedWithMemberAndLine() throws Exception {
        String refusal = refusal("include/linux/pid.h", "\tint nr;", "\tint nr;\n\tint more;");
        assertTrue(refusal, refusal.matches("include/linux/pid.h:[0-9]+: struct upid gets the member more \\(8 bytes, then 12\\); objects .*"));
    }

    @Test
    public void aStructureOfASourceThatChangesIsRefusedWithMemberAndLine() throws Exception {
        String refusal = refusal("fs/readdir.c", "\tint prev_reclen;", "\tshort prev_reclen;");
        assertTrue(refusal, refusal.matches("(?s).*/fs/readdir.c:[0-9]+: struct getdents_callback64 its member prev_reclen was int and becomes short int;.*"));
    }

    /** Why a diff that puts {@code after} in the place of each line {@code before} is refused. */
    private String refusal(String path, String before, String after) throws Exception {
        List<String> old = KernelTree.of(new Kept(), release, line -> { }).text(path);
        List<String> fresh = new ArrayList<>();
        for (String line : old) fresh.addAll(line.equals(before) ? List.of(after.split("\n")) : List.of(line));
        Path diff = Files.write(folder.getRoot().toPath().resolve("change.patch"), UnifiedDiff.between(path, old, fresh));
        Arguments arguments = new Arguments(List.of(project.toString(), "--diff", diff.toString()), Set.of("diff"), Set.of());
        return assertThrows(Refusal.class, () -> new BuildCommand(new Kept(), new Anybody(), out()).run(arguments)).getMessage();
    }
}
