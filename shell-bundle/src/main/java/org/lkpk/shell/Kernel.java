package org.lkpk.shell;

import java.util.Optional;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.machine.Machine;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Names for addresses and addresses for names, as far as the running kernel is known. */
@Component(service = Kernel.class)
public final class Kernel {
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Kernels kernels;

    Optional<KernelImage> running(Machine machine) {
        Kernels finder = kernels;
        return finder == null ? Optional.empty() : finder.running(machine);
    }

    KernelImage known(Machine machine) {
        return running(machine).orElseThrow(() -> new IllegalStateException(machine.name() + ": no kernel is known to run: "
                + (kernels == null ? "the patcher's bundle is not active" : "it has not come far enough")));
    }

    /** The linear address that {@code text} names: a register, a symbol with or without an offset, or hex digits. */
    int address(Machine machine, String text) throws Exception {
        int plus = text.lastIndexOf('+');
        int offset = plus <= 0 ? 0 : hex(text.substring(plus + 1));
        String name = plus <= 0 ? text : text.substring(0, plus);
        Optional<KernelImage> kernel = running(machine);
        if (kernel.isPresent() && !kernel.get().symbols().named(name).isEmpty()) {
            Optional<Symbol> symbol = kernel.get().symbols().only(name);
            if (symbol.isEmpty()) throw new IllegalArgumentException(name + ": several symbols of that name; see kernel:symbols");
            return symbol.get().address() + offset;
        }
        if (name.matches("e[a-ds][ixp]|eip")) return offset + (int) (long) Rack.atRest(machine, () -> register(machine, name));
        return hex(name) + offset;
    }

    private static long register(Machine machine, String name) {
        Cpu cpu = Rack.cpu(machine);
        long segment = name.equals("eip") ? cpu.segment("cs").base() : name.matches("esp|ebp") ? cpu.segment("ss").base() : 0;
        return cpu.register(name) + segment;
    }

    private static int hex(String digits) {
        String bare = digits.replaceFirst("^0[xX]", "");
        if (!bare.matches("[0-9a-fA-F]{1,8}"))
            throw new IllegalArgumentException(digits + ": neither a symbol nor a register nor an address in hex");
        return (int) Long.parseLong(bare, 16);
    }

    /** {@code name+0xoffset}; empty if nothing is known of the address. */
    String name(Machine machine, int address) {
        return running(machine).flatMap(kernel -> kernel.symbols().covering(address)).map(symbol -> symbol.name()
                + (address == symbol.address() ? "" : "+0x" + Integer.toHexString(address - symbol.address()))).orElse("");
    }
}
