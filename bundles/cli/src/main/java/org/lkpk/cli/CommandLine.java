package org.lkpk.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.machine.Specification;

/** What the user asked for, checked as far as can be without looking at files. */
final class CommandLine {
    private static final long MEGABYTE = 1 << 20;
    private static final String NAMES = "[A-Za-z0-9][A-Za-z0-9._-]{0,39}";

    private final Map<Option, List<String>> given = new EnumMap<>(Option.class);

    CommandLine(List<String> arguments) throws Refusal {
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (!word.startsWith("-")) throw new Refusal(word + ": options alone are expected; see --help");
            String title = word.replaceFirst("^--?", "");
            int equals = title.indexOf('=');
            Option option = named(word, equals < 0 ? title : title.substring(0, equals));
            if (option.bare() && equals >= 0) throw new Refusal(option.dashed() + ": takes no value");
            if (!option.bare() && equals < 0 && i + 1 == arguments.size())
                throw new Refusal(option.dashed() + ": " + option.argument + " is missing");
            String value = option.bare() ? "" : equals < 0 ? arguments.get(++i) : title.substring(equals + 1);
            List<String> values = given.computeIfAbsent(option, none -> new ArrayList<>());
            if (!values.isEmpty() && option != Option.PATCH) throw new Refusal(option.dashed() + ": given twice");
            values.add(value);
        }
    }

    private static Option named(String word, String title) throws Refusal {
        for (Option option : Option.values()) if (option.title.equals(title)) return option;
        String reason = QemuOptions.reason(title);
        if (!reason.isEmpty()) throw new Refusal(word + ": QEMU's, but not here: " + reason);
        Option nearest = nearest(title);
        throw new Refusal(word + ": no such option; " + (nearest == null ? "see --help" : "did you mean " + nearest.dashed() + "?"));
    }

    private static Option nearest(String title) {
        Option best = null;
        int least = 1 + Math.max(1, title.length() / 3);
        for (Option option : Option.values()) {
            int distance = distance(title, option.title);
            if (distance >= least) continue;
            least = distance;
            best = option;
        }
        return best;
    }

    /** How many letters must be added, dropped or changed (Levenshtein). */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    boolean has(Option option) {
        return given.containsKey(option);
    }

    /** The value, or {@code otherwise} if the option was not given. */
    String value(Option option, String otherwise) {
        return has(option) ? given.get(option).get(0) : otherwise;
    }

    List<String> values(Option option) {
        return given.getOrDefault(option, List.of());
    }

    /** Refuses all options but these. */
    void only(String command, Option... options) throws Refusal {
        List<Option> fitting = List.of(options);
        for (Option option : given.keySet())
            if (!fitting.contains(option)) throw new Refusal(option.dashed() + ": not for " + command + ", which takes "
                    + String.join(", ", fitting.stream().map(Option::dashed).toList()));
    }

    Specification specification() throws Refusal {
        return specification("lkpk-");
    }

    /** @param usual what the machine's name begins with where the user gives none; the process's number follows */
    Specification specification(String usual) throws Refusal {
        Specification machine = Specification.named(name(usual)).withMemory(memory()).withProfile(profile()).withEngine(engine());
        if (has(Option.SEED) && !has(Option.DETERMINISTIC)) throw new Refusal("--seed: needs --deterministic");
        if (has(Option.DETERMINISTIC)) machine = machine.withSeed(number(Option.SEED, "0"));
        return has(Option.NO_REBOOT) ? machine.withoutReboot() : machine;
    }

    private String name(String usual) throws Refusal {
        String name = value(Option.NAME, usual + ProcessHandle.current().pid());
        if (!name.matches(NAMES)) throw new Refusal("--name " + name + ": letters, digits, dots and dashes, 40 at most");
        return name;
    }

    private Profile profile() throws Refusal {
        try {
            return Profile.of(value(Option.CPU, Profile.PENTIUM4.title()));
        } catch (IllegalArgumentException unknown) {
            throw new Refusal("--" + unknown.getMessage());
        }
    }

    private Engine engine() throws Refusal {
        try {
            return Engine.of(value(Option.ENGINE, Engine.TRANSLATOR.title()));
        } catch (IllegalArgumentException unknown) {
            throw new Refusal("--" + unknown.getMessage());
        }
    }

    private long memory() throws Refusal {
        String size = value(Option.MEMORY, "256").toUpperCase(Locale.ROOT);
        if (!size.matches("[0-9]{1,6}[MG]?")) throw new Refusal("-m " + size + ": not a size such as 256, 512M or 1G");
        long unit = size.endsWith("G") ? 1024 * MEGABYTE : MEGABYTE;
        long bytes = Long.parseLong(size.replaceFirst("[MG]$", "")) * unit;
        if (bytes < Specification.LEAST_MEMORY || bytes > Specification.MOST_MEMORY)
            throw new Refusal("-m " + size + ": RAM is 16M to 1536M");
        return bytes;
    }

    private long number(Option option, String otherwise) throws Refusal {
        try {
            return Long.decode(value(option, otherwise));
        } catch (NumberFormatException notOne) {
            throw new Refusal(option.dashed() + " " + value(option, "") + ": not a number");
        }
    }

    /** Refuses what is wrong before a guest is fetched. */
    void check() throws Refusal {
        timeout();
        specification();
    }

    /** In seconds. */
    OptionalDouble timeout() throws Refusal {
        if (!has(Option.TIMEOUT)) return OptionalDouble.empty();
        String value = value(Option.TIMEOUT, "");
        if (!value.matches("[0-9]{1,9}(\\.[0-9]+)?") || Double.parseDouble(value) == 0)
            throw new Refusal("--timeout " + value + ": not a number of seconds");
        return OptionalDouble.of(Double.parseDouble(value));
    }
}
