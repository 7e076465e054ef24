package org.lkpk.itest;

import static org.junit.Assert.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** A folder of src/test/patches: a patch, and what it shall do to a guest; README.md there says what may be in it. */
final class PatchCase {
    private static final Path FOLDER = Container.ROOT.resolve("bundles/itest/src/test/patches");
    private static final List<String> HEADERS = List.of("functions", "objects", "callbacks", "deadline", "replaces");

    final String name;
    private final Path folder;
    private final Properties properties = new Properties();

    private PatchCase(Path folder) throws IOException {
        this.folder = folder;
        name = folder.getFileName().toString();
        if (!Files.exists(folder.resolve("case.properties"))) return; // One of a test of its own.
        try (Reader in = Files.newBufferedReader(folder.resolve("case.properties"))) {
            properties.load(in);
        }
    }

    static PatchCase named(String name) throws IOException {
        return new PatchCase(FOLDER.resolve(name));
    }

    static List<PatchCase> all() throws IOException {
        List<PatchCase> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(FOLDER)) {
            for (Path folder : folders) if (Files.exists(folder.resolve("case.properties"))) found.add(new PatchCase(folder));
        }
        found.sort((a, b) -> a.name.compareTo(b.name));
        return found;
    }

    /** What the case says; empty if it does not. */
    String says(String key) {
        return properties.getProperty(key, "");
    }

    boolean expects(String key) {
        return properties.containsKey(key);
    }

    /** Installs its bundle; of a source that stands beside it, {@code lkpk patch build} makes one. */
    Bundle install(BundleContext context) throws IOException, BundleException, InterruptedException {
        if (!expects("source")) return install(context, jar());
        return context.installBundle("test:" + name, new ByteArrayInputStream(built()));
    }

    private byte[] built() throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("lkpk-case");
        Path source = Files.copy(folder.resolve(says("source")), work.resolve(says("source")));
        try (Command build = Command.lkpk(Map.of("XDG_CONFIG_HOME", work.toString()), "patch", "build", source.toString(), "--function", says("functions"))) {
            assertEquals(build.err(), 0, build.status());
            return Files.readAllBytes(work.resolve(says("source").replaceFirst("\\.[cs]$", ".jar")));
        } finally {
            try (Stream<Path> all = Files.walk(work)) {
                all.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
    }

    Bundle install(BundleContext context, Jar jar) throws IOException, BundleException {
        return context.installBundle("test:" + name, jar.stream());
    }

    Jar jar() throws IOException {
        Jar jar = Jar.named("org.lkpk.case." + name).version("1.0.0").header("Bundle-Activator", "org.lkpk.api.patch.PatchActivator")
                .header("Import-Package", "org.lkpk.api.patch").header("LKPK-Patch", name).header("LKPK-Patch-Objects", "patch.o")
                .entry("patch.o", Files.readAllBytes(folder.resolve("patch.o")));
        for (String header : HEADERS)
            if (expects(header)) jar.header("LKPK-Patch-" + header.substring(0, 1).toUpperCase(Locale.ROOT) + header.substring(1), says(header));
        return jar;
    }
}
