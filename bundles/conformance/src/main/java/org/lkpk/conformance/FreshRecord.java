package org.lkpk.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this machine's own processor does now, with cases that nobody has seen before. */
final class FreshRecord implements Suite {
    private static final int CASES = 100;
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
        Path file = Files.createTempFile("lkpk", ".rec.gz");
        try {
            Command.Output made = Command.run(List.of(setting.project().resolve(RECORD).toString(),
                    Long.toString(setting.seed()), Integer.toString(CASES), file.toString()), 600);
            if (made.status() != 0) return Result.notRun("needs gcc -m32 (Debian: gcc-multilib) and ptrace: " + made.last());
            try (InputStream in = Files.newInputStream(file)) {
                return KeptRecord.replay(in, setting);
            }
        } finally {
            Files.delete(file);
        }
    }
}
