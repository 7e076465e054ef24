package org.lkpk.authoring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of the host. */
final class Host {
    static final int MISSING = 127;

    private Host() { }

    /** @param text standard output */
    record Output(int status, String text, String complaint) { }

    /** Runs a program to its end in a folder; {@link #MISSING} if there is none of that name. */
    static Output run(Path folder, List<String> words) throws IOException, InterruptedException {
        Path complaints = Files.createTempFile("lkpk-", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile()).redirectError(complaints.toFile())
                    .redirectInput(Path.of("/dev/null").toFile());
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().remove("MAKEFLAGS");
            Process process;
            try {
                process = builder.start();
            } catch (IOException missing) {
                return new Output(MISSING, "", words.get(0) + ": no such program");
            }
            try {
                String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return new Output(process.waitFor(), text, new String(Files.readAllBytes(complaints), StandardCharsets.UTF_8));
            } finally {
                process.destroy();
            }
        } finally {
            Files.delete(complaints);
        }
    }
}
