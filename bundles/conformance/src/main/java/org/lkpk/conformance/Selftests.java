package org.lkpk.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
    /** Tests of what a processor need not have, and the flag that says that it has. */
    private static final Map<String, String> NEEDS = Map.of("test_FISTTP", "pni", "test_FCMOV", "cmov", "test_FCOMI", "cmov");
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
            delete(work);
        }
    }

    private static Result judge(Setting setting, SelftestPrograms programs, Path work)
            throws IOException, InterruptedException, GuestUnavailable {
        setting.progress().accept(programs.built.size() + " tests on this machine's own processor");
        SelftestLog host = programs.onHost();
        Boot debian = setting.debian().fetch(setting.progress()).boot();
        Path kernel = Files.write(work.resolve("vmlinuz"), debian.kernel());
        Path initrd = work.resolve("initrd");
        Files.write(initrd, debian.initrd());
        Files.write(initrd, programs.archive(), java.nio.file.StandardOpenOption.APPEND);
        List<String> machine = List.of("-kernel", kernel.toString(), "-initrd", initrd.toString(), "-append", "console=ttyS0 panic=-1 quiet",
                "-m", "256", "-no-reboot");
        setting.progress().accept("the same in the guest");
        String text = run(setting, List.of(setting.project().resolve("lkpk").toString(), "run"), machine);
        SelftestLog guest = new SelftestLog(text);
        Set<String> excused = new TreeSet<>(), bad = new TreeSet<>();
        for (String test : guest.outcomes().keySet()) {
            if (!guest.bad(test)) continue;
            if (host.bad(test) || lacks(text, test)) excused.add(test);
            else bad.add(test);
        }
        if (!bad.isEmpty()) {
            setting.progress().accept("those that failed, under QEMU");
            SelftestLog peer = new SelftestLog(run(setting, List.of("qemu-system-i386", "-nographic", "-monitor", "none"), machine));
            for (String test : List.copyOf(bad)) if (peer.bad(test) && bad.remove(test)) excused.add(test);
        }
        return result(programs, guest, host, text, bad, excused);
    }

    private static String run(Setting setting, List<String> program, List<String> options) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        Command.watch(Stream.concat(program.stream(), options.stream()).toList(), SECONDS, piece -> {
            text.append(piece);
            int begun = text.lastIndexOf(SelftestLog.BEGIN), end = text.indexOf("\n", Math.max(begun, 0));
            if (piece.contains(SelftestLog.BEGIN) && end > 0) setting.progress().accept("  " + text.substring(begun + SelftestLog.BEGIN.length(), end).strip());
            return true;
        });
        return text.toString();
    }

    private static boolean lacks(String text, String test) {
        String flag = NEEDS.get(test);
        return flag != null && !text.lines().filter(line -> line.startsWith("flags")).findFirst().orElse(flag).matches(".*\\b" + flag + "\\b.*");
    }

    private static Result result(SelftestPrograms programs, SelftestLog guest, SelftestLog host, String text, Set<String> bad, Set<String> excused) {
        long cases = 0;
        StringBuilder note = new StringBuilder();
        for (Map.Entry<String, SelftestLog.Outcome> test : guest.outcomes().entrySet()) {
            SelftestLog.Outcome outcome = test.getValue();
            cases += outcome.ok() + outcome.failed();
            if (outcome.skipped() > 0)
                note.append(test.getKey()).append(": skips ").append(outcome.skipped()).append(": ").append(guest.firstSkip(test.getKey())).append('\n');
        }
        for (String test : bad) note.append(test).append(" DIFFERS: ").append(guest.firstFailure(test)).append('\n');
        for (String test : excused)
            note.append(test).append(": ").append(guest.firstFailure(test)).append(lacks(text, test)
                    ? ", not counted: the processor of this profile does not claim " + NEEDS.get(test)
                    : host.bad(test) ? ", as on the host's own processor" : ", as under QEMU").append('\n');
        programs.failed.forEach((test, why) -> note.append(test).append(": not built: ").append(why).append('\n'));
        Set<String> missing = new TreeSet<>(programs.built.keySet());
        missing.removeAll(guest.outcomes().keySet());
        for (String test : missing) note.append(test).append(" DIFFERS: did not end in the guest\n");
        return new Result(cases, bad.size() + missing.size(), "", programs.built.size() + " programs\n" + note);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
