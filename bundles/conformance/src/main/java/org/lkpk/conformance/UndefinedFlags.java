package org.lkpk.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which flags an instruction leaves undefined: the table {@code undefined.flags}, whose head explains it. */
final class UndefinedFlags {
    /** Beside flags: which fault it is; what was written; all. */
    static final int VECTOR = 0x20000000, MEMORY = 0x40000000, ALL = -1;
    private static final int ECX = 1;
    private static final Map<String, Integer> BITS = Map.of("CF", 1, "PF", 4, "AF", 0x10, "ZF", 0x40, "SF", 0x80, "OF", 0x800,
            "VECTOR", UndefinedFlags.VECTOR, "MEMORY", UndefinedFlags.MEMORY, "ALL", UndefinedFlags.ALL);

    private record Rule(int flags, String when) { }

    private final Map<String, List<Rule>> rules = new HashMap<>();

    UndefinedFlags() {
        var source = new InputStreamReader(UndefinedFlags.class.getResourceAsStream("undefined.flags"), StandardCharsets.US_ASCII);
        try (BufferedReader in = new BufferedReader(source)) {
            for (String line; (line = in.readLine()) != null;) if (!line.isBlank() && !line.startsWith("#")) row(line.split("\\s+"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void row(String[] columns) {
        int flags = 0;
        for (String flag : columns[1].split(",")) flags |= BITS.get(flag);
        for (String name : columns[0].split(","))
            rules.computeIfAbsent(name, n -> new ArrayList<>()).add(new Rule(flags, columns[2]));
    }

    /** The EFLAGS bits that mean nothing after {@code c}, and {@link #VECTOR}, {@link #MEMORY} or {@link #ALL}. */
    int after(Case c) {
        int undefined = 0;
        for (Rule r : rules.getOrDefault(c.form().name(), List.of())) if (applies(r.when, c)) undefined |= r.flags;
        return undefined;
    }

    private static boolean applies(String when, Case c) {
        int count = count(c), bits = c.form().bits();
        return switch (when) {
            case "always" -> true;
            case "fault" -> c.vector() != Case.NONE;
            case "count>0" -> count > 0;
            case "count>1" -> count > 1;
            case "count>=bits" -> count >= bits;
            case "count>bits" -> count > bits;
            default -> throw new IllegalArgumentException("undefined.flags: " + when + ": no such condition");
        };
    }

    /** By how many bits it shifts. */
    private static int count(Case c) {
        if (c.form().operands().endsWith(",CL")) return c.before().general()[ECX] & 31;
        return c.form().operands().endsWith(",1") ? 1 : c.code()[c.code().length - 1] & 31;
    }
}
