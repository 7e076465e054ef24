package org.lkpk.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A program of the host, run without input and for so long at most. */
final class Command {
    static final int MISSING = 127;
    private static final int NOTICED = 1 << 16;

    private Command() { }

    /** @param text standard output and error */
    record Output(int status, String text) {
        String last() {
            String[] lines = text.strip().split("\n");
            return lines[lines.length - 1];
        }
    }

    /** Runs it to its end; {@link #MISSING} if there is no such program. */
    static Output run(List<String> words, int seconds) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        int status = watch(words, seconds, piece -> {
            text.append(piece);
            return true;
        });
        return new Output(status, text.toString());
    }

    /**
     * Runs it while {@code goOn} says so of each piece of output.
     *
     * @return its exit status; that of a signal if it was stopped
     */
    static int watch(List<String> words, int seconds, Predicate<String> goOn) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(words).redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile()).start();
        } catch (IOException missing) {
            goOn.test(words.get(0) + ": " + missing.getMessage());
            return MISSING;
        }
        CompletableFuture<Void> deadline = CompletableFuture.runAsync(process.toHandle()::destroyForcibly,
                CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS));
        byte[] piece = new byte[NOTICED];
        try (InputStream in = process.getInputStream()) {
            for (int n; (n = in.read(piece)) >= 0;)
                if (!goOn.test(new String(piece, 0, n, StandardCharsets.ISO_8859_1))) break;
        } finally {
            if (!process.waitFor(1, TimeUnit.SECONDS)) process.toHandle().destroy();
            deadline.cancel(false);
        }
        return process.waitFor();
    }
}
