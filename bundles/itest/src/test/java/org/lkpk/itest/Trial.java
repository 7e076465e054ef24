package org.lkpk.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.PatchStatus.State;
import org.lkpk.api.patch.Patcher;
import org.lkpk.api.patch.Replacement;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Cases tried on a running guest. */
final class Trial {
    private final BundleContext context;
    private final RunningGuest guest;

    Trial(BundleContext context, RunningGuest guest) {
        this.context = context;
        this.guest = guest;
    }

    /** Tries them one after the other; fails at the end with all that were not as they say, or if code of the kernel has changed. */
    void of(List<PatchCase> cases) throws Exception {
        KernelImage kernel = RunningGuest.service(context, Kernels.class).running(guest.machine).orElseThrow();
        byte[] text = KernelText.of(context, guest.machine);
        List<String> failures = new ArrayList<>();
        for (PatchCase one : cases) {
            String failure = "";
            try {
                type(one.says("before"));
                byte[] before = KernelText.of(context, guest.machine);
                carryOut(one);
                assertEquals("", KernelText.difference(kernel, before, KernelText.of(context, guest.machine)));
            } catch (AssertionError | Exception failed) {
                failure = failed.toString();
                failures.add(one.name + ": " + failed);
            } finally {
                type(one.says("after"));
            }
            System.out.println(kernel.release() + ": " + one.name + ": " + (failure.isEmpty() ? "as expected" : failure));
        }
        assertTrue(cases.size() + " cases, of which failed: " + failures, failures.isEmpty());
        assertEquals("", KernelText.difference(kernel, text, KernelText.of(context, guest.machine)));
    }

    private void type(String command) throws InterruptedException {
        if (!command.isEmpty()) guest.terminal.command(command);
    }

    private void carryOut(PatchCase one) throws Exception {
        Bundle bundle = one.install(context);
        try {
            if (one.expects("refusal")) refused(one, bundle);
            else if (one.expects("waits")) waits(one, bundle);
            else works(one, bundle);
        } finally {
            bundle.uninstall();
        }
    }

    private void refused(PatchCase one, Bundle bundle) throws Exception {
        String reason = outcome(bundle);
        assertTrue("refused: " + reason, Pattern.compile(one.says("refusal")).matcher(reason).find());
    }

    private void waits(PatchCase one, Bundle bundle) throws BundleException {
        bundle.start();
        PatchStatus status = status(bundle);
        assertEquals(State.WAITING, status.state());
        assertEquals(one.says("waits"), status.reason());
    }

    private void works(PatchCase one, Bundle bundle) throws Exception {
        answers(one, "old");
        assertEquals("", outcome(bundle));
        assertEquals(State.APPLIED, status(bundle).state());
        answers(one, "new");
        for (Replacement replacement : patcher().replacements(bundle)) assertEquals("", replacement.deviation());
        if (one.expects("hits"))
            for (long hits : status(bundle).hits()) assertTrue("never called: " + status(bundle), hits > 0);
        bundle.stop();
        answers(one, "old");
        if (one.expects("dmesg")) {
            String log = guest.terminal.command("dmesg");
            assertTrue(log, Pattern.compile(one.says("dmesg")).matcher(log).find());
        }
    }

    private void answers(PatchCase one, String when) throws InterruptedException {
        String answer = guest.terminal.command(one.says("command")).strip();
        assertTrue(when + ": " + answer, Pattern.compile(one.says(when)).matcher(answer).matches());
    }

    /** Why a patch is refused once it is started; empty if it is applied. */
    String outcome(Bundle bundle) throws Exception {
        try {
            bundle.start();
        } catch (BundleException refusal) {
            assertEquals(State.REFUSED, status(bundle).state());
            return refusal.getMessage();
        }
        RunningGuest.await("applied or refused", () -> status(bundle).state() != State.WAITING);
        return status(bundle).reason();
    }

    private Patcher patcher() {
        return RunningGuest.service(context, Patcher.class);
    }

    PatchStatus status(Bundle bundle) {
        return patcher().patches().stream().filter(s -> s.bundle() == bundle.getBundleId()).findFirst().orElseThrow();
    }
}
