package org.lkpk.shell;

import java.util.List;
import java.util.Locale;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.lkpk.api.machine.SlotView;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code bus:…}: what stands in the slots and who has claimed what. */
@Component(service = BusCommands.class, property = {"osgi.command.scope=bus", "osgi.command.function=slots",
    "osgi.command.function=ports", "osgi.command.function=irqs", "osgi.command.function=show"})
public final class BusCommands {
    private final Rack rack;

    @Activate
    public BusCommands(@Reference Rack rack) {
        this.rack = rack;
    }

    @Descriptor("slots with their cards and claims, refused ones with the reason")
    public String slots(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name) {
        StringBuilder lines = new StringBuilder();
        for (SlotView view : rack.machine(name).slots()) {
            String state = !view.refusal().isEmpty() ? "refused: " + view.refusal()
                    : view.version().isEmpty() ? "its card is not there" : view.version();
            lines.append(String.format("%s%-10s %-26s %s%s", lines.isEmpty() ? "" : "\n", view.slot(), view.card(), state,
                    claims(view.claims())));
        }
        return lines.isEmpty() ? "no slot is taken" : lines.toString();
    }

    private static String claims(List<SlotView.Claim> claims) {
        StringBuilder text = new StringBuilder();
        for (SlotView.Claim claim : claims) {
            boolean number = claim.kind() == SlotView.Kind.IRQ || claim.kind() == SlotView.Kind.DMA;
            String from = number ? Integer.toString(claim.first()) : Integer.toHexString(claim.first());
            String to = number ? Integer.toString(claim.last()) : Integer.toHexString(claim.last());
            text.append("  ").append(claim.kind().name().toLowerCase(Locale.ROOT)).append(' ').append(from);
            if (!to.equals(from)) text.append('-').append(to);
        }
        return text.toString();
    }

    @Descriptor("who owns which I/O ports")
    public String ports(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name)
            throws Exception {
        return show(name, "ports");
    }

    @Descriptor("the interrupt controllers, line by line")
    public String irqs(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name)
            throws Exception {
        return show(name, "irqs");
    }

    @Descriptor("state of a chip or a card: irqs, dma, memory, time, ports, or a slot's name")
    public String show(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("chip or slot") String what) throws Exception {
        return String.join("\n", rack.machine(name).describe(what));
    }
}
