package org.lkpk.guest.debian;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A folder of files that are there all together and whole, or not at all: it is filled under another name and then
 * renamed, and carries their checksums. One process fills it at a time.
 */
final class Cache {
    private static final String SUMS = "SHA256SUMS";
    private final Path home;
    private final String name;
    private final Set<String> wanted;

    Cache(Path home, String name) {
        this(home, name, Set.of());
    }

    /**
     * @param home where caches lie, {@code $XDG_CACHE_HOME/lkpk}
     * @param wanted files without which it counts as empty: an older version of the kit may have filled it
     */
    Cache(Path home, String name, Set<String> wanted) {
        this.home = home;
        this.name = name;
        this.wanted = wanted;
    }

    static Path home() {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        // The specification has relative paths ignored.
        return (cache.startsWith("/") ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache")).resolve("lkpk");
    }

    Path folder() {
        return home.resolve(name);
    }

    /** The files by name; empty if they are not there, not all of them or damaged. Works in a cache that cannot be written. */
    Map<String, byte[]> read() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(folder().resolve(SUMS))) {
                String[] words = line.split(" {2}", 2);
                byte[] bytes = Files.readAllBytes(folder().resolve(words[1]));
                if (!Checksums.of(bytes).equals(words[0])) return Map.of();
                files.put(words[1], bytes);
            }
            return files.keySet().containsAll(wanted) ? files : Map.of();
        } catch (IOException | RuntimeException damaged) {
            return Map.of();
        }
    }

    /** The folder, if it is there. */
    Optional<Path> tree() {
        return Files.isDirectory(folder()) ? Optional.of(folder()) : Optional.empty();
    }

    /** Has {@code source} make the files, unless another process has just done so. */
    Map<String, byte[]> fill(Source source, Consumer<String> progress) throws IOException, InterruptedException {
        return locked(progress, () -> {
            Map<String, byte[]> files = read();
            return files.isEmpty() ? make(source) : files;
        });
    }

    /** Has {@code source} make a folder of files, too many for checksums, unless another process has just done so. */
    Path fillTree(Trees source, Consumer<String> progress) throws IOException, InterruptedException {
        return locked(progress, () -> {
            if (tree().isEmpty()) replace(source);
            return folder();
        });
    }

    private <T> T locked(Consumer<String> progress, Work<T> work) throws IOException, InterruptedException {
        try {
            Files.createDirectories(home);
            try (FileChannel channel = FileChannel.open(home.resolve(name + ".lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                lock(channel, progress); // until the channel is closed
                return work.done();
            }
        } catch (AccessDeniedException denied) {
            throw new IOException("cannot write " + denied.getFile());
        } catch (FileSystemException broken) {
            throw new IOException(broken.getFile() + ": " + (broken.getReason() == null ? "in the way" : broken.getReason()));
        }
    }

    private void lock(FileChannel channel, Consumer<String> progress) throws IOException, InterruptedException {
        for (boolean told = false; tryLock(channel) == null; told = true) {
            if (!told) progress.accept("waiting for process " + Files.readString(home.resolve(name + ".lock")) + ", which gets the same");
            Thread.sleep(200);
        }
        String process = Long.toString(ProcessHandle.current().pid());
        channel.truncate(0).write(ByteBuffer.wrap(process.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null; // another thread of this process
        }
    }

    private Map<String, byte[]> make(Source source) throws IOException, InterruptedException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        replace((work, made) -> {
            files.putAll(source.files(work));
            StringBuilder sums = new StringBuilder();
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(made.resolve(file.getKey()), file.getValue());
                sums.append(Checksums.of(file.getValue())).append("  ").append(file.getKey()).append('\n');
            }
            Files.writeString(made.resolve(SUMS), sums);
        });
        return files;
    }

    /** Lets {@code source} fill a folder that then takes its place. */
    private void replace(Trees source) throws IOException, InterruptedException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(home, name + ".tmp*")) {
            for (Path folder : left) delete(folder); // by a process that was killed: we hold the lock
        }
        Path made = Files.createTempDirectory(home, name + ".tmp");
        Path work = Files.createTempDirectory(home, name + ".tmp");
        try {
            source.make(work, made);
            delete(folder());
            Files.move(made, folder(), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(work);
            delete(made);
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    /** Makes the files; {@code work} is an empty folder that is deleted afterwards. */
    interface Source {
        Map<String, byte[]> files(Path work) throws IOException, InterruptedException;
    }

    /** Makes files in {@code made}; {@code work} is an empty folder that is deleted afterwards. */
    interface Trees {
        void make(Path work, Path made) throws IOException, InterruptedException;
    }

    private interface Work<T> {
        T done() throws IOException, InterruptedException;
    }
}
