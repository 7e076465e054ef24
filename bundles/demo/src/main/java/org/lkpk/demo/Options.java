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
            if (!KNOWN.contains(name)) throw new Failure("--" + name + ": not for the demo, which takes --guest, -m, --cpu, --name, --timeout, --state");
        Specification machine = Specification.named(given.getOrDefault("name", "demo-" + ProcessHandle.current().pid())).withoutReboot();
        if (given.containsKey("m")) machine = machine.withMemory(memory(given.get("m")));
        if (given.containsKey("cpu")) machine = machine.withProfile(profile(given.get("cpu")));
        return new Options(given.getOrDefault("guest", "debian"), machine, timeout(given.getOrDefault("timeout", "0")));
    }

    private static long memory(String value) throws Failure {
        String size = value.toUpperCase(Locale.ROOT);
        if (!size.matches("[0-9]{1,6}[MG]?")) throw new Failure("-m " + value + ": not a size such as 256, 512M or 1G");
        return Long.parseLong(size.replaceFirst("[MG]$", "")) * MEGABYTE * (size.endsWith("G") ? 1024 : 1);
    }

    private static Profile profile(String title) throws Failure {
        try {
            return Profile.of(title);
        } catch (IllegalArgumentException unknown) {
            throw new Failure("--" + unknown.getMessage());
        }
    }

    /** 0 means none. */
    private static double timeout(String seconds) throws Failure {
        if (!seconds.matches("[0-9]{1,9}(\\.[0-9]+)?")) throw new Failure("--timeout " + seconds + ": not a number of seconds");
        return Double.parseDouble(seconds);
    }
}
