package org.lkpk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lkpk.api.machine.Boot;

/** One run of the command: its images, its tasks, and the emulators by turns. */
final class Session {
    private final Request request;
    private final List<Emulator> emulators;
    private final Children children;
    private final Progress progress;

    /** @param emulators ours first */
    Session(Request request, List<Emulator> emulators, Children children, Progress progress) {
        this.request = request;
        this.emulators = emulators;
        this.children = children;
        this.progress = progress;
    }

    /** @param folder an empty one */
    Figures run(Boot debian, Path folder) throws IOException, InterruptedException {
        List<Task> tasks = tasks(images(debian, folder));
        Figures figures = new Figures(emulators.stream().map(Emulator::name).toList());
        for (Task task : tasks) task.rows().stream().filter(request::wants).forEach(figures::expect);
        for (int round = 1; round <= request.runs(); round++)
            for (Task task : tasks)
                for (Emulator emulator : emulators) {
                    if (!task.suits(emulator)) continue;
                    if (children.closed()) throw new IOException("interrupted");
                    progress.step("round " + round + " of " + request.runs() + ", " + emulator.name() + ", " + task.title());
                    task.run(emulator, children, figures);
                }
        progress.end();
        return figures;
    }

    private Images images(Boot debian, Path folder) throws IOException, InterruptedException {
        Path program = Programs.build(Files.createDirectory(folder.resolve("programs")));
        return new Images(Files.write(folder.resolve("vmlinuz"), debian.kernel()), Files.write(folder.resolve("debian.cpio"), debian.initrd()),
                Files.write(folder.resolve("programs.cpio"), Programs.initramfs(Files.readAllBytes(program))), program);
    }

    private List<Task> tasks(Images images) throws IOException {
        List<Task> boots = List.of(new BootTask(images, false), new BootTask(images, true), new IdleTask(images));
        check(Stream.concat(Stream.of(Program.values()).map(Program::row), boots.stream().flatMap(task -> task.rows().stream())).toList());
        List<Task> tasks = new ArrayList<>();
        for (Model model : Model.values()) {
            List<Program> programs = Stream.of(Program.values()).filter(p -> p.model() == model && request.wants(p.row())).toList();
            if (!programs.isEmpty()) tasks.add(new ProgramsTask(images, model, programs, request.longRun(), progress::now));
        }
        boots.stream().filter(task -> task.rows().stream().anyMatch(request::wants)).forEach(tasks::add);
        return tasks;
    }

    /** Refuses names that are neither a row's nor a group's. */
    private void check(List<Row> rows) throws IOException {
        for (String name : request.only())
            if (rows.stream().noneMatch(row -> row.name().equals(name) || row.group().word().equals(name)))
                throw new IOException("--only " + name + ": there are " + rows.stream().flatMap(row -> Stream.of(row.group().word(), row.name()))
                        .distinct().collect(Collectors.joining(", ")));
    }
}
