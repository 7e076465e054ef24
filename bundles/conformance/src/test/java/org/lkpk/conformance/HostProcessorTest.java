package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;
import org.lkpk.cpu.X86Cpu;
import org.lkpk.cpu.table.OpTable;

public class HostProcessorTest {
    /** More than the engine runs a block in pieces before it makes one operation of it. */
    private static final int ROUNDS = 6000;

    private static Recording recording() throws IOException {
        return new Recording(HostProcessorTest.class.getResourceAsStream("integer.rec.gz"));
    }

    private static void assertNone(Differences differences, Replayer replayer, Recording recording) {
        String of = replayer.cases() + " cases recorded on " + recording.processor + " with seed " + recording.seed;
        assertEquals(of + ":\n" + differences, 0, differences.count());
    }

    @Test
    public void integerInstructionsDoWhatARealProcessorDid() throws IOException {
        try (Recording recording = recording()) {
            Replayer replayer = new Replayer(recording, new X86Cpu("0.1.0"));
            assertNone(replayer.run(), replayer, recording);
        }
    }

    @Test
    public void hotCodeDoesWhatARealProcessorDid() throws IOException {
        try (Recording recording = recording()) {
            Replayer replayer = new Replayer(recording, new X86Cpu("0.1.0"));
            assertNone(replayer.runHot(200, ROUNDS), replayer, recording);
        }
    }

    @Test
    public void everyRowOfTheTableIsRecorded() throws IOException {
        Set<String> missing = new TreeSet<>();
        try (var in = new BufferedReader(new InputStreamReader(OpTable.class.getResourceAsStream("integer.ops")))) {
            for (String line; (line = in.readLine()) != null;)
                for (String name : names(line)) missing.add(name);
        }
        try (Recording recording = recording()) {
            for (Case c; (c = recording.next()) != null;) missing.remove(c.form().name());
        }
        assertEquals("not recorded; run bundles/conformance/record", Set.of(), missing);
    }

    /** The column of names: the first that is not in capitals, m or r. */
    private static String[] names(String row) {
        for (String column : row.split("#")[0].split(" +")) if (column.matches("[a-z][a-z0-9_,]+")) return column.split(",");
        return new String[0];
    }
}
