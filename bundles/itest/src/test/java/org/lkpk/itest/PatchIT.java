package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.Patcher;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.BundleStartLevel;

/** Patch bundles and tiny's kernel. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PatchIT {
    private static final String PATCH = "org.lkpk.patch.tiny";
    private static final String OLD = "console=ttyS0\n", NEW = "[lkpk] console=ttyS0\n";

    @Inject
    private BundleContext context;
    private RunningGuest tiny;
    private Bundle patch;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Before
    public void makeAMachine() throws Exception {
        tiny = RunningGuest.tiny(context, "patched");
        patch = Container.bundle(context, PATCH);
    }

    @After
    public void stopAll() throws Exception {
        patch.stop();
        tiny.close();
    }

    @Test
    public void aStartedPatchIsSeenInTheGuestAndAStoppedOneIsGone() throws Exception {
        tiny.boot();
        String text = tiny.terminal.command("k");
        assertEquals(OLD, tiny.terminal.command("b"));
        for (int i = 0; i < 3; i++) {
            patch.start();
            assertEquals(NEW, tiny.terminal.command("b"));
            assertNotEquals(text, tiny.terminal.command("k"));
            patch.stop();
            assertEquals(OLD, tiny.terminal.command("b"));
            assertEquals(text, tiny.terminal.command("k"));
        }
    }

    @Test
    public void aPatchStartedBeforeTheKernelRunsWaitsForIt() throws Exception {
        patch.start();
        assertEquals(Bundle.ACTIVE, patch.getState());
        assertEquals(PatchStatus.State.WAITING, status().state());
        tiny.boot();
        awaitApplied();
        assertEquals(NEW, tiny.terminal.command("b"));
    }

    @Test
    public void aPatchIsAppliedAgainAfterAReset() throws Exception {
        tiny.boot();
        patch.start();
        assertEquals(NEW, tiny.terminal.command("b"));
        tiny.machine.reset();
        tiny.terminal.await("Linux version");
        tiny.terminal.prompt();
        RunningGuest.await("applied again", () -> NEW.equals(tiny.terminal.command("b")));
    }

    @Test
    public void aStoppedPatcherTakesItsPatchesBackAndAStartedOneAppliesThemAgain() throws Exception {
        tiny.boot();
        String text = tiny.terminal.command("k");
        patch.start();
        Bundle patcher = Container.bundle(context, "org.lkpk.patcher");
        patcher.stop();
        assertEquals(OLD, tiny.terminal.command("b"));
        assertEquals(text, tiny.terminal.command("k"));
        patcher.start();
        tiny.nameSymbols();
        awaitApplied();
        assertEquals(NEW, tiny.terminal.command("b"));
        patch.stop();
        assertEquals(text, tiny.terminal.command("k"));
    }

    @Test
    public void entryBytesThatAreNotTheExpectedOnesAreAVeto() throws Exception {
        refused(changed().header("LKPK-Patch-Functions", "banner_show;entry=\"55 89 e5 5d c3\""),
                "tiny: banner_show: its entry holds ", ", not 55 89 e5 5d c3");
    }

    @Test
    public void aFunctionWithoutTheNopIsAVeto() throws Exception {
        refused(renamed("banner_show", "serial_init").header("LKPK-Patch-Functions", "serial_init"),
                "tiny: serial_init: its entry holds ", "");
    }

    @Test
    public void anUnknownSymbolIsAVeto() throws Exception {
        refused(renamed("line_puts", "line_putz"), "tiny.o: line_putz: no such symbol in the running kernel", "");
    }

    @Test
    public void anotherKernelIsAVeto() throws Exception {
        refused(changed().header("LKPK-Patch-Objects", "tiny.o;kernel=\"6.1.*-686\""),
                "tiny: for kernel 6.1.*-686; the running one is ", "tiny");
    }

    @Test
    public void aCorruptObjectIsAVeto() throws Exception {
        Jar jar = changed();
        refused(jar.entry("tiny.o", Arrays.copyOf(jar.entry("tiny.o"), 300)), "tiny.o: ", "");
    }

    @Test
    public void aMissingObjectIsAVeto() throws Exception {
        refused(changed().header("LKPK-Patch-Objects", "none.o"), "tiny: none.o is not in the bundle", "");
    }

    /** A bundle of its own, made from the patch. */
    private static Jar changed() throws IOException {
        return Jar.of(PATCH).header("Bundle-SymbolicName", "org.lkpk.patch.refused");
    }

    /** The same with a name in its object changed to one as long. */
    private static Jar renamed(String old, String now) throws IOException {
        Jar jar = changed();
        String text = new String(jar.entry("tiny.o"), StandardCharsets.ISO_8859_1);
        return jar.entry("tiny.o", text.replace(old, now).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Starting it fails with the whole reason, leaves no trace in the guest, and does not happen again by itself. */
    private void refused(Jar jar, String start, String end) throws Exception {
        tiny.boot();
        String text = tiny.terminal.command("k");
        Bundle bundle = context.installBundle("test:refused", jar.stream());
        try {
            BundleException refusal = assertThrows(BundleException.class, bundle::start);
            String reason = refusal.getMessage();
            assertTrue(reason, reason.startsWith(start) && reason.contains(end) && !reason.contains("\n"));
            assertNotEquals(Bundle.ACTIVE, bundle.getState());
            RunningGuest.await("no longer marked as started",
                    () -> !bundle.adapt(BundleStartLevel.class).isPersistentlyStarted());
            assertEquals(text, tiny.terminal.command("k"));
            PatchStatus status = statuses().stream().filter(s -> s.bundle() == bundle.getBundleId()).findFirst().orElseThrow();
            assertEquals(reason, status.reason());
            assertEquals(PatchStatus.State.REFUSED, status.state());
        } finally {
            bundle.uninstall();
        }
        assertFalse(statuses().stream().anyMatch(s -> s.bundle() == bundle.getBundleId()));
    }

    private List<PatchStatus> statuses() {
        return RunningGuest.service(context, Patcher.class).patches();
    }

    private PatchStatus status() {
        return statuses().stream().filter(s -> s.bundle() == patch.getBundleId()).findFirst().orElseThrow();
    }

    private void awaitApplied() throws Exception {
        RunningGuest.await("applied", () -> status().state() == PatchStatus.State.APPLIED);
    }
}
