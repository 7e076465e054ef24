package org.lkpk.bench;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One boot of the programs' own initramfs: each program costs what the process has used between its two marks. */
final class ProgramsTask implements Task {
    private static final Pattern MARK = Pattern.compile("(begin|end|failed|none|done) ?([a-z0-9-]*) ?([0-9a-f]*)\\s*$");

    private final Images images;
    private final Model model;
    private final List<Program> programs;
    private final boolean longRun;
    private final Consumer<String> progress;

    /** @param progress is given the name of the program that begins */
    ProgramsTask(Images images, Model model, List<Program> programs, boolean longRun, Consumer<String> progress) {
        this.images = images;
        this.model = model;
        this.programs = programs;
        this.longRun = longRun;
        this.progress = progress;
    }

    @Override
    public String title() {
        return "programs on a " + model.title;
    }

    @Override
    public List<Row> rows() {
        return programs.stream().map(Program::row).toList();
    }

    @Override
    public boolean suits(Emulator emulator) {
        return true;
    }

    @Override
    public void run(Emulator emulator, Children children, Figures figures) throws IOException {
        String list = programs.stream().map(p -> p.word() + ":" + p.count(longRun)).collect(Collectors.joining(","));
        Marks marks = new Marks(emulator.name(), figures);
        try (Running running = children.start(emulator.process(Pc.programs(images, model, list)))) {
            running.read(marks);
            if (!marks.missing.isEmpty()) throw running.ended("the machine ended before " + marks.missing.iterator().next() + " did");
        } catch (IOException broken) {
            for (Program program : programs)
                if (marks.missing.contains(program.word())) figures.fail(program.row(), emulator.name(), broken.getMessage());
        }
    }

    /** Reads the guest's lines. */
    private final class Marks implements Running.Reader {
        private final String emulator;
        private final Figures figures;
        private final Set<String> missing = programs.stream().map(Program::word).collect(Collectors.toCollection(java.util.LinkedHashSet::new));
        private final Set<String> begun = new HashSet<>();
        private String line = "";
        private double start;

        Marks(String emulator, Figures figures) {
            this.emulator = emulator;
            this.figures = figures;
        }

        @Override
        public boolean more(String piece, double seconds) {
            String[] lines = (line + piece).split("\n", -1);
            line = lines[lines.length - 1];
            for (int i = 0; i < lines.length - 1; i++) {
                Matcher mark = MARK.matcher(lines[i]);
                if (!mark.find()) continue;
                if (mark.group(1).equals("done")) return false;
                mark(mark.group(1), mark.group(2), mark.group(3), seconds);
            }
            return true;
        }

        private void mark(String kind, String name, String sum, double seconds) {
            Row row = programs.stream().filter(p -> p.word().equals(name)).map(Program::row).findFirst().orElse(null);
            if (row == null) return;
            switch (kind) {
                case "begin" -> {
                    start = seconds;
                    begun.add(name);
                    progress.accept(name);
                }
                case "end" -> {
                    if (begun.contains(name)) figures.add(row, emulator, seconds - start);
                    figures.checksum(row, emulator, sum);
                    missing.remove(name);
                }
                default -> {
                    figures.fail(row, emulator, "did not come to its end in the guest");
                    missing.remove(name);
                }
            }
        }
    }
}
