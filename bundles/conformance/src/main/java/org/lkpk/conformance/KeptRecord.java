package org.lkpk.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a real processor did once: the recording that comes with the project. */
final class KeptRecord implements Suite {
    static final String FILE = "bundles/conformance/host.rec.xz";

    @Override
    public String name() {
        return "kept";
    }

    @Override
    public String title() {
        return "Host's processor, kept record";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --only kept";
    }

    @Override
    public Result run(Setting setting) throws IOException {
        return replay(setting.project().resolve(FILE), setting);
    }

    static Result replay(Path file, Setting setting) throws IOException {
        try (InputStream in = Files.newInputStream(file); Recording recording = new Recording(in)) {
            Replayer replayer = new Replayer(recording, setting.processors().get(), setting.engine());
            Differences differences = replayer.run();
            return Result.of(replayer.cases(), differences, Long.toString(recording.seed),
                    String.format("%,d forms, recorded on %s", recording.parts.size(), recording.processor));
        }
    }
}
