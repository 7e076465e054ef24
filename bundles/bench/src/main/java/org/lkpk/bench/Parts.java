package org.lkpk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processor's parts by JMH: Maven runs them, as tests of this bundle, from the project's sources. */
record Parts(Path project, Progress progress) {
    /** Measures for some minutes and returns JMH's table. */
    String measure(Children children) throws IOException, InterruptedException {
        Path result = Files.createDirectories(project.resolve("target/bench")).resolve("parts.txt");
        Files.deleteIfExists(result);
        progress.line("parts by JMH, five minutes");
        ProcessBuilder maven = new ProcessBuilder("mvn", "-B", "-pl", "bundles/bench", "-am", "verify", "-Dtest=org.lkpk.bench.parts.PartsTest",
                "-Dsurefire.failIfNoSpecifiedTests=false", "-Dlkpk.parts=" + result).directory(project.toFile());
        StringBuilder errors = new StringBuilder();
        try (Running running = children.start(maven)) {
            running.read((piece, seconds) -> {
                piece.lines().filter(line -> line.startsWith("# Benchmark:")).forEach(line -> progress.step(line.replaceFirst(".*\\.", "")));
                piece.lines().filter(line -> line.contains("[ERROR]")).limit(5).forEach(line -> errors.append('\n').append(line));
                return true;
            });
        }
        progress.end();
        if (!Files.exists(result)) throw new IOException("--parts: mvn -pl bundles/bench -am verify -Dtest=PartsTest failed" + errors);
        return Files.readString(result);
    }
}
