package org.lkpk.launcher;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The folder in which every running machine has a Unix-domain socket of its name; no other user can enter it. */
final class Sockets {
    private static final String SUFFIX = ".sock";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private Sockets() { }

    /** {@code $XDG_RUNTIME_DIR/lkpk}, or one below /tmp that carries the user's number. */
    static Path folder() throws IOException {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && Files.isWritable(Path.of(runtime))) return ours(Path.of(runtime, "lkpk"));
        return ours(Path.of("/tmp", "lkpk-" + user(Path.of("/proc/self"))));
    }

    /** Makes the folder, or checks that it is this user's alone: below /tmp anyone could have made it. */
    static Path ours(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
        boolean mine = user(folder).equals(user(Path.of("/proc/self")));
        if (!mine || !Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(PRIVATE))
            throw new Main.Refusal(folder + ": must belong to you alone (mode 0700)");
        return folder;
    }

    /** Machines that answer, by name; the sockets that killed ones left behind are removed. */
    static Map<String, Path> running(Path folder) throws IOException {
        Map<String, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (answers(file)) found.put(name.substring(0, name.length() - SUFFIX.length()), file);
                else Files.deleteIfExists(file);
            }
        }
        return found;
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException nobody) {
            return false;
        }
    }

    private static Object user(Path file) throws IOException {
        return Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }
}
