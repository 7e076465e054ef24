package org.lkpk.guest.debian;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
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
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                ArArchiveInputStream members = new ArArchiveInputStream(in)) {
            for (ArchiveEntry member; (member = members.getNextEntry()) != null;) {
                if (!member.getName().startsWith("data.tar")) continue;
                if (!member.getName().endsWith(".xz")) throw new IOException(file.getFileName() + ": " + member.getName() + " is not xz");
                return find(new TarArchiveInputStream(new XZInputStream(members)), path);
            }
        }
        throw new IOException(file.getFileName() + ": no data.tar.xz in it");
    }

    private Content find(TarArchiveInputStream tar, Pattern path) throws IOException {
        for (ArchiveEntry entry; (entry = tar.getNextEntry()) != null;) {
            String name = entry.getName().replaceFirst("^\\./", "");
            if (!entry.isDirectory() && path.matcher(name).matches())
                return new Content(name.substring(name.lastIndexOf('/') + 1), tar.readAllBytes());
        }
        throw new IOException(file.getFileName() + ": no " + path + " in it");
    }

    record Content(String name, byte[] bytes) { }
}
