package org.lkpk.distribution;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The script {@code lkpk} at work, with its three streams in the test's hands. */
final class Lkpk implements AutoCloseable {
    private static final Path SCRIPT = Path.of("../../lkpk").toAbsolutePath().normalize();
    private static final long DEADLINE_SECONDS = 120;

    private final Process process;
    private final Path errors;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Thread reader = new Thread(this::read);

    /** @param toolOptions what {@code JAVA_TOOL_OPTIONS} says to the JVM; empty for nothing */
    Lkpk(String toolOptions, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        errors = Files.createTempFile("lkpk-test-", ".err");
        errors.toFile().deleteOnExit();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        if (!toolOptions.isEmpty()) builder.environment().put("JAVA_TOOL_OPTIONS", toolOptions);
        process = builder.start();
        reader.start();
    }

    /** Runs to its end, with nothing on standard input. */
    static Lkpk ended(String... arguments) throws IOException, InterruptedException {
        Lkpk lkpk = new Lkpk("", arguments);
        lkpk.process.getOutputStream().close();
        lkpk.status();
        return lkpk;
    }

    private void read() {
        try (InputStream in = process.getInputStream()) {
            for (int value = in.read(); value >= 0; value = in.read()) {
                synchronized (out) {
                    out.write(value);
                    out.notifyAll();
                }
            }
        } catch (IOException ended) {
            // With the process.
        }
    }

    void type(String keys) throws IOException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.ISO_8859_1));
        process.getOutputStream().flush();
    }

    /** Waits until standard output ends with {@code text}. */
    void await(String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        synchronized (out) {
            while (!out().endsWith(text)) {
                long left = end - System.nanoTime();
                if (left <= 0 || !process.isAlive()) throw new AssertionError("no \"" + text + "\" at the end of: " + out());
                TimeUnit.NANOSECONDS.timedWait(out, Math.min(left, TimeUnit.SECONDS.toNanos(1)));
            }
        }
    }

    long pid() {
        return process.pid();
    }

    int status() throws InterruptedException {
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) throw new AssertionError("still running; so far: " + out());
        reader.join();
        return process.exitValue();
    }

    String out() {
        synchronized (out) {
            return out.toString(StandardCharsets.ISO_8859_1);
        }
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
