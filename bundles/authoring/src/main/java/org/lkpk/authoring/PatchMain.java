package org.lkpk.authoring;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.lkpk.api.guest.Packages;
import org.lkpk.api.patch.Trust;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code lkpk patch new} and {@code build}: called by the launcher once everything is started. */
@Component(service = Callable.class, property = "lkpk.main=patch")
public final class PatchMain implements Callable<Integer> {
    static final String HELP = """
            lkpk patch new NAME --function F    opens the folder NAME with the kernel's file that defines F, ready to edit
                --kernel RELEASE                for this kernel of Debian's (the guest's); may be given again
                --file PATH                     which file, where several define F
            lkpk patch build NAME               makes NAME/NAME.jar of what was changed in the folder NAME
                --diff FILE                     or of a unified diff over one file or several
                --kernel RELEASE                for these kernels
            lkpk patch build FILE --function F  makes a patch of a .c or .s that defines F and may call the old one by lkpk_old_F
                                                ("F;new=G" if the file calls it G; several are separated by commas)
                --kernel GLOB                   for the kernels whose release fits (6.1.*-686)
            lkpk patch check FILE.jar           boots a kernel, applies the patch, takes it back and keeps nothing
                --kernel F --initrd F --append S    this kernel, a file or a release of Debian's (the guest's)
                --json                          tells what came out for programs
                --timeout SECONDS               gives up after so long (300)
            Exit status: 0 done; 1 the patch was refused by the kernel's checks; 2 asked wrongly or refused when it was built.
            """;
    private final BundleContext context;
    private final Packages packages;
    private final Trust trust;

    @Activate
    public PatchMain(BundleContext context, @Reference Packages packages, @Reference Trust trust) {
        this.context = context;
        this.packages = packages;
        this.trust = trust;
    }

    @Override
    public Integer call() throws InterruptedException {
        String given = context.getProperty("lkpk.arguments");
        List<String> words = given.isEmpty() ? List.of() : List.of(given.split("\0", -1));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        if (words.isEmpty() || words.contains("--help") || words.contains("-help") || words.get(0).equals("help")) {
            out.print(HELP);
            return words.isEmpty() ? Refusal.STATUS : 0;
        }
        try {
            List<String> rest = words.subList(1, words.size());
            return switch (words.get(0)) {
                case "new" -> new NewCommand(packages, out).run(new Arguments(rest, Set.of("function", "kernel", "file"), Set.of()));
                case "build" -> new BuildCommand(packages, trust, out).run(
                        new Arguments(rest, Set.of("function", "kernel", "diff"), Set.of()));
                default -> throw new Refusal("patch " + words.get(0) + ": there are new, build and check");
            };
        } catch (Refusal refusal) {
            System.err.println("lkpk: " + refusal.getMessage());
            return Refusal.STATUS;
        } catch (IOException failure) {
            System.err.println("lkpk: " + Refusal.reason(failure));
            return Refusal.STATUS;
        }
    }

    /** Lines about things that take long. */
    static void progress(String line) {
        System.err.println("lkpk: " + line);
    }
}
