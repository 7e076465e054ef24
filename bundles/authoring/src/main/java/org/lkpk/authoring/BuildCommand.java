package org.lkpk.authoring;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.lkpk.api.guest.Packages;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.Trust;
import org.lkpk.authoring.elf.ObjectWriter;
import org.lkpk.authoring.elf.Piece;
import org.lkpk.authoring.elf.Pieces;
import org.lkpk.authoring.source.Definitions;
import org.lkpk.authoring.source.Edit;
import org.lkpk.authoring.source.UnifiedDiff;

/** {@code lkpk patch build}: a signed patch bundle of a changed file, a diff, or a hand-written source. */
final class BuildCommand {
    private static final List<String> CALLBACKS = List.of("before-apply", "after-apply", "before-revert", "after-revert");

    private final Packages packages;
    private final Trust trust;
    private final PrintStream out;

    BuildCommand(Packages packages, Trust trust, PrintStream out) {
        this.packages = packages;
        this.trust = trust;
        this.out = out;
    }

    int run(Arguments arguments) throws Refusal, IOException, InterruptedException {
        String name = arguments.name("the patch's folder or source");
        if (name.matches(".*\\.[cs]") && Files.isRegularFile(Path.of(name))) return handWritten(Path.of(name), arguments);
        Path folder = Path.of(name).toAbsolutePath().normalize();
        if (Files.isRegularFile(folder)) throw new Refusal(name + ": neither a folder of lkpk patch new nor a .c or .s file");
        boolean known = Files.isRegularFile(folder.resolve(Project.SETTINGS));
        Project project = known || !arguments.has("diff") ? Project.open(folder) : new Project(folder, new Properties());
        Project.checkName(project.name());
        List<KernelTree> kernels = kernels(project, arguments);
        Map<String, List<Part>> parts = new LinkedHashMap<>();
        List<String> refusals = new ArrayList<>();
        for (KernelTree kernel : kernels) parts.put(kernel.release(), parts(project, kernel, edits(project, kernels.get(0), kernel, arguments), refusals));
        if (!refusals.isEmpty()) throw new Refusal(project.name() + " cannot be a live patch:\n  " + String.join("\n  ", refusals));
        Path jar = known ? project.jar() : Path.of(project.name() + ".jar").toAbsolutePath();
        write(project, parts, jar);
        return 0;
    }

    private List<KernelTree> kernels(Project project, Arguments arguments) throws Refusal, IOException {
        List<String> releases = arguments.values("kernel");
        if (releases.isEmpty()) releases = project.words("kernels");
        if (releases.isEmpty()) releases = List.of(KernelTree.current(packages, PatchMain::progress));
        List<KernelTree> kernels = new ArrayList<>();
        for (String release : releases) kernels.add(KernelTree.of(packages, release, PatchMain::progress));
        return kernels;
    }

    /** What changes in the files of one kernel; where they are not those that the user edited, the difference is applied. */
    private static List<Edit> edits(Project project, KernelTree first, KernelTree kernel, Arguments arguments)
            throws Refusal, IOException, InterruptedException {
        List<Edit> edits = new ArrayList<>();
        try {
            if (arguments.has("diff")) {
                Path file = Path.of(arguments.value("diff", ""));
                if (!Files.isRegularFile(file)) throw new Refusal("--diff " + file + ": no such file");
                UnifiedDiff diff = new UnifiedDiff(file.toString(), Definitions.lines(Files.readAllBytes(file)));
                for (String path : diff.paths()) {
                    if (!path.endsWith(".c")) throw new Refusal(Headers.reason(kernel, path, diff));
                    List<String> before = kernel.text(path);
                    edits.add(new Edit(path, before, diff.applied(file.toString(), path, before)));
                }
                return edits;
            }
            for (String path : project.words("files")) {
                List<String> base = first.text(path);
                Path file = project.folder().resolve(path);
                if (!Files.isRegularFile(file)) throw new Refusal(file + ": no such file, though " + Project.SETTINGS + " names it");
                Edit edit = new Edit(path, base, Definitions.lines(Files.readAllBytes(file)));
                if (!edit.changed()) continue;
                List<String> before = kernel.text(path);
                edits.add(before.equals(base) ? edit : new Edit(path, before, moved(edit, before)));
            }
            return edits;
        } catch (IOException failure) {
            throw new Refusal("kernel " + kernel.release() + ": " + failure.getMessage());
        }
    }

    private static List<String> moved(Edit edit, List<String> before) throws IOException {
        List<String> diff = UnifiedDiff.between(edit.path(), edit.before(), edit.after());
        return new UnifiedDiff("the change", diff).applied("the change", edit.path(), before);
    }

    private List<Part> parts(Project project, KernelTree kernel, List<Edit> edits, List<String> refusals)
            throws Refusal, IOException, InterruptedException {
        if (edits.isEmpty()) throw new Refusal(project.folder() + ": nothing has been changed in " + String.join(", ", project.words("files")));
        Compiler compiler = new Compiler(kernel);
        if (!compiler.exact()) PatchMain.progress("kernel " + kernel.release() + " was made by " + kernel.compiler()
                + "; this is another one, and the patcher will refuse what comes out differently");
        Set<String> exported = kernel.exported();
        Set<String> callbacks = new HashSet<>();
        for (String when : CALLBACKS) callbacks.addAll(project.words(when));
        List<Part> parts = new ArrayList<>();
        boolean something = false;
        for (Edit edit : edits) {
            Path shown = project.folder().resolve(edit.path());
            Part part = new Part(edit, shown, compiler, exported, callbacks);
            for (String line : part.refusals(Path.of("").toAbsolutePath().relativize(shown))) if (!refusals.contains(line)) refusals.add(line);
            something |= !part.comparison().replaced().isEmpty();
            parts.add(part);
        }
        if (!something && refusals.isEmpty())
            throw new Refusal(project.name() + ": the compiler makes the same code as before of " + String.join(", ", edits.stream().map(Edit::path).toList()));
        return parts;
    }

