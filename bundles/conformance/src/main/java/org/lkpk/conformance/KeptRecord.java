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
            return replay(recording, in, setting);
        }
    }

    /** Replays a recording of that name, which tells what is in it. */
    static Result replay(String name, InputStream compressed, Setting setting) throws IOException {
        return name.startsWith("simd") ? simd(compressed, setting) : integer(compressed, setting);
    }

    private static Result integer(InputStream compressed, Setting setting) throws IOException {
        try (Recording recording = new Recording(compressed)) {
            Replayer replayer = new Replayer(recording, setting.processors().get());
            return result(replayer.run(), replayer.cases(), recording.seed, recording.processor);
        }
    }

    private static Result simd(InputStream compressed, Setting setting) throws IOException {
        try (SimdRecording recording = new SimdRecording(compressed)) {
            SimdReplayer replayer = new SimdReplayer(recording, setting.processors().get());
            return result(replayer.run(), replayer.cases(), recording.seed, recording.processor);
        }
    }

    private static Result result(Differences differences, long cases, long seed, String processor) {
        return Result.of(cases, differences, Long.toString(seed), "recorded on " + processor);
    }
}
