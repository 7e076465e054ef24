package org.lkpk.authoring.source;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The compiler's assembly with a section for each function also where the source names one for many ({@code .sched.text},
 * {@code .noinstr.text}): within one section the assembler would settle calls for good, and a function could not be told
 * from its neighbours.
 */
public final class Assembly {
    private static final Pattern SECTION = Pattern.compile("\\s*\\.section\\s+(\\.[a-z_]+\\.text)\\b(,.*)?");
    private static final Pattern OTHER = Pattern.compile("\\s*\\.(section|text|data|bss)\\b.*");
    private static final Pattern FUNCTION = Pattern.compile("\\s*\\.type\\s+([\\w.$]+), @function");
    private static final Pattern END = Pattern.compile("\\s*\\.size\\s+([\\w.$]+), .*");

    private String shared = "";
    private String attributes = "";
    private String function = "";
    private final StringBuilder out = new StringBuilder();

    private Assembly() { }

    public static String split(List<String> lines) {
        Assembly assembly = new Assembly();
        for (String line : lines) assembly.line(line);
        return assembly.out.toString();
    }

    private void line(String line) {
        Matcher section = SECTION.matcher(line);
        Matcher type = FUNCTION.matcher(line);
        Matcher end = END.matcher(line);
        if (section.matches()) {
            shared = section.group(1);
            attributes = section.group(2) == null ? ",\"ax\",@progbits" : section.group(2);
            if (function.isEmpty()) append(line);
            else own();
            return;
        }
        if (OTHER.matcher(line).matches()) shared = "";
        if (end.matches() && end.group(1).equals(function)) function = "";
        if (type.matches()) {
            function = type.group(1);
            if (!shared.isEmpty()) own();
        }
        append(line);
    }

    private void own() {
        append("\t.section\t" + shared + "." + function + attributes);
        append("\t.p2align 4");
    }

    private void append(String line) {
        out.append(line).append('\n');
    }
}
