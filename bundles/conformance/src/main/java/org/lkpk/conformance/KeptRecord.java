package org.lkpk.conformance;

import java.io.IOException;
import java.io.InputStream;

/** What a real processor did once: a recording that comes with the project. */
final class KeptRecord implements Suite {
    private final String recording;

    /** @param recording its name, as in {@code integer.rec.gz} */
    KeptRecord(String recording) {
        this.recording = recording;
    }

    @Override
    public String name() {
        return recording;
    }

    @Override
    public String title() {
        return "Host's processor, kept record: " + recording;
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --only " + recording;
    }

    @Override
    public Result run(Setting setting) throws IOException {
        try (InputStream in = KeptRecord.class.getResourceAsStream(recording + ".rec.gz")) {
            return replay(in, setting);
        }
    }

    static Result replay(InputStream compressed, Setting setting) throws IOException {
        try (Recording recording = new Recording(compressed)) {
            Replayer replayer = new Replayer(recording, setting.processors().get());
            Differences differences = replayer.run();
            return Result.of(replayer.cases(), differences, Long.toString(recording.seed), "recorded on " + recording.processor);
        }
    }
}
