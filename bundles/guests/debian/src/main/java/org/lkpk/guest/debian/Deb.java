package org.lkpk.guest.debian;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** A Debian package: an ar archive with the files in {@code data.tar.xz} (deb(5)). */
final class Deb {
    private final Path file;

    Deb(Path file) {
        this.file = file;
    }

    /** The first file whose path matches; reads no further than that. */
    Content find(Pattern path) throws IOException {
        return find(List.of(path)).get(0);
    }

    /** For each pattern the first file whose path matches, as they come; reads no further than the last of them. */
    List<Content> find(List<Pattern> paths) throws IOException {
        return all(tar -> {
            List<Pattern> missing = new ArrayList<>(paths);
            List<Content> found = new ArrayList<>();
            for (ArchiveEntry entry; !missing.isEmpty() && (entry = tar.getNextEntry()) != null;) {
                String name = name(entry);
                if (!entry.isDirectory() && missing.removeIf(path -> path.matcher(name).matches()))
                    found.add(new Content(last(name), tar.readAllBytes()));
            }
            if (!missing.isEmpty()) throw new IOException(file.getFileName() + ": no " + missing.get(0) + " in it");
            return found;
        });
    }

    /** The files whose paths match {@code member} in a tar.xz, which is the first file whose path matches. */
    List<Content> findIn(Pattern path, Pattern member) throws IOException {
        return open(path, (archive, in) -> {
            List<Content> found = new ArrayList<>();
            TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in));
            for (ArchiveEntry entry; (entry = tar.getNextEntry()) != null;)
                if (!entry.isDirectory() && member.matcher(entry.getName()).matches())
                    found.add(new Content(last(entry.getName()), tar.readAllBytes()));
            if (found.isEmpty()) throw new IOException(archive + ": no " + member + " in it");
            return found;
        });
    }

    /** Writes the files whose paths match, or those in a tar.xz, to {@code folder} under their own paths. */
    void unpack(Pattern path, Pattern member, Path folder) throws IOException {
        if (member != null) {
            open(path, (archive, in) -> unpack(new TarArchiveInputStream(new XZInputStream(in)), member, folder));
            return;
        }
        all(tar -> unpack(tar, path, folder));
    }

    private static int unpack(TarArchiveInputStream tar, Pattern wanted, Path folder) throws IOException {
        int count = 0;
        for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null;) {
            String name = name(entry);
            if (entry.isDirectory() || !wanted.matcher(name).matches()) continue;
            Path file = folder.resolve(name).normalize();
            if (!file.startsWith(folder)) throw new IOException(name + ": lies outside its package");
            Files.createDirectories(file.getParent());
            if (entry.isFile()) Files.copy(tar, file);
            else if (entry.isSymbolicLink()) link(file, entry.getLinkName(), folder);
            count++;
        }
        if (count == 0) throw new IOException("no " + wanted + " in the package");
        return count;
    }

    /** Those that lead out of the tree lead nowhere here. */
    private static void link(Path file, String target, Path folder) throws IOException {
        if (file.resolveSibling(target).normalize().startsWith(folder)) Files.createSymbolicLink(file, Path.of(target));
    }

    private <T> T open(Pattern path, Use<T> use) throws IOException {
        return all(tar -> open(tar, path, use));
    }

    private <T> T all(Contents<T> use) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                ArArchiveInputStream members = new ArArchiveInputStream(in)) {
            for (ArchiveEntry member; (member = members.getNextEntry()) != null;) {
                if (!member.getName().startsWith("data.tar")) continue;
                if (!member.getName().endsWith(".xz")) throw new IOException(file.getFileName() + ": " + member.getName() + " is not xz");
                return use.of(new TarArchiveInputStream(new XZInputStream(members)));
            }
        }
        throw new IOException(file.getFileName() + ": no data.tar.xz in it");
    }

    private <T> T open(TarArchiveInputStream tar, Pattern path, Use<T> use) throws IOException {
        for (ArchiveEntry entry; (entry = tar.getNextEntry()) != null;) {
            String name = name(entry);
            if (!entry.isDirectory() && path.matcher(name).matches()) return use.of(last(name), tar);
        }
        throw new IOException(file.getFileName() + ": no " + path + " in it");
    }

    private static String name(ArchiveEntry entry) {
        return entry.getName().replaceFirst("^\\./", "");
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** What is made of a file, which ends where {@code in} does. */
    private interface Use<T> {
        T of(String name, InputStream in) throws IOException;
    }

    private interface Contents<T> {
        T of(TarArchiveInputStream tar) throws IOException;
    }

    record Content(String name, byte[] bytes) { }
}
