package org.lkpk.authoring;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.guest.Packages;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.Machines;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.Patcher;
import org.lkpk.api.patch.Trust;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code lkpk patch check}: whether a kernel takes a patch, for people and for a CI job. */
@Component(service = Callable.class, property = "lkpk.main=check")
public final class CheckMain implements Callable<Integer> {
    private static final String APPEND = "console=ttyS0 panic=-1 cryptomgr.notests";

    private final BundleContext context;
    private final Machines machines;
    private final Patcher patcher;
    private final Packages packages;
    private final Guest debian;
    private final Trust trust;

    @Activate
    public CheckMain(BundleContext context, @Reference Machines machines, @Reference Patcher patcher, @Reference Packages packages,
            @Reference(target = "(" + Guest.NAME + "=debian)") Guest debian, @Reference Trust trust) {
        this.context = context;
        this.machines = machines;
        this.patcher = patcher;
        this.packages = packages;
        this.debian = debian;
        this.trust = trust;
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try {
            String given = context.getProperty("lkpk.arguments");
            Arguments arguments = new Arguments(given.isEmpty() ? List.of() : List.of(given.split("\0", -1)),
                    Set.of("kernel", "initrd", "append", "m", "timeout"), Set.of("json", "allow-unsigned", "help"));
            if (arguments.has("help")) {
                out.print(PatchMain.HELP);
                return 0;
            }
            Path jar = Path.of(arguments.name("the patch's file"));
            if (!Files.isRegularFile(jar)) throw new Refusal(jar + (Files.isDirectory(jar) ? ": is a folder; its patch is " + jar.resolve(jar.toAbsolutePath().normalize().getFileName() + ".jar") : ": no such file"));
            Rehearsal rehearsal = new Rehearsal(context, machines, patcher, number(arguments, "m", "256"), number(arguments, "timeout", "300"));
            Rehearsal.Verdict verdict = vouched(jar, () -> rehearsal.of(jar, image(arguments)));
            out.println(arguments.has("json") ? verdict.json() : verdict.line());
            return verdict.status();
        } catch (Refusal refusal) {
            System.err.println("lkpk: " + refusal.getMessage());
            return Refusal.STATUS;
        } catch (IOException failure) {
            System.err.println("lkpk: " + Refusal.reason(failure));
            return Refusal.STATUS;
        }
    }

    private interface Work {
        Rehearsal.Verdict done() throws Refusal, IOException, InterruptedException;
    }

    private Rehearsal.Verdict vouched(Path jar, Work work) throws Refusal, IOException, InterruptedException {
        try {
            String voucher = trust.check(jar);
            return work.done().vouchedFor(voucher);
        } catch (PatchRefused refused) {
            return Rehearsal.Verdict.refused(jar, refused.getMessage());
        }
    }

    private static int number(Arguments arguments, String option, String otherwise) throws Refusal {
        String value = arguments.value(option, otherwise).replaceFirst("M$", "");
        if (!value.matches("[1-9][0-9]{0,5}")) throw new Refusal("--" + option + " " + value + ": not a number");
        return Integer.parseInt(value);
    }

    /** One of the guest's kernels, or one of the user's with, unless told otherwise, the guest's root file system. */
    private Guest.Image image(Arguments arguments) throws Refusal, IOException {
        try {
            if (!arguments.has("kernel")) return debian.fetch(PatchMain::progress);
            Path kernel = Path.of(arguments.value("kernel", ""));
            if (KernelTree.VERSION.matcher(kernel.toString()).matches()) return debian.fetch(kernel.toString(), PatchMain::progress);
            if (!Files.isRegularFile(kernel)) throw new Refusal("--kernel " + kernel + ": no such file, and no release such as 6.1.0-50-686");
            byte[] root = initrd(arguments);
            return new Guest.Image(new Boot(kernel.toString(), Files.readAllBytes(kernel), root, arguments.value("append", APPEND)), Optional.empty());
        } catch (GuestUnavailable unavailable) {
            throw new Refusal(unavailable.getMessage());
        }
    }

    private byte[] initrd(Arguments arguments) throws Refusal, IOException, GuestUnavailable {
        if (!arguments.has("initrd")) {
            Map<String, byte[]> kept = packages.kept("debian-686");
            return kept.containsKey("initramfs.cpio") ? kept.get("initramfs.cpio") : debian.fetch(PatchMain::progress).boot().initrd();
        }
        Path file = Path.of(arguments.value("initrd", ""));
        if (!Files.isRegularFile(file)) throw new Refusal("--initrd " + file + ": no such file");
        return Files.readAllBytes(file);
    }
}
