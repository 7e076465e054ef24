package org.lkpk.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.felix.service.command.Descriptor;
import org.lkpk.api.cpu.Disassembler;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.PatchStatus;
import org.lkpk.api.patch.Patcher;
import org.lkpk.api.patch.Replacement;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** {@code patch:diff} and {@code patch:verify}: an applied patch compared with what was there, and with what should be. */
@Component(service = PatchViews.class, property = {"osgi.command.scope=patch", "osgi.command.function=diff",
    "osgi.command.function=verify"})
public final class PatchViews {
    private static final String CODE = "tTwW";
    private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-f]{6,8}");
    private static final int COLUMN = 56;
    /** INT3: what linkers of kernels put behind a function. */
    private static final byte PADDING = (byte) 0xCC;

    private final BundleContext context;
    private final Machines machines;
    private final Kernel kernel;
    private final Disassembler capstone = Capstones.open();

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Disassembler own;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Patcher patcher;

    @Activate
    public PatchViews(BundleContext context, @Reference Machines machines, @Reference Kernel kernel) {
        this.context = context;
        this.machines = machines;
        this.kernel = kernel;
    }

    @Descriptor("old code beside new, for each function of an applied patch")
    public String diff(@Descriptor("bundle id or name") String... patch) throws PatchRefused {
        Disassembler printer = capstone == null ? own : capstone;
        if (printer == null) throw new PatchRefused("no disassembler: neither libcapstone nor the CPU's bundle is there");
        StringBuilder text = new StringBuilder();
        for (Replacement one : replacements(Patches.named(patcher, context, Patches.only("patch:diff", "patch", patch)))) {
            text.append(text.isEmpty() ? "" : "\n").append(String.format("%s on %s: %08x, %d bytes; now %08x, %d bytes", one.function(),
                    one.machine(), one.address(), one.old().length, one.freshAddress(), one.fresh().length));
            List<String> old = lines(printer, one.machine(), one.old(), one.address());
            List<String> fresh = lines(printer, one.machine(), one.fresh(), one.freshAddress());
            for (SideBySide.Row row : SideBySide.of(old, fresh))
                text.append('\n').append(String.format("%-" + COLUMN + "s %c %s", row.left(), row.mark(), row.right()).stripTrailing());
        }
        return text.toString();
    }

    @Descriptor("whether the guests' memory holds what applied patches have put there; fails if not")
    public String verify(@Descriptor("bundle ids or names; none: all that are applied") String... patches) throws PatchRefused {
        Set<Long> bundles = new LinkedHashSet<>();
        for (PatchStatus one : Patches.chosen(patcher, context, patches))
            if (patches.length > 0 || one.state() == PatchStatus.State.APPLIED) bundles.add(one.bundle());
        StringJoiner text = new StringJoiner("\n").setEmptyValue("no patch is applied");
        for (long id : bundles) text.add(verified(context.getBundle(id)));
        return text.toString();
    }

    private String verified(Bundle bundle) throws PatchRefused {
        List<Replacement> all = replacements(bundle);
        for (Replacement one : all)
            if (!one.deviation().isEmpty()) throw new PatchRefused(name(bundle) + ": machine " + one.machine() + ": " + one.deviation());
        return name(bundle) + ": " + all.size() + (all.size() == 1 ? " function is" : " functions are") + " as it should be";
    }

    private List<Replacement> replacements(Bundle bundle) throws PatchRefused {
        List<Replacement> found = bundle == null ? List.of() : patcher.replacements(bundle);
        if (found.isEmpty()) throw new PatchRefused((bundle == null ? "the patch" : name(bundle)) + ": not applied; see patch:why");
        return found;
    }

    private String name(Bundle bundle) throws PatchRefused {
        for (PatchStatus one : Patches.of(patcher, bundle)) return one.name();
        return bundle.getSymbolicName();
    }

    private List<String> lines(Disassembler printer, String machine, byte[] code, int address) {
        List<String> lines = new ArrayList<>();
        int end = code.length;
        while (end > 0 && code[end - 1] == PADDING) end--;
        for (Disassembler.Line line : printer.disassemble(Arrays.copyOf(code, end), address, 32))
            lines.add(named(machine, line.text(), address, code.length));
        return lines;
    }

    /** Addresses in it by name; those of the function itself by their distance, so that equal code looks equal. */
    private String named(String machine, String text, int address, int length) {
        Matcher matcher = ADDRESS.matcher(text);
        StringBuilder line = new StringBuilder();
        while (matcher.find()) {
            int value = Integer.parseUnsignedInt(matcher.group().substring(2), 16);
            String name = Integer.compareUnsigned(value - address, length) < 0 ? "+0x" + Integer.toHexString(value - address) : known(machine, value);
            matcher.appendReplacement(line, Matcher.quoteReplacement(name.isEmpty() ? matcher.group() : name));
        }
        return matcher.appendTail(line).toString();
    }

    /** Kernels name few of their data, so that the next name below an address of data says nothing of it. */
    private String known(String machine, int value) {
        for (Machine one : machines.all())
            if (one.name().equals(machine) && value < 0) return kernel.running(one).flatMap(running -> running.symbols().covering(value))
                    .filter(symbol -> symbol.address() == value || CODE.indexOf(symbol.type()) >= 0).map(symbol -> kernel.name(one, value)).orElse("");
        return "";
    }
}