    private void write(Project project, Map<String, List<Part>> kernels, Path jar) throws Refusal, IOException {
        PatchJar bundle = new PatchJar(project.name(), project.version());
        List<String> objects = new ArrayList<>();
        Map<String, List<String>> functions = new LinkedHashMap<>();
        kernels.forEach((release, parts) -> {
            ObjectWriter fresh = new ObjectWriter();
            ObjectWriter pristine = new ObjectWriter();
            for (Part part : parts) {
                part.extract().writeNew(fresh);
                part.extract().writePristine(pristine);
                for (Piece piece : part.extract().replaced())
                    functions.computeIfAbsent(clause(project, part, piece), none -> new ArrayList<>()).add(release);
            }
            String title = project.name() + "-" + release;
            bundle.file(title + ".o", fresh.bytes());
            bundle.file(title + ".pristine.o", pristine.bytes());
            objects.add(title + ".o;kernel=\"" + release + "\";pristine=\"" + title + ".pristine.o\"");
        });
        bundle.header("LKPK-Patch-Objects", String.join(",", objects));
        List<String> clauses = new ArrayList<>();
        functions.forEach((clause, releases) -> {
            if (releases.size() == kernels.size()) clauses.add(clause);
            else for (String release : releases) clauses.add(clause + ";kernel=\"" + release + "\"");
        });
        bundle.header("LKPK-Patch-Functions", String.join(",", clauses));
        optional(project, bundle);
        kernels.forEach((release, parts) -> Summary.print(out, release, parts, project.words("functions")));
        finish(bundle, jar);
    }

    private static String clause(Project project, Part part, Piece piece) {
        String name = part.comparison().name(piece);
        String position = project.settings().getProperty("position." + name, "");
        String entry = part.entry(piece);
        return name + (position.isEmpty() ? "" : ";position=" + position) + (entry.isEmpty() ? "" : ";entry=\"" + entry + "\"")
                + (part.module().isEmpty() ? "" : ";module=" + part.module());
    }

    private static void optional(Project project, PatchJar bundle) {
        List<String> callbacks = new ArrayList<>();
        for (String when : CALLBACKS) for (String function : project.words(when)) callbacks.add(when + "=" + function);
        if (!callbacks.isEmpty()) bundle.header("LKPK-Patch-Callbacks", String.join(";", callbacks));
        if (!project.words("replaces").isEmpty()) bundle.header("LKPK-Patch-Replaces", String.join(",", project.words("replaces")));
        for (String deadline : project.words("deadline")) bundle.header("LKPK-Patch-Deadline", deadline);
        List<String> needs = project.words("requires").stream().map(other -> "org.lkpk.patch;filter:=\"(org.lkpk.patch=" + other + ")\"").toList();
        if (!needs.isEmpty()) bundle.header("Require-Capability", String.join(",", needs));
    }

    private void finish(PatchJar bundle, Path jar) throws Refusal, IOException {
        bundle.write(jar);
        try {
            trust.sign(jar);
            Path shown = Path.of("").toAbsolutePath().relativize(jar);
            out.printf("%s: %,d bytes; %s%n", shown, Files.size(jar), trust.check(jar));
        } catch (PatchRefused failure) {
            throw new Refusal(failure.getMessage());
        }
    }

    private int handWritten(Path source, Arguments arguments) throws Refusal, IOException, InterruptedException {
        List<String> functions = arguments.values("function");
        if (functions.isEmpty()) throw new Refusal("--function: names of the functions that " + source + " replaces are missing");
        String name = source.getFileName().toString().replaceFirst("\\.[cs]$", "");
        Project.checkName(name);
        byte[] elf = compiled(source.toAbsolutePath(), arguments);
        Pieces pieces = new Pieces(elf);
        for (String function : functions) {
            String own = function.replaceFirst(";.*", "");
            for (String clause : function.split(";")) if (clause.startsWith("new=")) own = clause.substring(4);
            Piece piece = pieces.named(own);
            if (piece == null || piece.kind() != Piece.Kind.CODE) throw new Refusal(source + ": defines no function " + own);
        }
        PatchJar bundle = new PatchJar(name, "1.0.0");
        bundle.file(name + ".o", elf);
        List<String> kernels = arguments.values("kernel");
        bundle.header("LKPK-Patch-Objects", String.join(",", (kernels.isEmpty() ? List.of("*") : kernels).stream()
                .map(kernel -> name + ".o;kernel=\"" + kernel + "\"").toList()));
        bundle.header("LKPK-Patch-Functions", String.join(",", functions));
        Path jar = source.toAbsolutePath().resolveSibling(name + ".jar");
        finish(bundle, jar);
        return 0;
    }

    /** With the headers of the kernel that is named first, or the guest's, where the source includes any. */
    private byte[] compiled(Path source, Arguments arguments) throws Refusal, IOException, InterruptedException {
        boolean headers = Definitions.lines(Files.readAllBytes(source)).stream().anyMatch(line -> line.matches("#\\s*include\\s*<.*"));
        if (!headers) return Compiler.standalone(source);
        List<String> kernels = arguments.values("kernel");
        String release = kernels.isEmpty() ? KernelTree.current(packages, PatchMain::progress) : kernels.get(0);
        return new Compiler(KernelTree.of(packages, release, PatchMain::progress)).handWritten(source);
    }
}
