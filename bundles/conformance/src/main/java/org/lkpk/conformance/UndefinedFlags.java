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
    /** The bits that are EFLAGS'. */
    static final int EFLAGS = 0xFFF;
    /** Beside flags: see the head of the table. */
    static final int C1 = 0x01000000, ULP = 0x02000000, NEAR = 0x04000000, POINTERS = 0x08000000, ADDRESS = 0x10000000, VECTOR = 0x20000000, MEMORY = 0x40000000,
            ALL = -1;
    private static final Map<String, Integer> BITS = Map.ofEntries(Map.entry("CF", 1), Map.entry("PF", 4), Map.entry("AF", 0x10),
            Map.entry("ZF", 0x40), Map.entry("SF", 0x80), Map.entry("OF", 0x800), Map.entry("C1", C1), Map.entry("ULP", ULP),
            Map.entry("NEAR", NEAR), Map.entry("POINTERS", POINTERS), Map.entry("ADDRESS", ADDRESS), Map.entry("VECTOR", VECTOR), Map.entry("MEMORY", MEMORY),
            Map.entry("ALL", ALL));

    private static final byte PUSHF = (byte) 0x9C;

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

    /** The EFLAGS bits that mean nothing after {@code c}, and those beside them. */
    int after(Case c, Outcome o) {
        int undefined = 0;
        for (Rule r : rules.getOrDefault(c.form.name(), List.of())) if (applies(r.when, c, o)) undefined |= r.flags;
        return undefined;
    }

    private static boolean applies(String when, Case c, Outcome o) {
        int count = count(c), bits = c.form.bits();
        return switch (when) {
            case "always" -> true;
            case "fault" -> o.faulted();
            case "locked" -> c.locked();
            case "pushf" -> c.holds(PUSHF);
            case "count>0" -> count > 0;
            case "count>1" -> count > 1;
            case "count>=bits" -> count >= bits;
            case "count>bits" -> count > bits;
            default -> throw new IllegalArgumentException("undefined.flags: " + when + ": no such condition");
        };
    }

    /** By how many bits it shifts. */
    private static int count(Case c) {
        if (c.form.operands().endsWith(",CL")) return c.r[Case.ECX] & 31;
        return c.form.operands().endsWith(",1") ? 1 : c.code[c.code.length - 1] & 31;
    }
}
