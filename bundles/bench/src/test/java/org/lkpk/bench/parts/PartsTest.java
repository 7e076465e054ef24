package org.lkpk.bench.parts;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import org.junit.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the parts: each for a moment, to see that they still fit the processor; with -Dlkpk.parts=FILE as a measurement. */
public final class PartsTest {
    private static final int ALL = 14, INTERRUPTS = 5000;

    @Test
    public void everyPartRuns() throws Exception {
        String file = System.getProperty("lkpk.parts", "");
        ChainedOptionsBuilder options = new OptionsBuilder().include("org\\.lkpk\\.bench\\.parts\\..*");
        if (file.isEmpty()) options.forks(0).warmupIterations(0).measurementIterations(1).measurementTime(TimeValue.milliseconds(20)).verbosity(VerboseMode.SILENT);
        else options.forks(2).warmupIterations(5).warmupTime(TimeValue.seconds(1)).measurementIterations(5).measurementTime(TimeValue.seconds(1))
                .resultFormat(ResultFormatType.TEXT).result(file);
        Collection<RunResult> results = new Runner(options.build()).run();
        assertEquals(ALL, results.size());
        for (RunResult result : results) assertTrue(result.getParams().getBenchmark(), result.getPrimaryResult().getScore() > 0);
        if (file.isEmpty()) return;
        assertTrue(Files.size(Path.of(file)) > 0);
        Files.writeString(Path.of(file), Latency.report(INTERRUPTS), StandardOpenOption.APPEND);
    }

    @Test
    public void aLoopOfThreeInstructionsDoesWhatItsCommentSays() {
        Rig rig = Rig.with("50 5B EBFC");
        rig.cpu.register("eax", 7);
        rig.run(3);
        assertEquals(7, rig.cpu.register("ebx"));
        assertEquals(Rig.CODE, rig.cpu.register("eip"));
        assertEquals(Rig.STACK, rig.cpu.register("esp"));
    }
}
