package org.lkpk.authoring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.guest.Packages;
import org.lkpk.authoring.source.Definitions;

/**
 * What Debian has built one kernel from: its headers package, with configuration and generated files, and the sources of
 * the same version. Both lie in the user's cache and are never written to.
 */
final class KernelTree {
    static final Pattern VERSION = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+-[0-9]+-[a-z0-9-]+");
    private static final Pattern HEADERS_OF = Pattern.compile("linux-headers-([0-9].*)");
    private static final Pattern DEBIAN = Pattern.compile("#define UTS_VERSION \".*Debian (\\S+) .*");
    /** Without documentation, user-space tools and other processors. */
    private static final String SOURCES = "linux-source-[^/]+/(?!Documentation/|samples/|tools/(?!lib/bpf/|include/)|arch/(?!x86/|Kconfig)).*";

    private final String release;
    private final Path headers;
    private final Path source;

    private KernelTree(String release, Path headers, Path source) {
        this.release = release;
        this.headers = headers;
        this.source = source;
    }

    /** Fetches what is not in the cache. */
    static KernelTree of(Packages packages, String release, Consumer<String> progress) throws Refusal, IOException {
        if (!VERSION.matcher(release).matches()) throw new Refusal("--kernel " + release + ": not a kernel's release such as 6.1.0-50-686");
        try {
            String name = "linux-headers-" + release;
            Path unpacked = packages.unpack(name, List.of(wanted(name, "usr/src/" + Pattern.quote(name) + "/.*", null)), progress);
            Path headers = unpacked.resolve("usr/src").resolve(name);
            String version = version(headers);
            String series = release.replaceFirst("^([0-9]+\\.[0-9]+)\\..*", "$1");
            Path sources = packages.unpack("linux-source-" + version,
                    List.of(wanted("linux-source-" + series + "=" + version, "usr/src/linux-source-.*\\.tar\\.xz", SOURCES)), progress);
            return new KernelTree(release, headers, sources.resolve("linux-source-" + series));
        } catch (GuestUnavailable unavailable) {
            throw new Refusal("kernel " + release + ": " + unavailable.getMessage()
                    + "; the archive has the last few versions, and LKPK_MIRROR may name an older one of snapshot.debian.org");
        }
    }

    private static Packages.Wanted wanted(String name, String file, String member) {
        return new Packages.Wanted(name, Pattern.compile(file), member == null ? null : Pattern.compile(member));
    }

    /** The release of the guest's kernel that is in the cache, else that of the day. */
    static String current(Packages packages, Consumer<String> progress) throws Refusal {
        for (Map.Entry<String, byte[]> file : packages.kept("debian-686").entrySet())
            if (file.getKey().startsWith("vmlinuz-")) return file.getKey().substring("vmlinuz-".length());
        try {
            Matcher name = HEADERS_OF.matcher(packages.current("linux-headers-686", HEADERS_OF, progress));
            if (name.matches()) return name.group(1);
            throw new Refusal("linux-headers-686: names no kernel");
        } catch (GuestUnavailable unavailable) {
            throw new Refusal(unavailable.getMessage());
        }
    }

    private static String version(Path headers) throws IOException, Refusal {
        for (String line : Files.readAllLines(headers.resolve("include/generated/utsversion.h"))) {
            Matcher version = DEBIAN.matcher(line);
            if (version.matches()) return version.group(1);
        }
        throw new Refusal(headers + ": does not say of which version it is");
    }

    String release() {
        return release;
    }

    Path headers() {
        return headers;
    }

    Path source() {
        return source;
    }

    /** Where what is built of it may be kept. */
    Path built() {
        return headers.getParent().getParent().getParent().resolveSibling("patch-build").resolve(release);
    }

    List<String> text(String path) throws IOException, Refusal {
        Path file = source.resolve(path);
        if (!Files.isRegularFile(file)) throw new Refusal(path + ": no such file in the source of kernel " + release);
        return Definitions.lines(Files.readAllBytes(file));
    }

    /** The compiler that made the kernel, in its own words: {@code gcc-12 (Debian 12.2.0-14) 12.2.0}. */
    String compiler() throws IOException {
        for (String line : Files.readAllLines(headers.resolve(".config")))
            if (line.startsWith("CONFIG_CC_VERSION_TEXT=")) return line.replaceFirst("^[^\"]*\"(.*)\"$", "$1");
        return "gcc-12";
    }

    /** Names that the kernel or its modules export. */
    Set<String> exported() throws IOException {
        Set<String> names = new HashSet<>();
        for (String line : Files.readAllLines(headers.resolve("Module.symvers"), StandardCharsets.ISO_8859_1))
            names.add(line.split("\t")[1]);
        return names;
    }
}
