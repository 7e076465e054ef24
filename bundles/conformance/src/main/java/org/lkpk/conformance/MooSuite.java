package org.lkpk.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.lkpk.api.cpu.Profile;

/** Steps of a real 80386EX in real mode, as SingleStepTests recorded them: every MOO file among the suites. */
final class MooSuite implements Suite {
    @Override
    public String name() {
        return "moo";
    }

    @Override
    public String title() {
        return "SingleStepTests, 80386";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --only moo --suites FOLDER";
    }

    @Override
    public Result run(Setting setting) throws IOException {
        List<Path> files = files(setting.suites());
        if (files.isEmpty()) return Result.notRun("no MOO files among the suites; --suites names their folder");
        MooReplayer replayer = new MooReplayer(setting.processors().get(), setting.engine(), Profile.I386);
        for (Path file : files) replayer.run(new Moo(file));
        return Result.of(replayer.cases(), replayer.differences(), "", files.size() == 1 ? "1 file" : files.size() + " files");
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(f -> f.toString().endsWith(".MOO")).sorted().toList();
        }
    }
}
