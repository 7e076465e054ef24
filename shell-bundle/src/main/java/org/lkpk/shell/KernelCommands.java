package org.lkpk.shell;

import java.util.regex.Pattern;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.machine.Machine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code kernel:…}: what the patcher knows of the kernel that runs. */
@Component(service = KernelCommands.class, property = {"osgi.command.scope=kernel", "osgi.command.function=symbols",
    "osgi.command.function=where"})
public final class KernelCommands {
    private static final int MOST = 200;

    private final Rack rack;
    private final Kernel kernel;

    @Activate
    public KernelCommands(@Reference Rack rack, @Reference Kernel kernel) {
        this.rack = rack;
        this.kernel = kernel;
    }

    @Descriptor("symbols whose name fits, with * and ? as in file names")
    public String symbols(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("name or pattern") String pattern) {
        Pattern wanted = Pattern.compile(("\\Q" + pattern + "\\E").replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"));
        StringBuilder lines = new StringBuilder();
        int found = 0;
        for (Symbol symbol : kernel.known(rack.machine(name)).symbols().all()) {
            if (!wanted.matcher(symbol.name()).matches() || found++ >= MOST) continue;
            lines.append(String.format("%08x %c %6x %s%n", symbol.address(), symbol.type(), symbol.size(), symbol.name()));
        }
        if (found > MOST) lines.append("and ").append(found - MOST).append(" more");
        if (found == 0) throw new IllegalArgumentException(pattern + ": no symbol of that name");
        return lines.toString().stripTrailing();
    }

    @Descriptor("the kernel that runs, and where it is now")
    public String where(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name)
            throws Exception {
        Machine machine = rack.machine(name);
        KernelImage image = kernel.known(machine);
        long[] at = Rack.atRest(machine, () -> {
            Cpu cpu = Rack.cpu(machine);
            return new long[] {cpu.segment("cs").base() + cpu.register("eip"), cpu.privilege(), cpu.idle() ? 1 : 0};
        });
        String symbol = kernel.name(machine, (int) at[0]);
        return String.format("%s%nbuild id %s%nbase %08x, moved by %x%n%d symbols%nat %08x %s, ring %d%s", image.banner().strip(),
                image.buildId().isEmpty() ? "none" : image.buildId(), image.base(), image.slide(),
                image.symbols().all().size(), (int) at[0], symbol, at[1], at[2] == 1 ? ", idle" : "");
    }

    @Descriptor("the symbol that an address lies in, or the address of a symbol")
    public String where(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("address, symbol or register") String what) throws Exception {
        Machine machine = rack.machine(name);
        int address = kernel.address(machine, what);
        return String.format("%08x %s", address, kernel.name(machine, address)).strip();
    }
}
