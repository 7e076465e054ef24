package org.lkpk.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.guest.Packages.Wanted;

/**
 * memtest86+, which knows what its patterns must be when it reads them back. Its test 10 leaves memory alone for minutes
 * to see whether it fades, and is not waited for.
 */
final class Memtest implements Suite {
    private static final String COLLECTION = "conformance-memtest", FILE = "memtest86+ia32.bin";
    private static final List<Wanted> WANTED = List.of(new Wanted("memtest86+", Pattern.compile("boot/memtest86\\+ia32\\.bin"), null));
    private static final int TESTS = 10, SECONDS = 1200;

    @Override
    public String name() {
        return "memtest";
    }

    @Override
    public String title() {
        return "memtest86+, tests 0-9 on 32 MB";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --fetch --only memtest";
    }

    @Override
    public Result run(Setting setting) throws IOException, InterruptedException {
        Map<String, byte[]> files = setting.packages().kept(COLLECTION);
        if (files.isEmpty() && !setting.fetch()) return Result.notRun("memtest86+ is not there; --fetch gets it");
        Path kernel = Files.createTempFile("lkpk", ".bin");
        try {
            if (files.isEmpty()) files = setting.packages().fetch(COLLECTION, WANTED, setting.progress());
            Files.write(kernel, files.get(FILE));
            return watch(setting, kernel);
        } catch (GuestUnavailable unavailable) {
            return Result.notRun(unavailable.getMessage());
        } finally {
            Files.delete(kernel);
        }
    }

    private static Result watch(Setting setting, Path kernel) throws IOException, InterruptedException {
        MemtestScreen screen = new MemtestScreen();
        Command.watch(List.of(setting.project().resolve("lkpk").toString(), "run", "--kernel", kernel.toString(),
                "--append", "console=ttyS0,115200", "-m", "32", "--engine", setting.engine().title()), SECONDS, piece -> {
            String before = screen.test();
            screen.add(piece);
            if (!screen.test().equals(before)) setting.progress().accept("  " + screen.test());
            return !done(screen) && screen.errors() == 0;
        });
        if (screen.errors() > 0) return new Result(TESTS, 1, "", screen.errors() + " errors in " + screen.test());
        if (done(screen)) return new Result(TESTS, 0, "", "no errors");
        return new Result(screen.seen().size(), 1, "", "did not end in " + SECONDS + " s; last: " + screen.test());
    }

    private static boolean done(MemtestScreen screen) {
        return screen.seen().contains(TESTS) || screen.passes() > 0;
    }
}
