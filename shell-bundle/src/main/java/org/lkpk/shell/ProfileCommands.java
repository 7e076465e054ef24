package org.lkpk.shell;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.machine.Machine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** {@code cpu:stats} and {@code cpu:hot}: what the engine has counted, and what the guest is busy with. */
@Component(service = ProfileCommands.class, immediate = true, property = {"osgi.command.scope=cpu", "osgi.command.function=stats",
    "osgi.command.function=hot"})
public final class ProfileCommands {
    private static final int SHOWN = 25, LONGEST = 3600;
    /** Functions of every kernel, to see whether they make frames; and how far behind their start the frame may be made. */
    private static final List<String> FRAMED = List.of("vfs_read", "vfs_write", "do_exit", "kfree", "schedule");
    private static final int PROLOGUE = 12;

    private final Rack rack;
    private final Kernel kernel;
    /** What is being taken; the component is an immediate one so that they outlast the command that began them. */
    private final Map<Machine, Profile> profiles = new ConcurrentHashMap<>();

    @Activate
    public ProfileCommands(@Reference Rack rack, @Reference Kernel kernel) {
        this.rack = rack;
        this.kernel = kernel;
    }

    @Deactivate
    void deactivate() throws Exception {
        for (Machine machine : profiles.keySet()) end(machine);
    }

    @Descriptor("what the engine has counted: code decoded, translated and dropped, and the TLB")
    public String stats(@Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name)
            throws Exception {
        Machine machine = rack.machine(name);
        Map<String, Long> counters = Rack.atRest(machine, () -> Rack.cpu(machine).counters());
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-24s %,18d", "instructions", machine.counters().instructions()));
        counters.forEach((what, value) -> text.append(String.format(Locale.ROOT, "%n%-24s %,18d", what, value)));
        return text.toString();
    }

    @Descriptor("the hottest functions since \"cpu:hot start\", or since the boot after it")
    public String hot(CommandSession session,
            @Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("file for the call stacks, folded for a flame graph") @Parameter(names = {"-f", "--folded"}, absentValue = "") String file)
            throws Exception {
        Machine machine = rack.machine(name);
        Profile profile = profiles.get(machine);
        if (profile == null) throw new IllegalStateException(machine.name() + ": no profile is taken: cpu:hot start, or cpu:hot SECONDS");
        return report(session, machine, Rack.atRest(machine, profile::samples), file);
    }

    @Descriptor("begins or ends a profile, or takes one for so many seconds")
    public String hot(CommandSession session,
            @Descriptor("machine") @Parameter(names = {"-n", "--name"}, absentValue = "") String name,
            @Descriptor("file for the call stacks, folded for a flame graph") @Parameter(names = {"-f", "--folded"}, absentValue = "") String file,
            @Descriptor("start, stop or seconds") String what) throws Exception {
        Machine machine = rack.machine(name);
        switch (what) {
            case "start" -> {
                begin(machine);
                return machine.name() + ": looking each " + Profile.INTERVAL + " instructions";
            }
            case "stop" -> {
                String text = hot(session, name, file);
                end(machine);
                return text;
            }
            default -> {
                if (!what.matches("[0-9]{1,4}") || Integer.parseInt(what) < 1 || Integer.parseInt(what) > LONGEST)
                    throw new IllegalArgumentException(what + ": start, stop or 1 to " + LONGEST + " seconds");
                begin(machine);
                try {
                    Thread.sleep(1000L * Integer.parseInt(what));
                    return hot(session, name, file);
                } finally {
                    end(machine);
                }
            }
        }
    }

    private void begin(Machine machine) throws Exception {
        if (profiles.containsKey(machine)) throw new IllegalStateException(machine.name() + ": a profile is being taken: cpu:hot stop");
        profiles.put(machine, Rack.atRest(machine, () -> {
            Profile profile = new Profile(machine);
            profile.begin();
            machine.listen(profile);
            return profile;
        }));
    }

    private void end(Machine machine) throws Exception {
        Profile profile = profiles.remove(machine);
        if (profile == null) return;
        machine.unlisten(profile);
        Rack.atRest(machine, () -> {
            profile.end();
            return null;
        });
    }

    // Reports

    private String report(CommandSession session, Machine machine, Profile.Samples samples, String file) throws Exception {
        Optional<KernelImage> image = kernel.running(machine);
        boolean framed = image.isPresent() && framed(machine, image.get());
        Map<String, Long> shares = new TreeMap<>(), folded = new TreeMap<>();
        samples.user().forEach((program, count) -> {
            shares.merge("user    " + program, count, Long::sum);
            folded.merge("user;" + program, count, Long::sum);
        });
        samples.kernel().forEach((stack, count) -> {
            shares.merge("kernel  " + function(image, stack.get(0)), count, Long::sum);
            folded.merge(fold(image, stack, framed), count, Long::sum);
        });
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%,d samples, one each %,d instructions", samples.count(), Profile.INTERVAL));
        shares.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(SHOWN).forEach(e ->
                text.append(String.format(Locale.ROOT, "%n%5.1f%%  %s", 100.0 * e.getValue() / samples.count(), e.getKey())));
        if (shares.size() > SHOWN) text.append(String.format("%nand %d more", shares.size() - SHOWN));
        if (!file.isEmpty()) text.append(System.lineSeparator()).append(write(session, file, folded, framed));
        return text.toString();
    }

    private static String write(CommandSession session, String file, Map<String, Long> folded, boolean framed) throws IOException {
        Path path = session.currentDir() == null ? Path.of(file) : session.currentDir().resolve(file);
        List<String> lines = new ArrayList<>();
        folded.forEach((stack, count) -> lines.add(stack + " " + count));
        Files.write(path, lines);
        return path + ": " + lines.size() + " stacks" + (framed ? "" : " of one function each, since this kernel makes no frames");
    }

    /** A stack from the outermost function to the innermost, as flame graphs want it. */
    private static String fold(Optional<KernelImage> image, IntBuffer stack, boolean framed) {
        StringBuilder text = new StringBuilder("kernel");
        int depth = framed ? stack.limit() : 1;
        for (int n = 1; n < depth; n++)
            if (image.get().symbols().covering(stack.get(n) - 1).isEmpty()) depth = n; // Above that it is not the kernel's.
        // A return address may lie behind its function's end.
        for (int n = depth - 1; n > 0; n--) text.append(';').append(function(image, stack.get(n) - 1));
        return text.append(';').append(function(image, stack.get(0))).toString();
    }

    /** A function's name; the page of an address that no kernel's function is known for. */
    private static String function(Optional<KernelImage> image, int address) {
        return image.flatMap(k -> k.symbols().covering(address)).map(Symbol::name)
                .orElseGet(() -> String.format("page %05x", address >>> 12));
    }

    /** Whether the kernel's functions begin with PUSH EBP; MOV EBP,ESP, its tracer's call or NOP before that. */
    private static boolean framed(Machine machine, KernelImage image) throws Exception {
        int framed = 0, known = 0;
        for (String name : FRAMED) {
            Optional<Symbol> symbol = image.symbols().only(name);
            if (symbol.isEmpty()) continue;
            known++;
            byte[] code = Rack.atRest(machine, () -> Linear.read(machine, symbol.get().address(), PROLOGUE));
            for (int n = 0; n + 2 < code.length; n++) if (code[n] == 0x55 && code[n + 1] == (byte) 0x89 && code[n + 2] == (byte) 0xE5) {
                framed++;
                break;
            }
        }
        return framed * 2 > known;
    }
}
