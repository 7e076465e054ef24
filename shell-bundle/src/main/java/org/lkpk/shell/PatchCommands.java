package org.lkpk.shell;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.Patcher;
import org.lkpk.api.patch.Trust;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** {@code patch:…}: for people and scripts; unlike Gogo's own start, these fail when a patch is refused. */
@Component(service = PatchCommands.class, property = {"osgi.command.scope=patch", "osgi.command.function=install", "osgi.command.function=trust",
    "osgi.command.function=start", "osgi.command.function=stop", "osgi.command.function=list", "osgi.command.function=why"})
public final class PatchCommands {
    private final BundleContext context;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Patcher patcher;
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Trust trust;

    @Activate
    public PatchCommands(BundleContext context) {
        this.context = context;
    }

    @Descriptor("installs a patch bundle; start applies it")
    public String install(CommandSession session,
            @Descriptor("answer in JSON") @Parameter(names = "--json", absentValue = "false", presentValue = "true") boolean json,
            @Descriptor("file") String... file) throws PatchRefused, BundleException {
        Path path = path(session, Patches.only("patch:install", "file", file));
        String location = path.toUri().toString();
        if (context.getBundle(location) != null)
            throw new PatchRefused(path + ": installed already, as bundle " + context.getBundle(location).getBundleId());
        checkVoucher(path);
        Bundle bundle = bundle(path, location);
        List<PatchStatus> found = Patches.of(patcher, bundle);
        if (found.isEmpty()) {
            bundle.uninstall();
            throw new PatchRefused(path + ": not a patch bundle");
        }
        return print(found, json);
    }

    private static Path path(CommandSession session, String file) throws PatchRefused {
        Path path = (session.currentDir() == null ? Path.of("") : session.currentDir()).resolve(file).toAbsolutePath().normalize();
        if (Files.isRegularFile(path)) return path;
        throw new PatchRefused(path + (Files.isDirectory(path) ? ": is a folder" : ": no such file"));
    }

    private void checkVoucher(Path path) throws PatchRefused {
        Trust present = trust;
        if (present == null) throw new PatchRefused(path + ": nothing checks its signature: start the bundle org.lkpk.trust");
        present.check(path);
    }

    @Descriptor("trusts whoever signed a patch, or whose certificate a file holds")
    public String trust(CommandSession session, @Descriptor("file") String... file) throws PatchRefused {
        Path path = path(session, Patches.only("patch:trust", "file", file));
        if (trust == null) throw new PatchRefused("nothing checks signatures: start the bundle org.lkpk.trust");
        return trust.trust(path);
    }

    private Bundle bundle(Path path, String location) throws PatchRefused {
        try {
            return context.installBundle(location);
        } catch (BundleException broken) {
            throw new PatchRefused(path + ": not a bundle: " + reason(broken));
        }
    }

    @Descriptor("applies a patch, or lets it wait for its moment; fails with the reason if it is refused")
    public String start(
            @Descriptor("answer in JSON") @Parameter(names = "--json", absentValue = "false", presentValue = "true") boolean json,
            @Descriptor("bundle id or name") String... patch) throws PatchRefused, BundleException {
        Bundle bundle = Patches.named(patcher, context, Patches.only("patch:start", "patch", patch));
        try {
            bundle.start();
        } catch (BundleException refused) {
            bundle.stop(); // Or the framework would try again by itself.
            throw new PatchRefused(reason(refused));
        }
        List<PatchStatus> now = Patches.of(patcher, bundle);
        for (PatchStatus one : now)
            if (one.state() == PatchStatus.State.REFUSED) throw new PatchRefused(one.reason());
        return print(now, json);
    }

    @Descriptor("takes a patch back")
    public String stop(
            @Descriptor("answer in JSON") @Parameter(names = "--json", absentValue = "false", presentValue = "true") boolean json,
            @Descriptor("bundle id or name") String... patch) throws PatchRefused, BundleException {
        Bundle bundle = Patches.named(patcher, context, Patches.only("patch:stop", "patch", patch));
        bundle.stop();
        return print(Patches.of(patcher, bundle), json);
    }

    @Descriptor("patches and what became of them")
    public String list(
            @Descriptor("answer in JSON") @Parameter(names = "--json", absentValue = "false", presentValue = "true") boolean json,
            @Descriptor("bundle ids or names; none: all") String... patches) throws PatchRefused {
        List<PatchStatus> found = Patches.chosen(patcher, context, patches);
        return found.isEmpty() && !json ? "no patch is installed" : print(found, json);
    }

    @Descriptor("why patches are not applied")
    public String why(
            @Descriptor("answer in JSON") @Parameter(names = "--json", absentValue = "false", presentValue = "true") boolean json,
            @Descriptor("bundle ids or names; none: all") String... patches) throws PatchRefused {
        List<PatchStatus> found = Patches.chosen(patcher, context, patches);
        if (json) return print(found, true);
        StringBuilder lines = new StringBuilder();
        for (PatchStatus one : found) lines.append(lines.isEmpty() ? "" : "\n").append(why(one));
        return lines.toString();
    }

    private static String why(PatchStatus one) {
        String where = one.machine().isEmpty() ? one.name() : one.name() + " on " + one.machine();
        String reason = one.reason().startsWith(one.name() + ": ") ? one.reason().substring(one.name().length() + 2) : one.reason();
        return where + ": " + switch (one.state()) {
            case APPLIED -> "applied";
            case STOPPED -> reason.isEmpty() ? "not started" : reason;
            case WAITING -> "waiting: " + reason;
            case REFUSED -> "refused: " + reason;
            case REPLACED -> "replaced " + reason;
        };
    }

    /** The innermost cause says it best. */
    private static String reason(Throwable failure) {
        Throwable inner = failure;
        while (inner.getCause() != null) inner = inner.getCause();
        return inner.getMessage() == null ? inner.toString() : inner.getMessage();
    }

    private static String print(List<PatchStatus> patches, boolean json) {
        if (json) return Json.of(patches.stream().map(PatchCommands::map).toList());
        StringBuilder lines = new StringBuilder();
        for (PatchStatus one : patches)
            lines.append(lines.isEmpty() ? "" : "\n").append(String.format("%4d  %-8s  %s %s  %s  %s%s%s", one.bundle(), one.state(),
                    one.name(), one.version(), one.machine().isEmpty() ? "-" : one.machine(), functions(one),
                    one.reason().isEmpty() ? "" : "  " + one.reason(), Pauses.told(one.pauses())));
        return lines.toString();
    }

    /** Names, each with how often it was called. */
    private static String functions(PatchStatus one) {
        List<String> named = new ArrayList<>();
        for (int i = 0; i < one.functions().size(); i++)
            named.add(one.functions().get(i) + (i < one.hits().size() ? ":" + one.hits().get(i) : ""));
        return String.join(" ", named);
    }

    private static Map<String, Object> map(PatchStatus one) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("bundle", one.bundle());
        map.put("name", one.name());
        map.put("version", one.version());
        map.put("machine", one.machine());
        map.put("state", one.state());
        map.put("reason", one.reason());
        map.put("functions", one.functions());
        map.put("hits", one.hits());
        map.put("pauses", one.pauses().stream().map(PatchStatus.Pause::ns).toList());
        map.put("kinds", one.pauses().stream().map(PatchStatus.Pause::kind).toList());
        return map;
    }
}
