package org.lkpk.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.ByteBuffer;

/**
 * Where the framework keeps its bundles: a folder of this run's own, deleted at the end, since a kept one would revive
 * what was hot-plugged and two runs cannot share one; or one that the user names and that is locked.
 */
final class Storage implements AutoCloseable {
    private final Path folder;
    private final FileChannel lock; // null for a passing folder

    private Storage(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    static Storage passing() throws IOException {
        return new Storage(Files.createTempDirectory("lkpk-"), null);
    }

    static Storage kept(Path state) throws IOException {
        try {
            Files.createDirectories(state);
        } catch (IOException failure) {
            throw new Main.Refusal("--state " + state + ": cannot be made a folder: " + failure.getClass().getSimpleName());
        }
        Path file = state.resolve("lock");
        FileChannel lock = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            lock.close();
            throw new Main.Refusal("--state " + state + ": in use by process " + Files.readString(file).trim());
        }
        lock.truncate(0);
        lock.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
        return new Storage(state.resolve("bundles"), lock);
    }

    Path folder() {
        return folder;
    }

    @Override
    public synchronized void close() throws IOException {
        if (lock != null) lock.close();
        else if (Files.exists(folder)) delete(folder);
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
