package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import org.junit.Test;

public class HostProcessorTest {
    @Test
    public void integerInstructionsDoWhatARealProcessorDid() throws IOException {
        try (Recording recording = new Recording(HostProcessorTest.class.getResourceAsStream("integer.rec.gz"))) {
            Replayer replayer = new Replayer(recording);
            Differences differences = replayer.run();
            String of = replayer.cases() + " cases recorded on " + recording.processor + " with seed " + recording.seed;
            assertEquals(of + ":\n" + differences, 0, differences.count());
        }
    }
}
