package org.lkpk.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.GuestUnavailable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code lkpk bench}: runs programs, boots and idle guests here and under other emulators, by turns, and prints medians
 * of CPU seconds. The exit status is 0 if every row could be measured and every checksum is the same everywhere.
 */
@Component(service = Callable.class, property = "lkpk.main=bench")
public final class Bench implements Callable<Integer> {
    private static final int FAILED = 1, MISUSE = 2;

    private final BundleContext context;
    private final Guest debian;
    private final Children children = new Children();
    private final Progress progress = new Progress();

    @Activate
    public Bench(BundleContext context, @Reference(target = "(" + Guest.NAME + "=debian)") Guest debian) {
        this.context = context;
        this.debian = debian;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(context.getProperty("lkpk.arguments").split("\0")));
        arguments.remove("");
        // The distribution lies in target/lkpk of the project.
        Path project = Path.of(context.getProperty("lkpk.home")).getParent().getParent();
        try {
            Request request = Request.of(arguments);
            if (request.help()) return print(Request.USE, 0);
            if (request.parts()) return print(new Parts(project, progress).measure(children), 0);
            return measure(request, project);
        } catch (IllegalArgumentException | IOException | GuestUnavailable reason) {
            progress.line("bench: " + reason.getMessage());
            return MISUSE;
        }
    }

    private int measure(Request request, Path project) throws IOException, InterruptedException, GuestUnavailable {
        if (!Files.isReadable(Path.of("/proc/self/stat"))) throw new IOException("needs Linux, whose /proc tells what processes cost");
        Path work = Files.createTempDirectory("lkpk-bench-");
        try {
            List<Emulator> emulators = emulators(request, project, work);
            Figures figures = new Session(request, emulators, children, progress).run(debian.fetch(progress::line).boot(), work);
            Path out = Files.createDirectories(request.out().orElse(project.resolve("target/bench")));
            Table table = new Table(figures);
            String chart = new Chart(figures).svg();
            Files.writeString(out.resolve("figures.txt"), table.text());
            Files.writeString(out.resolve("figures.tsv"), table.values());
            if (!chart.isEmpty()) Files.writeString(out.resolve("chart.svg"), chart);
            if (request.report()) new Report(project.resolve("docs")).write(request.line(), table.text(), chart);
            progress.line(out + ": figures.txt, figures.tsv" + (chart.isEmpty() ? "" : ", chart.svg"));
            return print(table.text(), figures.errors() == 0 ? 0 : FAILED);
        } finally {
            delete(work);
        }
    }

    /** Ours and the peers that there are; one that is missing is told of and left out. */
    private List<Emulator> emulators(Request request, Path project, Path work) throws IOException, InterruptedException {
        List<Emulator> all = new ArrayList<>(List.of(new Lkpk("lkpk", project, request.options())));
        for (String name : request.against()) {
            Emulator peer = peer(name, work);
            Optional<String> missing = peer.missing();
            if (missing.isPresent()) progress.line("--against " + name + ": left out: " + missing.get());
            else all.add(peer);
        }
        return all;
    }

    private static Emulator peer(String name, Path work) {
        if (name.startsWith("lkpk=")) return new Lkpk("other", Path.of(name.substring("lkpk=".length())).toAbsolutePath(), List.of());
        if (name.startsWith("v86=")) return new V86(Path.of(name.substring("v86=".length())).toAbsolutePath(), work);
        return switch (name) {
            case "qemu" -> new Qemu();
            case "bochs" -> new Bochs(work);
            case "v86" -> new V86(Path.of(System.getProperty("user.home"), ".cache/lkpk/v86"), work);
            case "native" -> new Native();
            default -> throw new IllegalArgumentException("--against " + name + ": there are qemu, bochs, v86, v86=FOLDER, native and lkpk=FOLDER");
        };
    }

    private static int print(String text, int status) {
        // System.out is diverted by the launcher.
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8).print(text);
        return status;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    /** At Ctrl-C, too: nothing goes on running. */
    @Deactivate
    void deactivate() {
        children.close();
    }
}
