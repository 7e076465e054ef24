package org.lkpk.authoring;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lkpk.authoring.compare.Layouts;
import org.lkpk.authoring.elf.DebugInfo;
import org.lkpk.authoring.source.Definitions;
import org.lkpk.authoring.source.Difference;
import org.lkpk.authoring.source.UnifiedDiff;

/** Why a change of a header is no patch: what it defines is inlined in files that would all have to be patched. */
final class Headers {
    private static final Pattern HEAD = Pattern.compile("^(?![#/*}{\\s]).*?(\\w+)\\s*\\([^;]*$");
    private static final Pattern MACRO = Pattern.compile("^#\\s*define\\s+(\\w+)\\(.*");
    private static final int MOST = 8;

    private Headers() { }

    static String reason(KernelTree kernel, String path, UnifiedDiff diff) throws IOException, Refusal, InterruptedException {
        if (!path.endsWith(".h")) return path + ": not a C source; a running kernel has no trace of it";
        List<String> before = kernel.text(path);
        List<String> types = types(kernel, path, before, diff.applied("--diff", path, before));
        if (!types.isEmpty()) return String.join("\n  ", types);
        Set<String> names = new LinkedHashSet<>();
        for (Difference.Hunk hunk : new Difference(before, diff.applied("--diff", path, before)).hunks()) {
            String name = around(before, Math.min(hunk.from(), before.size() - 1));
            if (!name.isEmpty()) names.add(name);
        }
        if (names.isEmpty()) return path + ": a header; what it declares is compiled into every file that includes it";
        List<String> reasons = new ArrayList<>();
        for (String name : names) {
            List<String> users = Definitions.users(kernel.source(), name);
            String some = String.join(", ", users.subList(0, Math.min(MOST, users.size())));
            reasons.add(path + ": " + name + " is inlined wherever it is called; patch the callers, in " + users.size() + " files: " + some
                    + (users.size() > MOST ? ", …" : ""));
        }
        return String.join("\n  ", reasons);
    }

    /** Structures of the header that change. */
    private static List<String> types(KernelTree kernel, String path, List<String> before, List<String> after)
            throws IOException, InterruptedException {
        List<String> found = new ArrayList<>();
        try {
            Compiler compiler = new Compiler(kernel);
            Layouts fresh = new Layouts(new DebugInfo(compiler.headerTypes(path, after)));
            for (Layouts.Changed type : new Layouts(new DebugInfo(compiler.headerTypes(path, before))).changedIn(fresh))
                if (type.file().endsWith(path)) found.add(path + ":" + type.line() + ": " + type.type() + " " + type.reason() + Layouts.ALIVE);
        } catch (Refusal notAlone) {
            return List.of(); // Some headers do not compile without what others include before them.
        }
        return found;
    }

    private static String around(List<String> text, int line) {
        for (int i = line; i >= 0; i--) {
            Matcher head = HEAD.matcher(text.get(i));
            Matcher macro = MACRO.matcher(text.get(i));
            if (macro.matches()) return macro.group(1);
            if (head.matches()) return head.group(1);
            if (i < line && text.get(i).startsWith("}")) return "";
        }
        return "";
    }
}
