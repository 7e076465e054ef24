package org.lkpk.itest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The script {@code lkpk} as a process, as users start it. */
final class Command implements AutoCloseable {
    private static final long PATIENCE_S = 60;
    private static final Path SCRIPT = Container.ROOT.resolve("lkpk");

    private final Process process;
    private final Sink out;
    private final Sink err;

    private Command(List<String> command, Map<String, String> environment) throws IOException {
        // This build has made all that the script runs: it need not look for itself.
        Files.write(Container.HOME.resolve("built"), new byte[0]);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        process = builder.start();
        out = new Sink(process.getInputStream());
        err = new Sink(process.getErrorStream());
    }

    static Command lkpk(String... arguments) throws IOException {
        return lkpk(Map.of(), arguments);
    }

    static Command lkpk(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        return new Command(command, environment);
    }

    static Command shell(String script) throws IOException {
        return new Command(List.of("sh", "-c", script.replace("LKPK", SCRIPT.toString())), Map.of());
    }

    Command type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        process.getOutputStream().flush();
        return this;
    }

    /** Ends standard input. */
    Command end() throws IOException {
        process.getOutputStream().close();
        return this;
    }

    /** Waits until a text has been printed. */
    Command await(String text) throws InterruptedException {
        for (long end = System.nanoTime() + PATIENCE_S * 1_000_000_000; !out.text().contains(text); Thread.sleep(20))
            if (System.nanoTime() > end) throw new AssertionError("no " + text + " in " + out.text() + "; " + err.text());
        return this;
    }

    /** Waits for the end; the exit status. */
    int status() throws InterruptedException {
        return status(PATIENCE_S);
    }

    int status(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) throw new AssertionError("does not end: " + err.text());
        out.join();
        err.join();
        return process.exitValue();
    }

    void terminate() {
        process.destroy();
    }

    String out() {
        return out.text();
    }

    String err() {
        return err.text();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Takes what a process prints. */
    private static final class Sink extends Thread {
        private final InputStream in;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Sink(InputStream in) {
            this.in = in;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try {
                in.transferTo(bytes);
            } catch (IOException closed) {
                // The process is gone.
            }
        }

        String text() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
