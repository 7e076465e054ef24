package org.lkpk.bench.parts;

import static org.junit.Assert.assertTrue;

import java.util.Map;
import org.junit.Test;

/** What is promised of interrupts in real-time mode, for the median: the host may have other things to do. */
public final class LatencyTest {
    private static final int SAMPLES = 100;
    private static final long PROMISED = 50_000;

    @Test(timeout = 120_000)
    public void interruptIsNoticedSoonInWhateverLoop() throws Exception {
        for (Map.Entry<String, String> loop : Latency.loops().entrySet()) {
            long median = new Latency(loop.getValue(), SAMPLES).measure()[SAMPLES / 2];
            assertTrue(loop.getKey() + ": " + median + " ns", median < PROMISED);
        }
    }
}
