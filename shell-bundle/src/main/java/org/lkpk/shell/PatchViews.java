package org.lkpk.shell;

import java.util.ArrayList;
import java.util.List;
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
    private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-f]{6,8}");
    private static final int COLUMN = 56;

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
    public String diff(@Descriptor("bundle id or name") String patch) throws PatchRefused {
        Disassembler printer = capstone == null ? own : capstone;
        if (printer == null) throw new PatchRefused("no disassembler: neither libcapstone nor the CPU's bundle is there");
        StringBuilder text = new StringBuilder();
        for (Replacement one : replacements(patch)) {
            text.append(text.isEmpty() ? "" : "\n").append(String.format("%s on %s: %08x, %d bytes; now %08x, %d bytes", one.function(),
                    one.machine(), one.address(), one.old().length, one.freshAddress(), one.fresh().length));
            List<String> old = lines(printer, one.machine(), one.old(), one.address());
            List<String> fresh = lines(printer, one.machine(), one.fresh(), one.freshAddress());
            for (SideBySide.Row row : SideBySide.of(old, fresh))
                text.append('\n').append(String.format("%-" + COLUMN + "s %c %s", row.left(), row.mark(), row.right()).stripTrailing());
        }
        return text.toString();
    }

    @Descriptor("whether the guests' memory holds what applied patches have put there")
    public String verify() throws PatchRefused {
        StringBuilder text = new StringBuilder();
        for (PatchStatus one : present().patches())
            if (one.state() == PatchStatus.State.APPLIED) text.append(text.isEmpty() ? "" : "\n").append(verify("" + one.bundle()));
        return text.isEmpty() ? "no patch is applied" : text.toString();
    }

    @Descriptor("whether the guests' memory holds what an applied patch has put there; fails if not")
    public String verify(@Descriptor("bundle id or name") String patch) throws PatchRefused {
        List<Replacement> all = replacements(patch);
        for (Replacement one : all)
            if (!one.deviation().isEmpty()) throw new PatchRefused(patch + ": machine " + one.machine() + ": " + one.deviation());
        return named(patch).name() + ": " + all.size() + (all.size() == 1 ? " function is" : " functions are") + " as it should be";
    }

    private List<Replacement> replacements(String patch) throws PatchRefused {
        PatchStatus status = named(patch);
        Bundle bundle = context.getBundle(status.bundle());
        List<Replacement> found = bundle == null ? List.of() : present().replacements(bundle);
        if (found.isEmpty()) throw new PatchRefused(status.name() + ": not applied; see patch:why");
        return found;
    }

    private PatchStatus named(String patch) throws PatchRefused {
        for (PatchStatus one : present().patches()) if (one.name().equals(patch) || patch.equals("" + one.bundle())) return one;
        throw new PatchRefused(patch + ": no such patch; see patch:list");
    }

    private Patcher present() throws PatchRefused {
        Patcher present = patcher;
        if (present == null) throw new PatchRefused("no patcher is active: start the bundle org.lkpk.patcher");
        return present;
    }

    private List<String> lines(Disassembler printer, String machine, byte[] code, int address) {
        List<String> lines = new ArrayList<>();
        for (Disassembler.Line line : printer.disassemble(code, address, 32))
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

    private String known(String machine, int value) {
        for (Machine one : machines.all())
            if (one.name().equals(machine) && value < 0) return kernel.name(one, value);
        return "";
    }
}
