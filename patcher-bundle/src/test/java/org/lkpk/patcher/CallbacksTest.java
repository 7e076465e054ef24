package org.lkpk.patcher;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.time.Duration;
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
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.PatchStatus.State;
import org.osgi.framework.Bundle;

/** Patches whose callbacks take their time; the test is the kernel's worker thread. */
public class CallbacksTest {
    private static final int ENTRY = 1;
    private static final byte[] NOP5 = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00};
    /** Of {@code struct call} in runtime.c. */
    private static final int STATE = 0, FUNCTION = 4, ANSWER = 8, NONE = 0, WANTED = 1, UNDER_WAY = 2, DONE = 3;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final SyntheticKernel kernel = new SyntheticKernel(16 << 20, false, "search_module_extables", "find_bug", "is_module_text_address",
            "module_address_lookup", "update_process_times", "search_extable", "execute_in_process_context", "__kmalloc", "kfree",
            "module_alloc", "module_memfree", "set_memory_x");
    private final FakeMachine machine = new FakeMachine(kernel.ram);
    private final List<Bundle> bundles = new ArrayList<>();
    private final RunningKernels kernels = new RunningKernels(new Machines() {
        @Override
        public Machine create(Specification specification) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Machine> all() {
            return List.of(machine);
        }
    });
    private final LivePatcher patcher = new LivePatcher(FakeBundle.context(bundles), kernels);
    private final ByteBuffer ram = ByteBuffer.wrap(kernel.ram).order(ByteOrder.LITTLE_ENDIAN);

    @After
    public void leave() {
        patcher.deactivate();
    }

    private FakeBundle bundle(int id, String name, String callbacks) throws Exception {
        File object = folder.newFile();
        Files.write(object.toPath(), Fixtures.cmdlineObject());
        Map<String, String> headers = new HashMap<>(Map.of("LKPK-Patch", name, "LKPK-Patch-Objects", "cmdline.o", "LKPK-Patch-Functions", "cmdline_proc_show"));
        if (!callbacks.isEmpty()) headers.put("LKPK-Patch-Callbacks", callbacks);
        FakeBundle bundle = new FakeBundle(headers, Map.of("cmdline.o", object));
        bundle.id = id;
        bundles.add(bundle.bundle);
        return bundle;
    }

    private byte[] entry() {
        return Arrays.copyOfRange(kernel.ram, kernel.physical(ENTRY), kernel.physical(ENTRY) + NOP5.length);
    }

    private PatchStatus status(FakeBundle bundle) {
        return patcher.patches().stream().filter(one -> one.bundle() == bundle.id).findFirst().orElseThrow();
    }

    private void await(FakeBundle bundle, State state) throws InterruptedException {
        for (int i = 0; i < 200 && status(bundle).state() != state; i++) Thread.sleep(10);
        assertEquals(status(bundle).reason(), state, status(bundle).state());
    }

    /** Where {@code struct call} is; while a patch with callbacks is there. */
    private int call() throws Exception {
        Guest guest = kernels.guests().get(0);
        return guest.runtime(guest.kernel().orElseThrow(), Duration.ofSeconds(1)).offered().get("lkpk_call") - 0xC0000000;
    }

    /** The worker thread takes the call. */
    private void taken(int call) throws InterruptedException {
        for (int i = 0; i < 200 && ram.getInt(call + STATE) != WANTED; i++) Thread.sleep(10);
        assertEquals(WANTED, ram.getInt(call + STATE));
        ram.putInt(call + STATE, UNDER_WAY);
    }

    private void answered(int call, int answer) {
        ram.putInt(call + ANSWER, answer);
        ram.putInt(call + STATE, DONE);
    }

    /** Whoever has no callbacks starts and stops as if there were no others. */
    private void othersComeAndGo() throws Exception {
        FakeBundle other = bundle(9, "other", "");
        byte[] before = entry();
        for (int i = 0; i < 5; i++) {
            CompletableFuture.runAsync(() -> {
                try {
                    patcher.start(other.bundle);
                    assertEquals(State.APPLIED, status(other).state());
                    patcher.stop(other.bundle);
                } catch (Exception refused) {
                    throw new AssertionError(refused);
                }
            }).get(2, TimeUnit.SECONDS);
            assertArrayEquals(before, entry());
        }
    }

    @Test
    public void othersComeAndGoWhileACallbackThatMayObjectIsUnderWay() throws Exception {
        FakeBundle slow = bundle(8, "slow", "before-apply=cmdline_proc_show");
        String line = patcher.start(slow.bundle);
        assertTrue(line, line.contains("slow waits: slow: machine pc: cmdline_proc_show has not returned yet"));
        taken(call());
        assertEquals(State.WAITING, status(slow).state());
        othersComeAndGo();
        assertArrayEquals(NOP5, entry());
        answered(call(), 0);
        await(slow, State.APPLIED);
        assertEquals((byte) 0xE9, entry()[0]);
    }

    @Test
    public void aCallbackThatObjectsAfterTheStartHasAnsweredRefusesThePatch() throws Exception {
        FakeBundle slow = bundle(8, "slow", "before-apply=cmdline_proc_show");
        patcher.start(slow.bundle);
        taken(call());
        answered(call(), -22);
        await(slow, State.REFUSED);
        assertTrue(status(slow).reason(), status(slow).reason().endsWith("cmdline_proc_show answered -22"));
        assertArrayEquals(NOP5, entry());
    }

    @Test
    public void aPatchIsAppliedAndOthersComeAndGoWhileItsFirstCallbackIsUnderWay() throws Exception {
        FakeBundle slow = bundle(8, "slow", "after-apply=cmdline_proc_show");
        String line = patcher.start(slow.bundle);
        assertTrue(line, line.contains("slow applied"));
        int call = call();
        taken(call);
        othersComeAndGo();
        CompletableFuture<String> stopped = CompletableFuture.supplyAsync(() -> patcher.stop(slow.bundle));
        Thread.sleep(100);
        assertTrue("it has not waited for the callback", !stopped.isDone() && entry()[0] == (byte) 0xE9);
        answered(call, 0);
        assertEquals("slow taken back", stopped.get(5, TimeUnit.SECONDS));
        assertArrayEquals(NOP5, entry());
    }

    @Test
    public void othersComeAndGoWhileCallbacksOfOneThatLeavesAreUnderWay() throws Exception {
        FakeBundle slow = bundle(8, "slow", "before-revert=cmdline_proc_show;after-revert=cmdline_proc_show");
        patcher.start(slow.bundle);
        int call = call();
        CompletableFuture<String> stopped = CompletableFuture.supplyAsync(() -> patcher.stop(slow.bundle));
        taken(call);
        othersComeAndGo();
        assertEquals("it has left before its callback has returned", (byte) 0xE9, entry()[0]);
        answered(call, 0);
        taken(call);
        assertArrayEquals(NOP5, entry());
        othersComeAndGo();
        assertTrue(!stopped.isDone());
        answered(call, 7);
        assertEquals("slow taken back; slow: machine pc: cmdline_proc_show answered 7", stopped.get(5, TimeUnit.SECONDS));
    }

    @Test
    public void codeOfACallbackThatNeverReturnsStaysWhereItIs() throws Exception {
        FakeBundle slow = bundle(8, "slow", "before-apply=cmdline_proc_show"), other = bundle(10, "last", "");
        patcher.start(slow.bundle);
        int call = call(), code = ram.getInt(call + FUNCTION) - 0xC0000000;
        taken(call);
        byte[] before = Arrays.copyOfRange(kernel.ram, code, code + 32);
        String line = patcher.stop(slow.bundle);
        assertEquals(State.STOPPED, status(slow).state());
        assertTrue(line, line.startsWith("slow taken back"));
        patcher.start(other.bundle);
        assertArrayEquals(before, Arrays.copyOfRange(kernel.ram, code, code + 32));
        assertEquals("the worker thread's call was overwritten", UNDER_WAY, ram.getInt(call + STATE));
        assertEquals(NONE, ram.getInt(call() + STATE));
    }
}
