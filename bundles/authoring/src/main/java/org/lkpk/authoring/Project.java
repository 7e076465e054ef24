package org.lkpk.authoring;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The user's folder of one patch: {@code patch.properties}, and the files that are changed, under their paths in the
 * kernel's source.
 */
record Project(Path folder, Properties settings) {
    static final String SETTINGS = "patch.properties";
    private static final String NAMES = "[A-Za-z0-9._-]{1,64}";

    static Project open(Path folder) throws Refusal {
        Path file = folder.resolve(SETTINGS);
        if (!Files.isRegularFile(file))
            throw new Refusal(folder + ": no " + SETTINGS + " in it; begin by lkpk patch new " + folder.getFileName() + " --function NAME");
        Properties settings = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            settings.load(in);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new Refusal(file + ": " + unreadable.getMessage());
        }
        return new Project(folder, settings);
    }

    static void checkName(String name) throws Refusal {
        if (!name.matches(NAMES)) throw new Refusal(name + ": a name of letters, digits, '.', '_' and '-' is wanted");
    }

    static Project create(Path folder, String name, List<String> kernels, List<String> files, List<String> functions)
            throws IOException, Refusal {
        if (Files.exists(folder)) throw new Refusal(folder + ": is there already");
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(SETTINGS), """
                # A live patch of the Linux kernel. "lkpk patch build %1$s" makes %1$s.jar of it.
                name = %1$s
                version = 1.0.0
                # Debian's releases; the files are of the first, what you change in them is applied to the others'.
                kernels = %2$s
                files = %3$s
                # What it is about; which functions are replaced, the compiler decides.
                functions = %4$s
                # Names of patches that leave as this one comes:
                #replaces =
                # Functions of yours, int f(void), that the guest calls:
                #before-apply =
                #after-apply =
                #before-revert =
                #after-revert =
                # Milliseconds to look for a moment at which no task is inside:
                #deadline = 5000
                # Patches that must be there before:
                #requires =
                """.formatted(name, String.join(" ", kernels), String.join(" ", files), String.join(" ", functions)));
        return open(folder);
    }

    String name() {
        return settings.getProperty("name", folder.getFileName().toString()).strip();
    }

    String version() {
        return settings.getProperty("version", "1.0.0").strip();
    }

    /** Words of a setting, separated by blanks or commas. */
    List<String> words(String setting) {
        List<String> words = new ArrayList<>();
        for (String word : settings.getProperty(setting, "").split("[\\s,]+")) if (!word.isEmpty()) words.add(word);
        return words;
    }

    Path jar() {
        return folder.resolve(name() + ".jar");
    }
}
