package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Test;
import org.lkpk.api.cpu.Engine;
import org.lkpk.conformance.privileged.Sequence;
import org.lkpk.cpu.X86Cpu;

public class PrivilegedTest {
    private static final String ZEROES = "00000000";

    @Test
    public void privilegedSequencesDoWhatBochsAndQemuAgreedOn() throws IOException, InterruptedException {
        for (Engine engine : List.of(Engine.TRANSLATOR, Engine.TRANSLATOR_ALL)) {
            Suite.Result result = KeptOutcomes.replay(new X86Cpu("0.1.0"), engine);
            assertTrue(result.toString(), result.cases() > 500);
            assertEquals(engine + ": " + result.note(), 0, result.differences());
        }
    }

    @Test
    public void aCaseThatShutsTheProcessorDownDoesNotKeepOthersFromRunning() throws IOException, InterruptedException {
        Peer thatBreaks = new Peer() {
            @Override
            Run run(byte[] rom) {
                return new Run("@C00000000\n", true); // Whatever is in the ROM
            }
        };
        List<Sequence> cases = Privileged.cases(1, 0, 1);
        Course broken = thatBreaks.outcomes(cases).get(0);
        assertEquals(Course.Verdict.DIFFERENT, Course.judge(outcome("@C0\n@Z"), outcome("@C0\n@Z"), broken).verdict());
    }

    @Test
    public void whereThePeersAgreeTheyDecide() {
        String one = event("1", "F"), other = event("2", "F");
        assertEquals(Course.Verdict.EQUAL, judge(one, one, one));
        assertEquals(Course.Verdict.DIFFERENT, judge(one, one, other));
        assertEquals(Course.Verdict.FIRST, judge(one, other, one));
        assertEquals(Course.Verdict.SECOND, judge(one, other, other));
        assertEquals(Course.Verdict.NEITHER, judge(one, other, event("3", "F")));
    }

    @Test
    public void flagsInWhichThePeersDifferAreInDoubtOnly() {
        assertEquals(Course.Verdict.EQUAL, judge(event("1", "3"), event("1", "1"), event("1", "3")));
        assertEquals(Course.Verdict.DIFFERENT, judge(event("1", "3"), event("1", "1"), event("1", "7")));
    }

    private static Course.Verdict judge(String first, String second, String own) {
        return Course.judge(outcome(first), outcome(second), outcome(own)).verdict();
    }

    /** An event with that vector and flags, in the harness's notation. */
    private static String event(String vector, String flags) {
        return "@C0\n@E0000000" + vector + ZEROES.repeat(3) + "0000000" + flags + ZEROES.repeat(22) + "\n@Z";
    }

    private static Course outcome(String text) {
        Map<Integer, Course> read = new TreeMap<>();
        Course.read(text, true, read);
        return read.get(0);
    }
}
