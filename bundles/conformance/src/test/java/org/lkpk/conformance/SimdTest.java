package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;
import org.lkpk.cpu.X86Cpu;
import org.lkpk.cpu.table.OpTable;

/** The property {@code lkpk.simd.record} names another recording to replay. */
public class SimdTest {
    private static SimdRecording recording() throws IOException {
        String other = System.getProperty("lkpk.simd.record");
        InputStream in = other != null ? Files.newInputStream(Path.of(other)) : SimdTest.class.getResourceAsStream("simd.rec.gz");
        return new SimdRecording(in);
    }

    @Test
    public void mmxAndSseInstructionsDoWhatARealProcessorDid() throws IOException {
        try (SimdRecording recording = recording()) {
            SimdReplayer replayer = new SimdReplayer(recording, new X86Cpu("0.1.0"));
            Differences differences = replayer.run();
            String of = replayer.cases() + " cases recorded on " + recording.processor + " with seed " + recording.seed;
            assertEquals(of + ":\n" + differences, 0, differences.count());
        }
    }

    @Test
    public void everyRowWithAMandatoryPrefixIsRecorded() throws IOException {
        Set<String> missing = new TreeSet<>();
        for (var form : new OpTable().forms()) if (form.opcode().startsWith(":0F", 2)) missing.add(form.name());
        // Their image differs between processors in what is reserved; FxsaveTest looks at it.
        missing.removeAll(Set.of("fxsave", "fxrstor"));
        try (SimdRecording recording = recording()) {
            for (SimdCase c; (c = recording.next()) != null;) missing.remove(c.name());
        }
        assertEquals("not recorded; run bundles/conformance/record", Set.of(), missing);
    }
}
