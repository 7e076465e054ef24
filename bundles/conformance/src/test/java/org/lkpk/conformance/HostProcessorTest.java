package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;
import org.lkpk.api.cpu.Engine;
import org.lkpk.cpu.X86Cpu;
import org.lkpk.cpu.table.OpTable;

/** The property {@code lkpk.record} names another recording to replay. */
public class HostProcessorTest {
    private static final Path PROJECT = Path.of("../..");
    /** Loops that are translated: so many, and how often they go round. */
    private static final int LOOPS = 2000, ROUNDS = 20;

    private static Recording recording() throws IOException {
        return new Recording(Files.newInputStream(Path.of(System.getProperty("lkpk.record", PROJECT.resolve(KeptRecord.FILE).toString()))));
    }

    private static void assertNone(Differences differences, Replayer replayer, Recording recording) {
        String of = replayer.cases() + " cases recorded on " + recording.processor + " with seed " + recording.seed;
        assertTrue("no cases", replayer.cases() > 0);
        assertEquals(of + ":\n" + differences, 0, differences.count());
    }

    @Test
    public void instructionsDoWhatARealProcessorDid() throws IOException {
        try (Recording recording = recording()) {
            Replayer replayer = new Replayer(recording, new X86Cpu("0.1.0"), Engine.TRANSLATOR);
            assertNone(replayer.run(), replayer, recording);
        }
    }

    @Test
    public void translatedCodeDoesWhatARealProcessorDid() throws IOException {
        try (Recording recording = recording()) {
            X86Cpu cpu = new X86Cpu("0.1.0");
            Replayer replayer = new Replayer(recording, cpu, Engine.TRANSLATOR_ALL);
            assertNone(replayer.runHot(LOOPS, ROUNDS), replayer, recording);
            assertTrue(cpu.counters().toString(), cpu.counters().get("regions translated") > LOOPS / 2);
        }
    }

    @Test
    public void everyFormIsRecordedOrHasAReasonNotToBe() throws IOException {
        Set<String> missing = new TreeSet<>(), enough = new HashSet<>();
        NotRecorded left = new NotRecorded();
        try (Recording recording = recording()) {
            for (Recording.Part part : recording.parts) if (part.cases() >= Recorder.CASES) enough.add(part.form().title());
        }
        for (Form form : Recorder.forms(PROJECT))
            if (left.reason(form).isEmpty() && !enough.contains(form.title())) missing.add(form.title());
        assertEquals("run ./lkpk conformance --record", Set.of(), missing);
    }

    @Test
    public void everyRowOfTheTableHasForms() throws IOException {
        Set<String> rows = new TreeSet<>(), forms = new HashSet<>();
        for (var row : new OpTable().forms()) rows.add(row.name());
        for (Form form : Recorder.forms(PROJECT)) forms.add(form.name());
        rows.removeAll(forms);
        assertEquals(Set.of(), rows);
    }

    @Test
    public void reasonsAreOfInstructionsThatThereAre() throws IOException {
        Set<String> names = new HashSet<>();
        for (Form form : Recorder.forms(PROJECT)) names.add(form.name());
        for (String name : new NotRecorded().names()) assertTrue(name, names.contains(name));
    }
}
