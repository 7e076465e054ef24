package org.lkpk.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.machine.Boot;

/**
 * Debian's kernel of the flavour 686-pae: three levels of paging, pages that hold no code, and page tables of their own for
 * user space. The kernel looks for all of it, and walks its tables for pages that are both writable and executable.
 */
final class PaeKernel implements Suite {
    private static final String FLAVOUR = "686-pae", PROMPT = "lkpk:0# ";
    private static final List<String> SAID = List.of("NX (Execute Disable) protection: active",
            "Kernel/User page tables isolation: enabled", "x86/mm: Checked W+X mappings: passed, no W+X pages found.", PROMPT);
    private static final int SECONDS = 600;

    @Override
    public String name() {
        return "pae";
    }

    @Override
    public String title() {
        return "Debian's 686-pae kernel: NX, PTI, W^X, a shell";
    }

    @Override
    public String reproduce() {
        return "./lkpk conformance --fetch --only pae";
    }

    @Override
    public Result run(Setting setting) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("lkpk");
        try {
            if (setting.packages().kept("debian-" + FLAVOUR).isEmpty() && !setting.fetch()) return Result.notRun("the kernel is not there; --fetch gets it");
            Boot debian = setting.debian().fetch(FLAVOUR, setting.progress()).boot();
            Path kernel = Files.write(work.resolve("vmlinuz"), debian.kernel());
            Path initrd = Files.write(work.resolve("initrd"), debian.initrd());
            return judge(boot(setting, kernel, initrd));
        } catch (GuestUnavailable unavailable) {
            return Result.notRun(unavailable.getMessage());
        } finally {
            Folders.delete(work);
        }
    }

    private static String boot(Setting setting, Path kernel, Path initrd) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        Command.watch(List.of(setting.project().resolve("lkpk").toString(), "run", "--kernel", kernel.toString(), "--initrd", initrd.toString(),
                "--append", "console=ttyS0 panic=-1", "-m", "256", "--no-reboot", "--engine", setting.engine().title()), SECONDS, piece -> {
            text.append(piece);
            return text.indexOf(PROMPT, Math.max(0, text.length() - piece.length() - PROMPT.length())) < 0;
        });
        return text.toString();
    }

    static Result judge(String log) {
        List<String> missing = SAID.stream().filter(line -> !log.contains(line)).toList();
        return new Result(SAID.size(), missing.size(), "", missing.isEmpty() ? "" : "not said: " + missing);
    }
}
