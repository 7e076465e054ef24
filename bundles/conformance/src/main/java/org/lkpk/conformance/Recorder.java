package org.lkpk.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes recordings: of all forms of the opcode table that this machine's processor can be asked about. */
final class Recorder {
    /** Cases of a form in the recording that comes with the project. */
    static final int CASES = 2000;
    private static final String TABLES = "cpu-bundle/src/main/resources/org/lkpk/cpu/table";
    private static final List<String> NAMES = List.of("integer", "system", "x87", "sse");
    /** Sequences, and as many forms' cases as there are of each. */
    private static final List<String> SEQUENCES = List.of("integer - sequence - r 32", "x87 - sequence - r 32", "sse - sequence - r 32",
            "integer - selfmodifying - r 32");
    private static final int[] WEIGHTS = {20, 10, 10, 2};

    private Recorder() { }

    /** The parts of a recording with so many cases of each form. */
    static List<Recording.Part> parts(Path project, int cases) throws IOException {
        List<Recording.Part> parts = new ArrayList<>();
        NotRecorded left = new NotRecorded();
        for (Form f : forms(project)) if (left.reason(f).isEmpty()) parts.add(new Recording.Part(f, cases));
        for (int n = 0; n < WEIGHTS.length; n++) parts.add(new Recording.Part(Form.of(SEQUENCES.get(n)), WEIGHTS[n] * cases));
        return parts;
    }

    /** All forms of the opcode table. */
    static List<Form> forms(Path project) throws IOException {
        List<Form> forms = new ArrayList<>();
        for (String name : NAMES) forms.addAll(Form.all(name, Files.readAllLines(project.resolve(TABLES).resolve(name + ".ops"))));
        return forms;
    }

    static void record(Path project, long seed, int cases, Path to) throws IOException, InterruptedException {
        List<Recording.Part> parts = parts(project, cases);
        Cases made = new Cases(seed, Recording.forms(parts));
        try (Host host = new Host(project); OutputStream out = Files.newOutputStream(to)) {
            Recording.write(out, seed, host.processor(), parts, part -> host.run(made, part));
        }
    }
}
