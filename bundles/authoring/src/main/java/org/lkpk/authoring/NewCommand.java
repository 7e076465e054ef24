package org.lkpk.authoring;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.guest.Packages;
import org.lkpk.authoring.elf.Piece;
import org.lkpk.authoring.elf.Pieces;
import org.lkpk.authoring.source.Definitions;

/** {@code lkpk patch new}: a folder with the file that defines a function, ready to edit. */
final class NewCommand {
    private static final String SYSTEM_CALL = "__do_sys_";

    private final Packages packages;
    private final PrintStream out;

    NewCommand(Packages packages, PrintStream out) {
        this.packages = packages;
        this.out = out;
    }

    int run(Arguments arguments) throws Refusal, IOException, InterruptedException {
        String name = arguments.name("the patch's name");
        Path folder = Path.of(name).toAbsolutePath().normalize();
        name = folder.getFileName().toString();
        Project.checkName(name);
        if (Files.exists(folder)) throw new Refusal(folder + ": is there already");
        List<String> functions = arguments.values("function");
        if (functions.isEmpty()) throw new Refusal("patch new: --function is missing");
        List<KernelTree> kernels = new ArrayList<>();
        List<String> releases = arguments.values("kernel");
        if (releases.isEmpty()) releases = List.of(KernelTree.current(packages, PatchMain::progress));
        for (String release : releases) kernels.add(KernelTree.of(packages, release, PatchMain::progress));
        KernelTree first = kernels.get(0);
        List<String> files = new ArrayList<>();
        for (String function : functions) {
            String file = file(first, function, arguments.value("file", ""));
            if (!files.contains(file)) files.add(file);
        }
        Project.create(folder, name, releases, files, functions);
        for (String file : files) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.copy(first.source().resolve(file), folder.resolve(file));
        }
        for (String function : functions) tell(first, function, files, folder);
        out.println("edit it, then: lkpk patch build " + arguments.name("name"));
        return 0;
    }

    private static String file(KernelTree kernel, String function, String wanted) throws Refusal, IOException {
        if (!wanted.isEmpty()) {
            if (Definitions.line(kernel.text(wanted), function) == 0) throw new Refusal(wanted + ": does not define " + function);
            return wanted;
        }
        List<String> found = Definitions.files(kernel.source(), function);
        if (found.isEmpty()) throw new Refusal(function + ": no .c file of kernel " + kernel.release() + " defines such a function" + hint(kernel, function));
        if (found.size() > 1)
            throw new Refusal(function + ": defined in " + found.size() + " files; name one by --file: " + String.join(", ", found));
        return found.get(0);
    }

    private static String hint(KernelTree kernel, String function) throws IOException {
        if (!Definitions.files(kernel.source(), SYSTEM_CALL + function).isEmpty()) return "; a system call's is " + SYSTEM_CALL + function;
        return "; name the file by --file if a macro does, and the callers if a header does";
    }

    /** Where the function is, and what is worth knowing before it is changed; compiles the file, so that the build is quick. */
    private void tell(KernelTree kernel, String function, List<String> files, Path folder) throws Refusal, IOException, InterruptedException {
        for (String file : files) {
            List<String> text = kernel.text(file);
            int line = Definitions.line(text, function);
            if (line == 0) continue;
            out.println(function + " is at " + folder.getFileName() + "/" + file + ":" + line);
            try {
                Compiler compiler = new Compiler(kernel);
                Pieces pieces = new Pieces(compiler.pristine(file));
                String module = compiler.command(file).module();
                if (!module.isEmpty()) out.println(file + " is part of the loadable module " + module);
                List<Piece> own = pieces.all().stream().filter(p -> p.name().replaceFirst("\\..*", "").equals(function)).toList();
                List<String> callers = Definitions.callers(text, function);
                if (own.isEmpty())
                    out.println(function + " is inlined, so that its callers will be replaced" + (callers.isEmpty() ? "" : ": " + String.join(", ", callers)));
                if (own.stream().anyMatch(Piece::gone)) out.println(function + " is __init or __exit code, which a running kernel no longer has");
            } catch (Refusal later) {
                out.println("note: " + later.getMessage());
            }
        }
    }
}
