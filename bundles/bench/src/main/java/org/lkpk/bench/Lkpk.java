package org.lkpk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ours: the script {@code lkpk} of this project or of another checkout.
 *
 * @param options more of them for {@code lkpk run}
 */
record Lkpk(String name, Path project, List<String> options) implements Emulator {
    @Override
    public Optional<String> missing() throws IOException, InterruptedException {
        if (!Files.isExecutable(script())) return Optional.of(script() + " is no program");
        // A checkout that is not built, or no longer as it was, is built now and not while it is measured.
        Process help = new ProcessBuilder(script().toString(), "run", "--help").redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return help.waitFor() == 0 ? Optional.empty() : Optional.of(script() + " does not run");
    }

    @Override
    public ProcessBuilder process(Pc pc) {
        List<String> words = new ArrayList<>(List.of(script().toString(), "run", "-m", Integer.toString(Pc.MEGABYTES), "-cpu", pc.model().title,
                "-no-reboot", "-serial", pc.serial().map(file -> "file:" + file).orElse("stdio"), "-kernel", pc.kernel().toString(),
                "-initrd", pc.initrd().toString(), "-append", pc.append()));
        words.addAll(options);
        return new ProcessBuilder(words);
    }

    private Path script() {
        return project.resolve("lkpk");
    }
}
