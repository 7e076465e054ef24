package org.lkpk.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Consoles;
import org.lkpk.api.machine.Machine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code machine:…}: power, pause, reset and the console. */
@Component(service = MachineCommands.class, property = {"osgi.command.scope=machine", "osgi.command.function=boot",
    "osgi.command.function=pause", "osgi.command.function=resume", "osgi.command.function=reset", "osgi.command.function=off",
    "osgi.command.function=status", "osgi.command.function=console"})
public final class MachineCommands {
    private static final double NANOS = 1e9;

    private final Rack rack;
    private final Consoles consoles;

    @Activate
    public MachineCommands(@Reference Rack rack, @Reference Consoles consoles) {
        this.rack = rack;
        this.consoles = consoles;
    }

    @Descriptor("powers on and boots what was booted last")
    public String boot(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name)
            throws BootRefused {
        Machine machine = rack.machine(name);
        if (machine.boot() == null) throw new IllegalStateException(machine.name() + ": nothing was booted yet: name a kernel");
        machine.boot(machine.boot());
        return status(machine);
    }

    @Descriptor("powers on and boots files: a kernel, then if wanted an initrd ('' for none) and the command line")
    public String boot(CommandSession session,
            @Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("kernel, initrd, command line") String... files) throws BootRefused, IOException {
        if (files.length > 3) throw new IllegalArgumentException("boot: kernel, initrd and command line at most; quote the last");
        byte[] kernel = read(session, files[0]);
        byte[] initrd = files.length < 2 || files[1].isEmpty() ? new byte[0] : read(session, files[1]);
        Machine machine = rack.machine(name);
        machine.boot(new Boot(files[0], kernel, initrd, files.length < 3 ? "" : files[2]));
        return status(machine);
    }

    private static byte[] read(CommandSession session, String file) throws IOException {
        Path path = session.currentDir() == null ? Path.of(file) : session.currentDir().resolve(file);
        if (!Files.isRegularFile(path)) throw new IOException(path + ": no such file");
        return Files.readAllBytes(path);
    }

    @Descriptor("stops the machine between two instructions, its time too")
    public String pause(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name) {
        Machine machine = rack.machine(name);
        machine.pause();
        return status(machine);
    }

    @Descriptor("lets a paused machine go on")
    public String resume(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name) {
        Machine machine = rack.machine(name);
        machine.resume();
        return status(machine);
    }

    @Descriptor("pulses RESET: boots again")
    public String reset(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name) {
        Machine machine = rack.machine(name);
        machine.reset();
        return status(machine);
    }

    @Descriptor("powers off")
    public String off(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name) {
        Machine machine = rack.machine(name);
        machine.off();
        return status(machine);
    }

    @Descriptor("how all machines are")
    public String status() {
        StringBuilder lines = new StringBuilder();
        for (Machine machine : rack.all()) lines.append(lines.isEmpty() ? "" : "\n").append(status(machine));
        return lines.isEmpty() ? "there is no machine" : lines.toString();
    }

    private static String status(Machine machine) {
        Machine.Counters counters = machine.counters();
        double busy = counters.busy() / NANOS;
        return String.format(Locale.ROOT, "%s  %s  %d MB  %s  %s  up %.1f s  %,d instructions  %.1f MIPS", machine.name(),
                machine.status().name().toLowerCase(Locale.ROOT).replace('_', ' '), machine.specification().memory() >> 20,
                machine.specification().profile().title(), machine.boot() == null ? "-" : machine.boot().title(),
                counters.guest() / NANOS, counters.instructions(), busy == 0 ? 0 : counters.instructions() / busy / 1e6);
    }

    @Descriptor("the terminal on ttyS0; ctrl-] leaves it")
    public void console(CommandSession session,
            @Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name) throws Exception {
        Machine machine = rack.machine(name);
        if (session.get(".terminal") == null) throw new IllegalStateException("console: there is no terminal here");
        new TerminalConsole(consoles.of(machine), session.get(".terminal")).run(machine.name());
    }
}
