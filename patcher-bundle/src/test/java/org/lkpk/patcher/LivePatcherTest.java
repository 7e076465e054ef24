package org.lkpk.patcher;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.lkpk.api.machine.Specification;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.PatchStatus;
import org.osgi.framework.Bundle;

public class LivePatcherTest {
    private static final int ENTRY = 1;
    private static final byte[] NOP5 = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00};

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final SyntheticKernel kernel = new SyntheticKernel(16 << 20, false);
    private final FakeMachine machine = new FakeMachine(kernel.ram);
    private final List<Machine> machines = new ArrayList<>(List.of(machine));
    private final List<Bundle> bundles = new ArrayList<>();
    private LivePatcher patcher = patcher();

    @After
    public void leave() {
        patcher.deactivate();
    }

    private LivePatcher patcher() {
        return new LivePatcher(FakeBundle.context(bundles), new RunningKernels(new Machines() {
            @Override
            public Machine create(Specification specification) {
                throw new UnsupportedOperationException();
            }

            @Override
            public List<Machine> all() {
                return machines;
            }
        }));
    }

    private FakeBundle bundle(String... headers) throws Exception {
        File object = folder.newFile();
        Files.write(object.toPath(), Fixtures.cmdlineObject());
        Map<String, String> all = new HashMap<>(Map.of("LKPK-Patch", "cmdline",
                "LKPK-Patch-Objects", "cmdline.o;kernel=\"6.1.*-686\"", "LKPK-Patch-Functions", "cmdline_proc_show"));
        for (int i = 0; i < headers.length; i += 2) all.put(headers[i], headers[i + 1]);
        FakeBundle bundle = new FakeBundle(all, Map.of("cmdline.o", object));
        bundles.add(bundle.bundle);
        return bundle;
    }

    private byte[] entry() {
        return Arrays.copyOfRange(kernel.ram, kernel.physical(ENTRY), kernel.physical(ENTRY) + 5);
    }

    private PatchStatus status() {
        return patcher.patches().get(0);
    }

    private void refused(FakeBundle bundle, String reason) {
        byte[] before = kernel.ram.clone();
        PatchRefused refused = assertThrows(PatchRefused.class, () -> patcher.start(bundle.bundle));
        assertTrue(refused.getMessage(), refused.getMessage().contains(reason));
        assertArrayEquals("something was written", before, kernel.ram);
        assertEquals(PatchStatus.State.REFUSED, status().state());
    }

    private void awaitState(PatchStatus.State state) throws InterruptedException {
        for (int i = 0; i < 100 && status().state() != state; i++) Thread.sleep(50);
        assertEquals(status().reason(), state, status().state());
    }

    @Test
    public void aStartedPatchJumpsToItsTextInTheMemoryCard() throws Exception {
        patcher.start(bundle().bundle);
        int distance = (entry()[1] & 0xFF) | (entry()[2] & 0xFF) << 8 | (entry()[3] & 0xFF) << 16 | entry()[4] << 24;
        assertEquals((byte) 0xE9, entry()[0]);
        int target = kernel.linear(ENTRY) + 5 + distance - 0xC0000000;
        assertTrue(target >= FakeMachine.WINDOW && target < FakeMachine.WINDOW + 0x10000);
        assertEquals(PatchStatus.State.APPLIED, status().state());
        assertEquals(1, status().pauses().size());
        assertEquals(PatchStatus.Kind.COLD, status().pauses().get(0).kind());
        assertEquals(List.of(0L), status().hits());
    }

    @Test
    public void theTextCallsTheKernelAndTheOldBody() throws Exception {
        patcher.start(bundle().bundle);
        int text = FakeMachine.WINDOW;
        ByteBuffer ram = ByteBuffer.wrap(kernel.ram).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(kernel.linear(2), 0xC0000000 + text + 0x18 + ram.getInt(text + 0x14));
        assertEquals(kernel.linear(ENTRY) + 5, 0xC0000000 + text + 0x2B + ram.getInt(text + 0x27));
        int mark = ram.getInt(text + 0xA) - 0xC0000000;
        assertEquals("[lkpk] ", new String(kernel.ram, mark, 7));
    }

    @Test
    public void aStoppedPatchLeavesTheOldBytes() throws Exception {
        FakeBundle bundle = bundle();
        patcher.start(bundle.bundle);
        patcher.stop(bundle.bundle);
        assertArrayEquals(NOP5, entry());
        assertEquals(PatchStatus.State.STOPPED, status().state());
    }

    @Test
    public void whoAsksWhileAPatchLooksForItsMomentIsToldWhatStandsInTheWay() throws Exception {
        List<PatchStatus> seen = new ArrayList<>();
        machine.restless = true;
        machine.meanwhile = () -> seen.addAll(CompletableFuture.supplyAsync(() -> patcher.patches()).orTimeout(10, TimeUnit.SECONDS).join());
        assertThrows(PatchRefused.class, () -> patcher.start(bundle("LKPK-Patch-Deadline", "500").bundle));
        for (PatchStatus one : seen) assertEquals(PatchStatus.State.WAITING, one.state());
        assertEquals("it is being linked", seen.get(0).reason());
        assertEquals("cmdline: machine pc: neither in user mode nor idle", seen.get(seen.size() - 1).reason());
        assertEquals("pc", seen.get(0).machine());
        assertEquals(PatchStatus.State.REFUSED, status().state());
    }

    /** A patch whose second function init is inside of, which would take a minute to be refused. */
    private FakeBundle waiting() throws Exception {
        kernel.onStack(1, kernel.linear(60) + 9);
        FakeBundle bundle = bundle("LKPK-Patch", "patient", "LKPK-Patch-Deadline", "60000",
                "LKPK-Patch-Functions", "cmdline_proc_show,function_60;new=cmdline_proc_show");
        bundle.id = 8;
        long begin = System.nanoTime();
        String line = patcher.start(bundle.bundle);
        assertTrue(line, line.contains("function_60: task init (PID 1) is inside"));
        assertTrue(System.nanoTime() - begin < 5_000_000_000L);
        assertEquals(PatchStatus.State.WAITING, status(bundle).state());
        assertTrue(status(bundle).reason(), status(bundle).reason().contains("task init (PID 1) is inside"));
        return bundle;
    }

    private PatchStatus status(FakeBundle bundle) {
        return patcher.patches().stream().filter(one -> one.bundle() == bundle.id).findFirst().orElseThrow();
    }

    @Test
    public void aPatchThatWaitsForItsMomentIsAppliedWhenItComes() throws Exception {
        FakeBundle bundle = waiting();
        assertArrayEquals(NOP5, entry());
        kernel.onStack(1, 0);
        awaitState(PatchStatus.State.APPLIED);
        assertEquals((byte) 0xE9, entry()[0]);
        patcher.stop(bundle.bundle);
        assertArrayEquals(NOP5, entry());
    }

    @Test
    public void aPatchThatWaitsForItsMomentCanBeStopped() throws Exception {
        byte[] before = kernel.ram.clone();
        FakeBundle bundle = waiting();
        patcher.stop(bundle.bundle);
        assertEquals(PatchStatus.State.STOPPED, status(bundle).state());
        System.arraycopy(kernel.ram, kernel.physical(0) + 0x310000, before, kernel.physical(0) + 0x310000, 0x6000);
        assertArrayEquals("something was written", before, kernel.ram);
    }

    @Test
    public void otherPatchesComeAndGoWhileOneWaits() throws Exception {
        FakeBundle patient = waiting(), other = bundle();
        for (int i = 0; i < 20; i++) {
            patcher.start(other.bundle);
            assertEquals(PatchStatus.State.APPLIED, status(other).state());
            patcher.stop(other.bundle);
            assertArrayEquals(NOP5, entry());
        }
        patcher.start(other.bundle);
        byte[] lower = entry();
        kernel.onStack(1, 0);
        for (int i = 0; i < 100 && status(patient).state() != PatchStatus.State.APPLIED; i++) Thread.sleep(50);
        assertEquals(PatchStatus.State.APPLIED, status(patient).state());
        patcher.stop(patient.bundle);
        assertArrayEquals(lower, entry());
    }

    @Test
    public void aPatcherThatLeavesDoesNotWaitForOneThatWaits() throws Exception {
        waiting();
        long begin = System.nanoTime();
        patcher.deactivate();
        assertTrue(System.nanoTime() - begin < 5_000_000_000L);
    }

    @Test
    public void aPatchThatFindsNoMomentIsRefusedAlthoughItsStartHasAnswered() throws Exception {
        kernel.onStack(1, kernel.linear(ENTRY) + 9);
        FakeBundle bundle = bundle("LKPK-Patch-Deadline", "1500");
        String line = patcher.start(bundle.bundle);
        assertTrue(line, line.contains("waits: "));
        bundle.state = Bundle.ACTIVE;
        awaitState(PatchStatus.State.REFUSED);
        assertTrue(status().reason(), status().reason().endsWith("(looked for 1500 ms)"));
        assertArrayEquals(NOP5, entry());
        kernel.onStack(1, 0);
        machine.tellBooted();
        awaitState(PatchStatus.State.APPLIED);
    }

    @Test
    public void otherPatchesComeAndGoWhileOneIsBeingTakenBack() throws Exception {
        FakeBundle bundle = bundle("LKPK-Patch-Deadline", "3000"), other = bundle("LKPK-Patch", "other", "LKPK-Patch-Deadline", "50");
        other.id = 8;
        patcher.start(bundle.bundle);
        kernel.onStack(1, 0xC0000000 + FakeMachine.WINDOW + 0x18);
        CompletableFuture<String> stopped = CompletableFuture.supplyAsync(() -> patcher.stop(bundle.bundle));
        for (int i = 0; i < 5; i++) {
            Thread.sleep(50);
            assertThrows(PatchRefused.class, () -> patcher.start(other.bundle)); // It would stand in the place of what is being left.
            patcher.stop(other.bundle);
        }
        assertTrue("it has waited for nobody", !stopped.isDone());
        kernel.onStack(1, 0);
        assertEquals("cmdline taken back", stopped.get(10, TimeUnit.SECONDS));
        assertArrayEquals(NOP5, entry());
        patcher.start(other.bundle);
        assertEquals(PatchStatus.State.APPLIED, status(other).state());
    }

    @Test
    public void aThousandStartsFitInTheWindow() throws Exception {
        FakeBundle bundle = bundle();
        for (int i = 0; i < 1200; i++) {
            patcher.start(bundle.bundle);
            patcher.stop(bundle.bundle);
        }
        assertArrayEquals(NOP5, entry());
    }

    @Test
    public void aPatchWaitsUntilTheKernelRuns() throws Exception {
        kernel.state(0);
        String line = patcher.start(bundle().bundle);
        assertTrue(line, line.contains("is still starting"));
        assertArrayEquals(NOP5, entry());
        kernel.state(3);
        awaitState(PatchStatus.State.APPLIED);
    }

    @Test
    public void aPatchIsAppliedAgainAfterAReset() throws Exception {
        patcher.start(bundle().bundle);
        System.arraycopy(NOP5, 0, kernel.ram, kernel.physical(ENTRY), 5);
        machine.tellBooted();
        for (int i = 0; i < 100 && entry()[0] != (byte) 0xE9; i++) Thread.sleep(50);
        assertEquals((byte) 0xE9, entry()[0]);
    }

    @Test
    public void aPatcherThatLeavesTakesAllBack() throws Exception {
        patcher.start(bundle().bundle);
        patcher.deactivate();
        assertArrayEquals(NOP5, entry());
    }

    @Test
    public void aPatcherThatComesAppliesActivePatches() throws Exception {
        FakeBundle bundle = bundle();
        bundle.state = Bundle.ACTIVE;
        patcher.deactivate();
        patcher = patcher();
        patcher.addingBundle(bundle.bundle, null);
        awaitState(PatchStatus.State.APPLIED);
    }

    @Test
    public void aRefusedStartIsNotRemembered() throws Exception {
        FakeBundle bundle = bundle("LKPK-Patch-Functions", "no_such_function");
        assertThrows(PatchRefused.class, () -> patcher.start(bundle.bundle));
        bundle.state = Bundle.RESOLVED;
        for (int i = 0; i < 20; i++) patcher.patches();
        assertEquals(PatchStatus.State.REFUSED, status().state());
    }

    @Test
    public void anEntryThatIsNotTheNopIsRefused() throws Exception {
        kernel.ram[kernel.physical(ENTRY)] = 0x55;
        refused(bundle(), "cmdline_proc_show: its entry holds 55 8d 74 26 00, not the five-byte NOP");
    }

    @Test
    public void wrappingAFunctionThatBeginsWithACallIsRefused() throws Exception {
        kernel.ram[kernel.physical(ENTRY)] = (byte) 0xE8;
        refused(bundle("LKPK-Patch-Functions", "cmdline_proc_show;entry=\"e8\""), "its old body cannot be called");
    }

    @Test
    public void aPatchForAnotherKernelIsRefused() throws Exception {
        refused(bundle("LKPK-Patch-Objects", "cmdline.o;kernel=\"6.12.*\""), "for kernel 6.12.*; the running one is 6.1.0-test-686");
    }

    @Test
    public void anAmbiguousFunctionIsRefused() throws Exception {
        refused(bundle("LKPK-Patch-Functions", "cmdline_proc_show,twin"), "twin: no function of that name in it");
    }

    /** A patch of one of the two functions called twin, with the object of the unchanged source. */
    private FakeBundle twin() {
        FakeBundle bundle = new FakeBundle(Map.of("LKPK-Patch", "cmdline", "LKPK-Patch-Objects", "twin.o;pristine=\"twin.o\"",
                "LKPK-Patch-Functions", "twin"), Map.of("twin.o", new File("src/test/resources/twin.o")));
        bundles.add(bundle.bundle);
        return bundle;
    }

    /** Gives function {@code number} the code of twin.o, with a call of {@code called}. */
    private void twin(int number, int seven, int called) {
        ByteBuffer code = ByteBuffer.wrap(kernel.ram).order(ByteOrder.LITTLE_ENDIAN).position(kernel.physical(number) + 5);
        code.put((byte) 0xB8).putInt(seven).put((byte) 0xE8).putInt(kernel.linear(called) - kernel.linear(number) - 15).put((byte) 0xC3);
    }

    private boolean jumps(int number) {
        return kernel.ram[kernel.physical(number)] == (byte) 0xE9;
    }

    @Test
    public void theFunctionOfANameThatItsCodeMatchesIsMeant() throws Exception {
        twin(3, 8, 2);
        twin(4, 7, 2);
        patcher.start(twin().bundle);
        assertTrue(!jumps(3) && jumps(4));
    }

    @Test
    public void theFunctionOfANameThatCallsTheRightOneIsMeant() throws Exception {
        twin(3, 7, 2);
        twin(4, 7, 60);
        patcher.start(twin().bundle);
        assertTrue(jumps(3) && !jumps(4));
    }

    @Test
    public void functionsOfANameThatAreAlikeAreRefusedAndNamed() {
        twin(3, 7, 2);
        twin(4, 7, 2);
        refused(twin(), "twin: 2 functions of that name are alike, and the patch gives no position: position 1 behind seq_puts; position 2 behind twin");
    }

    @Test
    public void functionsOfANameOfWhichNoneMatchesAreRefusedWithTheReasons() {
        twin(3, 8, 2);
        twin(4, 7, 60);
        refused(twin(), "twin: none of the 2 functions of that name is the one that the patch was made for: position 1 behind seq_puts: "
                + "twin.o (pristine): twin: the running function differs at +0x6: 08 00 00 00, not 07 00 00 00; position 2 behind twin: "
                + "cmdline: twin: refers to function_60+0x0, not to seq_puts");
    }

    @Test
    public void aMachineWithoutMemoryCardIsRefused() throws Exception {
        machine.slots = List.of();
        refused(bundle(), "no memory card");
    }

    @Test
    public void aCardThatLosesTheTextIsNoticedBeforeAnyJump() throws Exception {
        machine.memory.dropped = address -> address >= FakeMachine.WINDOW && address < FakeMachine.WINDOW + 0x10000;
        refused(bundle(), "the memory card does not hold it");
    }

    @Test
    public void aGuestThatNeverLeavesItsKernelIsRefused() throws Exception {
        machine.restless = true;
        refused(bundle("LKPK-Patch-Deadline", "50"), "neither in user mode nor idle");
    }

    @Test
    public void aGuestThatNeverLeavesItsKernelIsStillReverted() throws Exception {
        FakeBundle bundle = bundle("LKPK-Patch-Deadline", "50");
        patcher.start(bundle.bundle);
        machine.restless = true;
        patcher.stop(bundle.bundle);
        assertArrayEquals(NOP5, entry());
    }

    @Test
    public void anEntryThatSomeoneElseChangedIsToldAndLeft() throws Exception {
        FakeBundle bundle = bundle();
        patcher.start(bundle.bundle);
        kernel.ram[kernel.physical(ENTRY)] = (byte) 0xCC;
        String line = patcher.stop(bundle.bundle);
        assertTrue(line, line.contains("cmdline_proc_show: its entry holds cc"));
        assertEquals((byte) 0xCC, entry()[0]);
    }

    @Test
    public void aTaskInsideIsNamedWithItsCallChain() throws Exception {
        kernel.onStack(1, kernel.linear(ENTRY) + 9);
        refused(bundle("LKPK-Patch-Deadline", "50"),
                "cmdline_proc_show: task init (PID 1) is inside: function_50+0x8 < cmdline_proc_show+0x9 (looked for 50 ms)");
    }

    @Test
    public void aFunctionThatTheIdleTaskIsInIsAlwaysBusy() throws Exception {
        kernel.onStack(0, kernel.linear(ENTRY) + 9);
        refused(bundle("LKPK-Patch-Deadline", "50"), "cmdline_proc_show: always on a stack: swapper/0 (PID 0) never leaves it");
    }

    @Test
    public void aTaskThatLeavesInTimeIsWaitedFor() throws Exception {
        kernel.onStack(2, kernel.linear(ENTRY) + 9);
        Thread leaver = new Thread(() -> {
            try {
                Thread.sleep(300);
            } catch (InterruptedException ignored) {
                return;
            }
            kernel.onStack(2, 0);
        });
        leaver.start();
        patcher.start(bundle().bundle);
        assertEquals(PatchStatus.State.APPLIED, status().state());
        leaver.join();
    }

    @Test
    public void aPointerToTheFunctionIsNoReturnIntoIt() throws Exception {
        kernel.onStack(1, kernel.linear(ENTRY));
        patcher.start(bundle().bundle);
        assertEquals(PatchStatus.State.APPLIED, status().state());
    }

    @Test
    public void aTaskThatStaysInThePatchKeepsItsText() throws Exception {
        FakeBundle bundle = bundle("LKPK-Patch-Deadline", "50");
        patcher.start(bundle.bundle);
        byte[] text = Arrays.copyOfRange(kernel.ram, FakeMachine.WINDOW, FakeMachine.WINDOW + 0x30);
        kernel.onStack(1, 0xC0000000 + FakeMachine.WINDOW + 0x18);
        String line = patcher.stop(bundle.bundle);
        assertTrue(line, line.contains("its text stays: cmdline_proc_show: task init (PID 1) is inside"));
        assertArrayEquals(NOP5, entry());
        patcher.start(bundle.bundle);
        assertArrayEquals(text, Arrays.copyOfRange(kernel.ram, FakeMachine.WINDOW, FakeMachine.WINDOW + 0x30));
    }

    @Test
    public void aBrokenListOfTasksIsRefused() throws Exception {
        kernel.ram[0x1300010] ^= 0x40;
        refused(bundle("LKPK-Patch-Deadline", "50"), "the tasks of kernel 6.1.0-test-686 cannot be told apart");
    }

    @Test
    public void badHeadersAreRefusedInOneLine() throws Exception {
        refused(bundle("LKPK-Patch-Objects", ""), "header LKPK-Patch-Objects is missing");
        bundles.clear();
        refused(bundle("LKPK-Patch-Objects", "other.o"), "other.o is not in the bundle");
        bundles.clear();
        refused(bundle("LKPK-Patch-Objects", "cmdline.o;kernal=x"), "unknown attribute 'kernal'");
        bundles.clear();
        refused(bundle("LKPK-Patch-Objects", "cmdline.o;kernel=\"x"), "a quotation mark is missing");
        bundles.clear();
        refused(bundle("LKPK-Patch-Functions", "cmdline_proc_show;position=first"), "position 'first' is not a number");
        bundles.clear();
        refused(bundle("LKPK-Patch-Functions", "cmdline_proc_show;entry=5"), "is not up to 64 bytes in hex");
        bundles.clear();
        refused(bundle("LKPK-Patch-Deadline", "soon"), "LKPK-Patch-Deadline 'soon' is not 1 to 600000 ms");
        bundles.clear();
        refused(bundle("LKPK-Patch-Callbacks", "later=f"), "'later=f' is not one of before-apply=NAME");
        bundles.clear();
        refused(bundle("LKPK-Patch", "two words"), "LKPK-Patch: a name");
    }
}
