package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
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
    static final Path CACHE = Path.of(System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache"), "lkpk");
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

    /**
     * One has a new static local, one locks that the kernel has taken away for its one processor, one alternatives and exception
     * tables, and one a name that it shares with another function of the kernel.
     */
    @Test
    public void changedFunctionsOfSeveralFilesAreTakenByTheKernelAndGivenBack() throws Exception {
        done(lkpk("patch", "new", project.toString(), "--function", "send_sigio_to_task,__f_setown,filldir64"));
        insert("fs/fcntl.c", "\tint signum = READ_ONCE(fown->signum);\n", "\tstatic int sent;\n\tprintk(\"sigio %d\\n\", ++sent);\n");
        insert("fs/fcntl.c", "\twrite_lock_irq(&filp->f_owner.lock);\n", "\tif (force == 4242)\n\t\tprintk(\"forced\\n\");\n");
        insert("fs/readdir.c", "\tbuf->error = verify_dirent_name(name, namlen);\n", "\tif (namlen == 4242)\n\t\tprintk(\"long\\n\");\n");
        add("kernel/power/main.c");
        insert("kernel/power/main.c", "static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr,\n\t\t\t  char *buf)\n{\n\tchar *s = buf;\n",
                "\tif (!kobj)\n\t\tprintk(\"nothing\\n\");\n");
        done(lkpk("patch", "build", project.toString()));
        String told = applied(project.resolve("sigio.jar"));
        for (String function : new String[] {"send_sigio_to_task", "__f_setown", "filldir64", "state_show"}) assertTrue(told, told.contains('"' + function + '"'));
    }

    @Test
    public void aHandWrittenSourceIsSignedAndRefusedOnceItIsTamperedWith() throws Exception {
        Path source = Files.writeString(folder.getRoot().toPath().resolve("own.s"), String.join("\n", ".section .text.version_proc_show, \"ax\"",
                ".globl version_proc_show", ".type version_proc_show, @function", "version_proc_show:", "jmp lkpk_old_version_proc_show",
                ".size version_proc_show, . - version_proc_show", ""));
        done(lkpk("patch", "build", source.toString(), "--function", "version_proc_show"));
        Path jar = source.resolveSibling("own.jar");
        applied(jar);
        try (FileSystem files = FileSystems.newFileSystem(jar)) {
            byte[] object = Files.readAllBytes(files.getPath("own.o"));
            object[object.length / 2] ^= 1;
            Files.write(files.getPath("own.o"), object);
        }
        refused(jar, "changed since it was signed");
    }

    /** Takes one more file of the kernel's into the project. */
    private void add(String name) throws IOException {
        Path file = project.resolve(name), settings = project.resolve("patch.properties");
        Files.createDirectories(file.getParent());
        try (Stream<Path> all = Files.find(CACHE, 2, (path, what) -> Files.exists(path.resolve(name)))) {
            Files.copy(all.findFirst().orElseThrow().resolve(name), file);
        }
        Files.writeString(settings, Files.readString(settings).replace("\nfiles = ", "\nfiles = " + name + " "));
    }

    /** Puts {@code more} behind every {@code line}. */
    private void insert(String name, String line, String more) throws IOException {
        Path file = project.resolve(name);
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertTrue(name + ": " + line, text.contains(line));
        Files.writeString(file, text.replace(line, line + more), StandardCharsets.ISO_8859_1);
    }

    /** What is told of a patch that a guest has taken and given back. */
    private String applied(Path jar) throws Exception {
        try (Command check = lkpk("patch", "check", "--json", jar.toString())) {
            assertEquals(check.out() + check.err(), 0, check.status(BOOT_S));
            assertTrue(check.out(), check.out().contains("\"state\":\"APPLIED\""));
            assertTrue(check.out(), check.out().contains("\"reverted\":true"));
            return check.out();
        }
    }

    private void refused(Path jar, String reason) throws Exception {
        try (Command check = lkpk("patch", "check", jar.toString())) {
            assertEquals(check.err(), 1, check.status(BOOT_S));
            assertTrue(check.out(), check.out().contains("REFUSED") && check.out().contains(reason));
        }
    }

    @Test
    public void aStrangersPatchIsRefused() throws Exception {
        Path jar = Jar.of("org.lkpk.patch.cmdline").entry("more", new byte[] {1}).file();
        refused(jar, "not signed");
    }
}
