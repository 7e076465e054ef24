package org.lkpk.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** The terminal on standard input, set raw by stty(1) so that every key is the guest's, and set back by {@link #close}. */
final class Terminal implements AutoCloseable {
    /** Output stays cooked: what the host says ends its lines by a line feed alone. */
    private static final String[] RAW = {"-icanon", "-echo", "-isig", "-iexten", "-ixon", "-icrnl", "-inlcr", "-igncr",
        "min", "1", "time", "0"};

    private final String[] before;
    /** For the ways out that pass no finally: SIGTERM, and {@code System.exit} by anyone. */
    private final Thread hook = new Thread(this::restore, "terminal-restore");

    private Terminal(String before) {
        this.before = new String[] {before};
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Takes the terminal; null if standard input is none. */
    static Terminal raw() {
        try {
            if (!Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString().matches("/dev/(pts/|tty|console).*")) return null;
            String before = stty("-g").trim();
            Terminal terminal = new Terminal(before);
            stty(RAW);
            return terminal;
        } catch (IOException noTerminal) {
            return null;
        }
    }

    private static String stty(String... words) throws IOException {
        Process process = new ProcessBuilder(Stream.concat(Stream.of("stty"), Arrays.stream(words)).toList())
                .redirectInput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) throw new IOException("stty: status " + process.exitValue());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        return said;
    }

    private void restore() {
        try {
            stty(before);
        } catch (IOException gone) {
            // A terminal that went away needs no settings.
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook restores it once more, to the same.
        }
    }
}
