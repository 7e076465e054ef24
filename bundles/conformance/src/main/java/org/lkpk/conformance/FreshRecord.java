package org.lkpk.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine's own processor does now, with cases that nobody has seen before. */
final class FreshRecord implements Suite {
    private static final int CASES = 200;

    @Override
    public String name() {
        return "fresh";
    }

    @Override
    public String title() {
        return "Host's processor, fresh record";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --only fresh --seed SEED";
    }

    @Override
    public Result run(Setting setting) throws IOException, InterruptedException {
        Path recording = Files.createTempFile("lkpk", ".rec.xz");
        try {
            Recorder.record(setting.project(), setting.seed(), CASES, recording);
            setting.progress().accept("recorded; replaying");
            return KeptRecord.replay(recording, setting);
        } finally {
            Files.delete(recording);
        }
    }
}
