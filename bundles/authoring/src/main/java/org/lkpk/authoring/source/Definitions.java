package org.lkpk.authoring.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where names are defined in C sources, found by their looks. */
public final class Definitions {
    private Definitions() { }

    /** Files below {@code root} that define a function, by path; of the processors' own only x86's. */
    public static List<String> files(Path root, String function) throws IOException {
        byte[] name = function.replaceFirst("^(__ia32_|__se_|__do_)?sys_", "").getBytes(StandardCharsets.ISO_8859_1);
        try (Stream<Path> all = Files.walk(root)) {
            List<Path> sources = all.filter(f -> f.toString().endsWith(".c") && ours(root.relativize(f).toString())).toList();
            return sources.parallelStream().filter(f -> defines(f, name, function)).map(f -> root.relativize(f).toString()).sorted().toList();
        }
    }

    /** Files below {@code root} that call {@code function}, as it looks. */
    public static List<String> users(Path root, String function) throws IOException {
        byte[] call = (function + "(").getBytes(StandardCharsets.ISO_8859_1);
        try (Stream<Path> all = Files.walk(root)) {
            List<Path> sources = all.filter(f -> f.toString().endsWith(".c") && ours(root.relativize(f).toString())).toList();
            return sources.parallelStream().filter(f -> contains(f, call)).map(f -> root.relativize(f).toString()).sorted().toList();
        }
    }

    private static boolean contains(Path file, byte[] text) {
        try {
            return contains(Files.readAllBytes(file), text);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean ours(String path) {
        boolean foreign = path.startsWith("arch/") && !path.startsWith("arch/x86/") || path.startsWith("arch/x86/um/");
        return !foreign && !path.matches("(tools|scripts|samples|Documentation|arch/x86/(boot|tools|entry/vdso|purgatory))/.*");
    }

    private static boolean defines(Path file, byte[] name, String function) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return contains(bytes, name) && line(lines(bytes), function) > 0;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean contains(byte[] bytes, byte[] name) {
        for (int i = 0; i <= bytes.length - name.length; i++) {
            if (bytes[i] != name[0]) continue;
            int j = 1;
            while (j < name.length && bytes[i + j] == name[j]) j++;
            if (j == name.length) return true;
        }
        return false;
    }

    /** A text's lines; its bytes are kept whatever they are. */
    public static List<String> lines(byte[] text) {
        List<String> lines = new ArrayList<>(new String(text, StandardCharsets.ISO_8859_1).lines().toList());
        return lines;
    }

    /** The 1-based line at which a function's definition begins; 0 if there is none. */
    public static int line(List<String> text, String function) {
        String call = function.replaceFirst("^(__ia32_|__se_|__do_)?(compat_)?sys_", "");
        Pattern plain = Pattern.compile("(?:^|.*[\\s*])" + Pattern.quote(function) + "\\s*\\(.*");
        Pattern system = Pattern.compile("(COMPAT_)?SYSCALL_DEFINE[0-6]\\(" + Pattern.quote(call) + "[,)].*");
        for (int i = 0; i < text.size(); i++) {
            String line = text.get(i);
            if (line.isEmpty() || Character.isWhitespace(line.charAt(0)) || "#/*}{".indexOf(line.charAt(0)) >= 0) continue;
            if (!call.equals(function) && system.matcher(line).matches()) return i + 1;
            if (plain.matcher(line).matches() && hasBody(text, i)) return i + 1;
        }
        return 0;
    }

    private static boolean hasBody(List<String> text, int start) {
        for (int i = start; i < Math.min(text.size(), start + 30); i++) {
            String line = text.get(i).replaceAll("/\\*.*?\\*/|//.*", "").stripTrailing();
            if (line.startsWith("{") || line.endsWith("{")) return true;
            if (line.endsWith(";") || i > start && line.isEmpty()) return false;
        }
        return false;
    }

    /** The 1-based line at which a name first stands; 0 if it does not. For functions that of the definition. */
    public static int mention(List<String> text, String name) {
        String plain = name.replaceFirst("\\..*", "");
        int defined = line(text, plain);
        if (defined > 0) return defined;
        Pattern word = Pattern.compile(".*\\b" + Pattern.quote(plain) + "\\b.*");
        for (int i = 0; i < text.size(); i++) if (word.matcher(text.get(i)).matches()) return i + 1;
        return 0;
    }

    /** Functions of a file whose bodies call {@code function}, as it looks. */
    public static List<String> callers(List<String> text, String function) {
        Pattern call = Pattern.compile(".*\\b" + Pattern.quote(function) + "\\s*\\(.*");
        Pattern head = Pattern.compile("^(?![#/*}{\\s])(?:.*[\\s*])?(\\w+)\\s*\\([^;]*$");
        List<String> found = new ArrayList<>();
        String current = "";
        for (int i = 0; i < text.size(); i++) {
            var matcher = head.matcher(text.get(i));
            if (matcher.matches() && hasBody(text, i)) current = matcher.group(1);
            else if (call.matcher(text.get(i)).matches() && Character.isWhitespace(text.get(i).charAt(0))
                    && !current.equals(function) && !current.isEmpty() && !found.contains(current)) found.add(current);
        }
        return found;
    }
}
