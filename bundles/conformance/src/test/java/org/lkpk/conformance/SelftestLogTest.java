package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

public class SelftestLogTest {
    private final SelftestLog log = new SelftestLog("""
            flags\t\t: fpu cx8\r
            === begin iopl\r
            [OK]\tno change\r
            [OK]\tstill none\r
            [SKIP]\tno CPU 1\r
            === end 0\r
            === begin sigreturn\r
            [OK]\tfine\r
            [FAIL]\tSP was lost\r
            === end 1\r
            === begin slow\r
            [OK]\tfine\r
            """);

    @Test
    public void linesAreCountedByTest() {
        assertEquals(new SelftestLog.Outcome(2, 0, 1, 0), log.outcomes().get("iopl"));
        assertEquals(new SelftestLog.Outcome(1, 1, 0, 1), log.outcomes().get("sigreturn"));
    }

    @Test
    public void aFailureIsTold() {
        assertTrue(log.bad("sigreturn"));
        assertFalse(log.bad("iopl"));
        assertEquals("[FAIL] SP was lost", log.firstFailure("sigreturn"));
        assertEquals("[SKIP] no CPU 1", log.firstSkip("iopl"));
    }

    @Test
    public void aTestWithoutAnEndIsLeftOut() {
        assertFalse(log.outcomes().containsKey("slow"));
    }

    @Test
    public void namesComeFromTheListsFor32Bits() {
        assertEquals(List.of("a", "b", "c", "d"), SelftestPrograms.names("""
                TARGETS_C_BOTHBITS := a \\
                \t\t\tb
                TARGETS_C_32BIT_ONLY := c
                TARGETS_C_64BIT_ONLY := x
                # Some need both
                TARGETS_C_32BIT_NEEDED := d
                """));
    }
}
