package org.lkpk.demo;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.machine.Specification;

/** What the user asked of the demo; names as on the command line, without dashes. */
record Options(String guest, Specification machine, double timeout) {
    private static final Set<String> KNOWN = Set.of("guest", "m", "cpu", "name", "timeout", "state");
    private static final long MEGABYTE = 1 << 20;

    static Options of(Map<String, String> given) throws Failure {
        for (String name : given.keySet())
            if (!KNOWN.contains(name)) throw new Failure("--" + name + ": not for the demo, which takes --guest, -m, --cpu, --name, --timeout");
        Specification machine = Specification.named(given.getOrDefault("name", "demo-" + ProcessHandle.current().pid())).withoutReboot();
        try {
            if (given.containsKey("m")) machine = machine.withMemory(memory(given.get("m").toUpperCase(Locale.ROOT)));
            if (given.containsKey("cpu")) machine = machine.withProfile(Profile.of(given.get("cpu")));
            return new Options(given.getOrDefault("guest", "debian"), machine, Double.parseDouble(given.getOrDefault("timeout", "0")));
        } catch (NumberFormatException notOne) {
            throw new Failure("not a number: " + notOne.getMessage());
        } catch (IllegalArgumentException unknown) {
            throw new Failure("--" + unknown.getMessage());
        }
    }

    private static long memory(String size) {
        long unit = size.endsWith("G") ? 1024 * MEGABYTE : MEGABYTE;
        return Long.parseLong(size.replaceFirst("[MG]$", "")) * unit;
    }
}
