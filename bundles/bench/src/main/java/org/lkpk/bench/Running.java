package org.lkpk.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An emulator's process. What it has cost is Linux's own account of it (proc(5), "stat" and "status"): all its threads,
 * since the program was started, and the children that it has waited for.
 */
final class Running implements AutoCloseable {
    private static final int TICKS_A_SECOND = 100;
    /** Places in "stat" behind the name: user and system time, and those of children. */
    private static final int USER_TIME = 11, TIMES = 4;
    private static final int NOTICED = 1 << 16;
    private static final int PATIENCE_SECONDS = 900;

    private final Process process;
    private final Path errors;
    private final Children children;

    Running(Process process, Path errors, Children children) {
        this.process = process;
        this.errors = errors;
        this.children = children;
    }

    /** CPU seconds so far. */
    double seconds() throws IOException {
        String[] words = proc("stat").replaceFirst(".*\\) ", "").split(" ");
        long ticks = 0;
        for (int i = 0; i < TIMES; i++) ticks += Long.parseLong(words[USER_TIME + i]);
        return (double) ticks / TICKS_A_SECOND;
    }

    /** Resident memory in megabytes. */
    double megabytes() throws IOException {
        String line = proc("status").lines().filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow(() -> ended("has no memory"));
        return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
    }

    private String proc(String name) throws IOException {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), name), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException gone) {
            throw ended("has ended");
        }
    }

    /** Reads standard output to its end, or until {@code reader} has enough; it is asked at least every {@link #PATIENCE_SECONDS}. */
    void read(Reader reader) throws IOException {
        byte[] piece = new byte[NOTICED];
        InputStream in = process.getInputStream();
        for (;;) {
            CompletableFuture<Void> deadline = CompletableFuture.runAsync(process.toHandle()::destroyForcibly,
                    CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS));
            int n = in.read(piece);
            if (!deadline.cancel(false)) throw ended("said nothing for " + PATIENCE_SECONDS + " s");
            if (n < 0 || !reader.more(new String(piece, 0, n, StandardCharsets.ISO_8859_1), process.isAlive() ? seconds() : 0)) return;
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /** The failure that the process itself gives as the reason for. */
    IOException ended(String what) {
        return new IOException(what + reason().map(r -> ": " + r).orElse(""));
    }

    private Optional<String> reason() {
        try {
            return Files.readString(errors, StandardCharsets.ISO_8859_1).lines().filter(line -> !line.isBlank()).reduce((a, b) -> b);
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        children.end(process);
        errors.toFile().delete();
    }

    /** Is given output as it comes, with the CPU seconds at that moment. */
    interface Reader {
        boolean more(String piece, double seconds) throws IOException;
    }
}
