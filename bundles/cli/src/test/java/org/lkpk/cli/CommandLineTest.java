package org.lkpk.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;
import org.lkpk.api.cpu.Profile;

public final class CommandLineTest {
    private static CommandLine line(String... words) throws Refusal {
        return new CommandLine(List.of(words));
    }

    private static String refusal(String... words) {
        return assertThrows(Refusal.class, () -> line(words).specification()).getMessage();
    }

    @Test
    public void oneDashIsAsGoodAsTwo() throws Refusal {
        assertEquals("a", line("-kernel", "a").value(Option.KERNEL, ""));
        assertEquals("a", line("--kernel", "a").value(Option.KERNEL, ""));
        assertEquals("a", line("--kernel=a").value(Option.KERNEL, ""));
    }

    @Test
    public void aValueMayLookLikeAnOption() throws Refusal {
        assertEquals("-x", line("--append", "-x").value(Option.APPEND, ""));
    }

    @Test
    public void aValueMayHoldAnEqualsSign() throws Refusal {
        assertEquals("console=ttyS0", line("--append", "console=ttyS0").value(Option.APPEND, ""));
        assertEquals("console=ttyS0", line("--append=console=ttyS0").value(Option.APPEND, ""));
    }

    @Test
    public void aMistypedOptionIsToldItsNearest() {
        assertEquals("--kernle: no such option; did you mean --kernel?", refusal("--kernle", "a"));
        assertEquals("--norboot: no such option; did you mean --no-reboot?", refusal("--norboot"));
    }

    @Test
    public void anUnheardOptionIsToldNoNearest() {
        assertEquals("--frobnicate: no such option; see --help", refusal("--frobnicate"));
    }

    @Test
    public void anOptionOfQemuThatIsNotOursGetsTheReason() {
        assertEquals("-hda: QEMU's, but not here: there are no disks", refusal("-hda", "disk.img"));
    }

    @Test
    public void aMissingValueIsNamed() {
        assertEquals("--initrd: FILE is missing", refusal("--initrd"));
    }

    @Test
    public void anOptionGivenTwiceIsRefused() {
        assertEquals("--kernel: given twice", refusal("--kernel", "a", "--kernel", "b"));
    }

    @Test
    public void patchesMayBeMany() throws Refusal {
        assertEquals(List.of("a", "b"), line("--patch", "a", "--patch", "b").values(Option.PATCH));
    }

    @Test
    public void memoryIsInMegabytesUnlessSaidOtherwise() throws Refusal {
        assertEquals(256L << 20, line().specification().memory());
        assertEquals(64L << 20, line("-m", "64").specification().memory());
        assertEquals(512L << 20, line("-m", "512M").specification().memory());
        assertEquals(1L << 30, line("-m", "1g").specification().memory());
    }

    @Test
    public void impossibleMemoryIsRefused() {
        assertEquals("-m 8: RAM is 16M to 1536M", refusal("-m", "8"));
        assertEquals("-m 2G: RAM is 16M to 1536M", refusal("-m", "2G"));
        assertEquals("-m LOTS: not a size such as 256, 512M or 1G", refusal("-m", "lots"));
    }

    @Test
    public void modelsGoByTheirNames() throws Refusal {
        assertEquals(Profile.PENTIUM, line("--cpu", "pentium").specification().profile());
        assertEquals("--cpu 8088: no such model; there are 386, 486, pentium, 686, pentium3, pentium4", refusal("--cpu", "8088"));
    }

    @Test
    public void aSeedIsForDeterministicMachinesAlone() throws Refusal {
        assertEquals("--seed: needs --deterministic", refusal("--seed", "1"));
        assertEquals(0x10, line("--deterministic", "--seed", "0x10").specification().seed());
        assertTrue(line("--deterministic").specification().deterministic());
    }

    @Test
    public void noRebootMakesAResetTheEnd() throws Refusal {
        assertFalse(line("--no-reboot").specification().rebootable());
    }

    @Test
    public void aNameThatNoFileCanHaveIsRefused() {
        assertEquals("--name ../x: letters, digits, dots and dashes, 40 at most", refusal("--name", "../x"));
    }

    @Test
    public void anOptionThatACommandDoesNotTakeIsNamed() throws Refusal {
        line("--guest", "tiny").only("the demo", Option.GUEST, Option.MEMORY);
        assertEquals("--kernel: not for the demo, which takes --guest, -m",
                assertThrows(Refusal.class, () -> line("--kernel", "a").only("the demo", Option.GUEST, Option.MEMORY)).getMessage());
    }

    @Test
    public void aCommandNamesTheMachinesThatTheUserDoesNot() throws Refusal {
        assertTrue(line().specification("demo-").name().startsWith("demo-"));
        assertEquals("a", line("--name", "a").specification("demo-").name());
    }

    @Test
    public void helpListsEveryOption() {
        for (Option option : Option.values()) assertTrue(option.title, Option.help().contains("  " + option.dashed() + " "));
    }
}
