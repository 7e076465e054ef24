package org.lkpk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The processes that were started and have not ended; none outlives this. */
final class Children implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 3;
    private final Set<Process> all = ConcurrentHashMap.newKeySet();
    private boolean closed;

    /** Starts it with nothing on standard input. */
    synchronized Running start(ProcessBuilder builder) throws IOException {
        if (closed) throw new IOException("interrupted");
        Path errors = Files.createTempFile("lkpk-bench-", ".err");
        Process process = builder.redirectInput(Path.of("/dev/null").toFile()).redirectError(errors.toFile()).start();
        all.add(process);
        return new Running(process, errors, this);
    }

    /** Whether the command is to end. */
    synchronized boolean closed() {
        return closed;
    }

    void end(Process process) {
        try {
            // One that resets is about to end.
            if (!process.waitFor(100, TimeUnit.MILLISECONDS)) process.toHandle().destroy();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) process.toHandle().destroyForcibly();
        } catch (InterruptedException hurry) {
            process.toHandle().destroyForcibly();
            Thread.currentThread().interrupt();
        }
        all.remove(process);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        all.forEach(process -> process.toHandle().destroy());
        all.forEach(this::end);
    }
}
