package org.lkpk.guest.debian;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where Debian bookworm comes from: the mirrors that a machine's own sources name (sources.list(5), both formats), or
 * the one that the user names. The result is a list of our own, so that nothing else of the machine's plays a part.
 */
final class Sources {
    private static final Set<String> SUITES = Set.of("bookworm", "bookworm-updates", "bookworm-security");
    private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
    private final Set<String> lines = new LinkedHashSet<>();

    /** Of one mirror: bookworm alone, since its security updates may live elsewhere. */
    static List<String> of(String mirror) {
        Sources sources = new Sources();
        sources.add(mirror, "bookworm");
        return List.copyOf(sources.lines);
    }

    /** Of a machine whose apt is configured in {@code etc}; empty if it is no bookworm. */
    static List<String> of(Path etc) throws IOException {
        Sources sources = new Sources();
        sources.read(etc.resolve("sources.list"));
        Path parts = etc.resolve("sources.list.d");
        if (!Files.isDirectory(parts)) return List.copyOf(sources.lines);
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parts, "*.{list,sources}")) {
            all.forEach(files::add);
        }
        files.sort(null);
        for (Path file : files) sources.read(file);
        return List.copyOf(sources.lines);
    }

    private void read(Path file) throws IOException {
        if (!Files.isReadable(file)) return;
        if (file.toString().endsWith(".sources")) stanzas(Files.readAllLines(file));
        else Files.readAllLines(file).forEach(this::line);
    }

    /** {@code deb [options] URI suite component…}. */
    private void line(String line) {
        String[] words = line.replaceFirst("#.*", "").replaceFirst("\\[[^]]*\\]", "").trim().split("\\s+");
        if (words.length < 4 || !words[0].equals("deb")) return;
        if (List.of(words).subList(3, words.length).contains("main")) add(words[1], words[2]);
    }

    private void stanzas(List<String> text) {
        Map<String, String> fields = new HashMap<>();
        String field = "";
        for (String line : text) {
            if (line.startsWith("#")) continue;
            if (line.isBlank()) {
                stanza(fields);
                fields.clear();
            } else if (Character.isWhitespace(line.charAt(0))) {
                fields.merge(field, line, (before, more) -> before + " " + more);
            } else {
                String[] pair = line.split(":", 2);
                field = pair[0].toLowerCase(Locale.ROOT);
                fields.put(field, pair.length > 1 ? pair[1] : "");
            }
        }
        stanza(fields);
    }

    private void stanza(Map<String, String> fields) {
        if (!words(fields, "types").contains("deb") || !words(fields, "components").contains("main")) return;
        if (words(fields, "enabled").contains("no")) return;
        for (String uri : words(fields, "uris")) for (String suite : words(fields, "suites")) add(uri, suite);
    }

    private static List<String> words(Map<String, String> fields, String field) {
        return List.of(fields.getOrDefault(field, "").trim().split("\\s+"));
    }

    private void add(String uri, String suite) {
        String name = suite.replaceFirst("/$", "");
        if (!SUITES.contains(name) || uri.startsWith("cdrom:")) return;
        lines.add("deb [signed-by=" + KEYRING + "] " + uri + " " + name + " main");
    }
}
