package org.lkpk.shell;

import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.lkpk.api.machine.Machine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code memory:dump}. */
@Component(service = MemoryCommands.class, property = {"osgi.command.scope=memory", "osgi.command.function=dump"})
public final class MemoryCommands {
    private static final int USUAL = 128;
    private static final int MOST = 1 << 20;
    private static final int ROW = 16;

    private final Rack rack;
    private final Kernel kernel;

    @Activate
    public MemoryCommands(@Reference Rack rack, @Reference Kernel kernel) {
        this.rack = rack;
        this.kernel = kernel;
    }

    @Descriptor("bytes in hex")
    public String dump(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("the address is physical, not linear")
            @Parameter(names = {"-p", "--physical"}, absentValue = "false", presentValue = "true") boolean physical,
            @Descriptor("address, symbol or register") String what) throws Exception {
        return dump(name, physical, what, USUAL);
    }

    @Descriptor("so many bytes in hex")
    public String dump(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("the address is physical, not linear")
            @Parameter(names = {"-p", "--physical"}, absentValue = "false", presentValue = "true") boolean physical,
            @Descriptor("address, symbol or register") String what, @Descriptor("bytes") int length) throws Exception {
        if (length < 1 || length > MOST) throw new IllegalArgumentException(length + ": 1 to " + MOST + " bytes");
        Machine machine = rack.machine(name);
        int address = kernel.address(machine, what);
        byte[] bytes = Rack.atRest(machine, () -> {
            if (!physical) return Linear.read(machine, address, length);
            byte[] copy = new byte[length];
            machine.memory().read(address, copy, 0, length);
            return copy;
        });
        if (bytes.length == 0) throw new IllegalArgumentException(String.format("%08x: not mapped", address));
        return rows(bytes, address);
    }

    static String rows(byte[] bytes, int address) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < bytes.length; row += ROW) {
            StringBuilder letters = new StringBuilder();
            text.append(row == 0 ? "" : "\n").append(String.format("%08x ", address + row));
            for (int i = row; i < row + ROW; i++) {
                text.append(i % 8 == 0 ? " " : "").append(i < bytes.length ? String.format("%02x ", bytes[i]) : "   ");
                if (i < bytes.length) letters.append(bytes[i] >= ' ' && bytes[i] < 0x7F ? (char) bytes[i] : '.');
            }
            text.append(' ').append(letters);
        }
        return text.toString();
    }
}
