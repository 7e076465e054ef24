package org.lkpk.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this machine's own processor does now, with cases that nobody has seen before. */
final class FreshRecord implements Suite {
    private static final int CASES = 100, SECONDS = 900;
    private static final String RECORD = "bundles/conformance/record";

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
        Path folder = Files.createTempDirectory("lkpk");
        try {
            Command.Output made = Command.run(List.of(setting.project().resolve(RECORD).toString(),
                    Long.toString(setting.seed()), Integer.toString(CASES), folder.toString()), SECONDS);
            if (made.status() != 0) return Result.notRun("needs gcc -m32 (Debian: gcc-multilib) and ptrace: " + made.last());
            setting.progress().accept("recorded; replaying");
            try (DirectoryStream<Path> recordings = Files.newDirectoryStream(folder)) {
                Result all = new Result(0, 0, "", "");
                for (Path recording : recordings) all = all.and(replay(recording, setting));
                return all;
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private static Result replay(Path recording, Setting setting) throws IOException {
        try (InputStream in = Files.newInputStream(recording)) {
            return KeptRecord.replay(recording.getFileName().toString(), in, setting);
        }
    }
}
