package org.lkpk.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.guest.Packages.Wanted;
import org.lkpk.api.machine.Boot;

/**
 * The kernel's own selftests for x86, as programs of a Debian that our machine runs. What fails there counts, unless
 * the same program fails on the host's own processor, or under QEMU with the same kernel, too.
 */
final class Selftests implements Suite {
    private static final String COLLECTION = "conformance-selftests";
    private static final List<Wanted> WANTED = List.of(new Wanted("linux-source-6.1", Pattern.compile("usr/src/linux-source-6\\.1\\.tar\\.xz"),
            Pattern.compile("[^/]*/(tools/testing/selftests/(x86/[^/]*|kselftest\\.h)|arch/x86/include/asm/desc_defs\\.h)")));
    private static final int SECONDS = 900;

    @Override
    public String name() {
        return "selftests";
    }

    @Override
    public String title() {
        return "Linux's selftests for x86, in the guest";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --fetch --only selftests";
    }

    @Override
    public Result run(Setting setting) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("lkpk");
        try {
            Map<String, byte[]> sources = setting.packages().kept(COLLECTION);
            if (sources.isEmpty() && !setting.fetch()) return Result.notRun("the kernel's source is not there; --fetch gets it");
            if (sources.isEmpty()) sources = setting.packages().fetch(COLLECTION, WANTED, setting.progress());
            SelftestPrograms programs = new SelftestPrograms(sources, work);
            programs.build(SelftestPrograms.names(new String(sources.get("Makefile"), StandardCharsets.UTF_8)));
            if (programs.built.isEmpty()) return Result.notRun("needs gcc -m32 (Debian: gcc-multilib): " + programs.failed.values());
            return judge(setting, programs, work);
        } catch (GuestUnavailable unavailable) {
            return Result.notRun(unavailable.getMessage());
        } finally {
            Folders.delete(work);
        }
    }

    private static Result judge(Setting setting, SelftestPrograms programs, Path work)
            throws IOException, InterruptedException, GuestUnavailable {
        setting.progress().accept(programs.built.size() + " tests on this machine's own processor");
        SelftestVerdict verdict = new SelftestVerdict(programs, programs.onHost());
        Boot debian = setting.debian().fetch(setting.progress()).boot();
        Path kernel = Files.write(work.resolve("vmlinuz"), debian.kernel());
        Path initrd = Files.write(work.resolve("initrd"), debian.initrd());
        Files.write(initrd, programs.archive(), StandardOpenOption.APPEND);
        List<String> machine = List.of("-kernel", kernel.toString(), "-initrd", initrd.toString(), "-append", "console=ttyS0 panic=-1 quiet",
                "-m", "256", "-no-reboot");
        setting.progress().accept("the same in the guest");
        verdict.guest(run(setting, List.of(setting.project().resolve("lkpk").toString(), "run", "-engine", setting.engine().title()), machine));
        if (!verdict.differing().isEmpty()) {
            setting.progress().accept("the same under QEMU, since they differ: " + verdict.differing());
            verdict.peer(run(setting, List.of("qemu-system-i386", "-nographic", "-monitor", "none"), machine));
        }
        return new Result(verdict.cases(), verdict.differing().size(), "", verdict.note());
    }

    private static String run(Setting setting, List<String> program, List<String> options) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        Command.watch(Stream.concat(program.stream(), options.stream()).toList(), SECONDS, piece -> {
            int line = text.lastIndexOf("\n") + 1;
            text.append(piece);
            if (piece.indexOf('\n') >= 0)
                text.substring(line, text.lastIndexOf("\n")).lines().filter(l -> l.startsWith(SelftestLog.BEGIN))
                        .forEach(l -> setting.progress().accept("  " + l.substring(SelftestLog.BEGIN.length())));
            return true;
        });
        return text.toString();
    }
}
