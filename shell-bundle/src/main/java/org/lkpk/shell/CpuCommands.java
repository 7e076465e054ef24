package org.lkpk.shell;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Disassembler;
import org.lkpk.api.cpu.Segment;
import org.lkpk.api.machine.Machine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** {@code cpu:…}: registers and code. */
@Component(service = CpuCommands.class, property = {"osgi.command.scope=cpu", "osgi.command.function=regs",
    "osgi.command.function=disassemble"})
public final class CpuCommands {
    private static final int USUAL = 16;
    private static final int MOST = 10_000;
    private static final int LONGEST = 15; // Bytes of one instruction.
    private static final int BIG = 1 << 14; // D/B in Segment.access.
    /** Parts of others: al, ax, cs.base. */
    private static final Pattern PART = Pattern.compile("[a-d][hlx]|[sbi]p|[sd]i|(.s|ldtr|tr)(\\..*)?|f..|mxcsr|(st|x?mm)\\d.*");
    private static final List<String> SEGMENTS = List.of("es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr");

    private final Rack rack;
    private final Kernel kernel;
    private final Disassembler capstone = Capstones.open();

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Disassembler own;

    @Activate
    public CpuCommands(@Reference Rack rack, @Reference Kernel kernel) {
        this.rack = rack;
        this.kernel = kernel;
    }

    @Descriptor("the processor's registers, and the version of its bundle")
    public String regs(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name)
            throws Exception {
        Machine machine = rack.machine(name);
        return Rack.atRest(machine, () -> registers(Rack.cpu(machine)));
    }

    private static String registers(Cpu cpu) {
        StringBuilder text = new StringBuilder();
        text.append(String.format("cpu %s  ring %d%s  %,d instructions", cpu.version(), cpu.privilege(),
                cpu.idle() ? "  idle" : "", cpu.instructions()));
        int column = 0;
        for (String register : cpu.registers()) {
            if (PART.matcher(register).matches()) continue;
            text.append(column++ % 4 == 0 ? "\n" : "  ").append(String.format("%-12s %08x", register, cpu.register(register)));
        }
        for (String segment : SEGMENTS) {
            Segment hidden = cpu.segment(segment);
            text.append(String.format("%n%-12s %04x  base %08x  limit %08x  access %04x", segment, hidden.selector(), hidden.base(),
                    hidden.limit(), hidden.access()));
        }
        return text.toString();
    }

    @Descriptor("the instructions to come")
    public String disassemble(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("print by the CPU's own table, not by Capstone")
            @Parameter(names = {"-t", "--table"}, absentValue = "false", presentValue = "true") boolean table) throws Exception {
        return disassemble(name, table, "eip", USUAL);
    }

    @Descriptor("the instructions at a place")
    public String disassemble(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("print by the CPU's own table, not by Capstone")
            @Parameter(names = {"-t", "--table"}, absentValue = "false", presentValue = "true") boolean table,
            @Descriptor("address, symbol or register") String what) throws Exception {
        return disassemble(name, table, what, USUAL);
    }

    @Descriptor("so many instructions at a place")
    public String disassemble(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("print by the CPU's own table, not by Capstone")
            @Parameter(names = {"-t", "--table"}, absentValue = "false", presentValue = "true") boolean table,
            @Descriptor("address, symbol or register") String what, @Descriptor("how many") int count) throws Exception {
        if (count < 1 || count > MOST) throw new IllegalArgumentException(count + ": 1 to " + MOST + " instructions");
        Machine machine = rack.machine(name);
        Disassembler printer = table || capstone == null ? own : capstone;
        if (printer == null) throw new IllegalStateException("no disassembler: neither libcapstone nor the CPU's bundle is there");
        int address = kernel.address(machine, what);
        boolean[] big = new boolean[1];
        byte[] code = Rack.atRest(machine, () -> {
            big[0] = (Rack.cpu(machine).segment("cs").access() & BIG) != 0;
            return Linear.read(machine, address, count * LONGEST);
        });
        if (code.length == 0) throw new IllegalArgumentException(String.format("%08x: not mapped", address));
        return print(machine, printer.disassemble(code, address, big[0] ? 32 : 16), code, address, count);
    }

    private String print(Machine machine, List<Disassembler.Line> lines, byte[] code, int address, int count) {
        StringBuilder text = new StringBuilder();
        String before = "";
        for (Disassembler.Line line : lines.subList(0, Math.min(count, lines.size()))) {
            StringBuilder bytes = new StringBuilder();
            for (int i = 0; i < line.length(); i++) bytes.append(String.format("%02x ", code[line.address() - address + i]));
            String symbol = kernel.name(machine, line.address()).replaceFirst("\\+.*", "");
            if (!symbol.equals(before)) text.append(text.isEmpty() ? "" : "\n").append(symbol).append(':');
            before = symbol;
            text.append(text.isEmpty() ? "" : "\n").append(String.format("%08x  %-30s %s", line.address(), bytes, line.text()));
        }
        return text.toString();
    }
}
