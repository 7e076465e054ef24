package org.lkpk.authoring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.lkpk.api.machine.Specification;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.Patcher;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** A patch applied to a machine of its own, which is thrown away. */
final class Rehearsal {
    private static final String MACHINE = "check";
    private static final long LOOK_MS = 50;
    /** How long the guest must go on after the patch was taken back. */
    private static final long AFTER_MS = 500;

    private final BundleContext context;
    private final Machines machines;
    private final Patcher patcher;
    private final long memory;
    private final long deadline;

    /** What came out; the exit status is 0 if the patch was applied and taken back, 1 if it was refused, 124 if time ran out. */
    record Verdict(int status, Map<String, Object> facts) {
        static Verdict refused(Path jar, String reason) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("file", jar.toString());
            facts.put("state", "REFUSED");
            facts.put("reason", reason);
            return new Verdict(1, facts);
        }

        Verdict vouchedFor(String voucher) {
            facts.put("signature", voucher);
            return this;
        }

        String line() {
            Object functions = facts.get("functions");
            return facts.get("state") + "  " + facts.get("file") + (functions == null ? "" : "  " + String.join(" ", words(functions)))
                    + (facts.get("reason").toString().isEmpty() ? "" : "  " + facts.get("reason"));
        }

        private static List<String> words(Object list) {
            List<String> words = new ArrayList<>();
            for (Object one : (List<?>) list) words.add(one.toString());
            return words;
        }

        String json() {
            return json(facts);
        }

        private static String json(Object value) {
            if (value instanceof Map<?, ?> map)
                return "{" + String.join(",", map.entrySet().stream().map(e -> json(e.getKey()) + ":" + json(e.getValue())).toList()) + "}";
            if (value instanceof List<?> list) return "[" + String.join(",", list.stream().map(Verdict::json).toList()) + "]";
            if (value instanceof Number || value instanceof Boolean) return value.toString();
            StringBuilder text = new StringBuilder("\"");
            for (char c : value.toString().toCharArray()) {
                if (c == '"' || c == '\\') text.append('\\').append(c);
                else text.append(c < ' ' ? String.format("\\u%04x", (int) c) : c);
            }
            return text.append('"').toString();
        }
    }

    Rehearsal(BundleContext context, Machines machines, Patcher patcher, int megabytes, int seconds) {
        this.context = context;
        this.machines = machines;
        this.patcher = patcher;
        memory = (long) megabytes << 20;
        deadline = System.nanoTime() + seconds * 1_000_000_000L;
    }

    Verdict of(Path jar, Guest.Image image) throws Refusal, IOException, InterruptedException {
        Machine machine;
        try {
            machine = machines.create(Specification.named(MACHINE).withMemory(memory).withoutReboot());
        } catch (IllegalArgumentException impossible) {
            throw new Refusal(impossible.getMessage());
        }
        Bundle bundle = null;
        try (InputStream in = Files.newInputStream(jar)) {
            bundle = context.installBundle("check:" + jar, in);
            if (bundle.getHeaders("").get(Patcher.HEADER) == null) return Verdict.refused(jar, "not a patch bundle");
            machine.boot(image.boot());
            return rehearsed(jar, bundle, machine);
        } catch (BootRefused refused) {
            throw new Refusal(refused.getMessage());
        } catch (BundleException refused) {
            return Verdict.refused(jar, innermost(refused));
        } finally {
            try {
                if (bundle != null) bundle.uninstall();
            } catch (BundleException gone) {
                // The framework ends with us.
            }
            machine.dispose();
        }
    }

    private static String innermost(Throwable failure) {
        Throwable inner = failure;
        while (inner.getCause() != null) inner = inner.getCause();
        return String.valueOf(inner.getMessage());
    }

    private Verdict rehearsed(Path jar, Bundle bundle, Machine machine) throws BundleException, InterruptedException {
        bundle.start();
        PatchStatus status = await(bundle, machine);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("file", jar.toString());
        if (status != null) {
            facts.put("patch", status.name());
            facts.put("version", status.version());
            facts.put("functions", status.functions());
        }
        facts.put("kernel", machine.boot().title());
        if (status == null || status.state() == PatchStatus.State.WAITING) {
            facts.put("state", "WAITING");
            facts.put("reason", machine.ending().isDone() ? "the guest has ended before it came up" : status == null ? "" : status.reason());
            return new Verdict(124, facts);
        }
        facts.put("state", status.state().name());
        facts.put("reason", status.reason());
        facts.put("pauses", status.pauses().stream().map(PatchStatus.Pause::ns).toList());
        if (status.state() != PatchStatus.State.APPLIED) return new Verdict(1, facts);
        bundle.stop();
        long instructions = machine.counters().instructions();
        Thread.sleep(AFTER_MS);
        boolean alive = machine.status() == Machine.Status.RUNNING && machine.counters().instructions() > instructions;
        facts.put("reverted", alive);
        if (!alive) facts.put("reason", "the guest does not run on after the patch was taken back");
        return new Verdict(alive ? 0 : 1, facts);
    }

    /** What became of the patch on the machine; null if nothing did in time. */
    private PatchStatus await(Bundle bundle, Machine machine) throws InterruptedException {
        PatchStatus last = null;
        while (System.nanoTime() < deadline && !machine.ending().isDone()) {
            for (PatchStatus one : patcher.patches())
                if (one.bundle() == bundle.getBundleId()) last = one;
            if (last != null && last.state() != PatchStatus.State.WAITING) return last;
            Thread.sleep(LOOK_MS);
        }
        return last;
    }
}
