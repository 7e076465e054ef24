package org.lkpk.authoring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.lkpk.authoring.elf.DebugInfo;
import org.lkpk.authoring.source.Assembly;
import org.lkpk.authoring.source.Edit;

/**
 * Compiles files of one kernel as its own build did. The command comes from the kernel's makefiles, which are asked what
 * they would do (make -n) in the headers' folder with the sources' tree; it is kept, since asking takes half a second.
 */
final class Compiler {
    private static final List<String> SECTIONS = List.of("-ffunction-sections", "-fdata-sections");
    /** A file with no flags of its own. */
    private static final String ANY = "fs/fcntl.c";
    private static final Set<String> X86 = Set.of("amd64", "x86_64", "i386", "x86");

    private final KernelTree kernel;
    private final String gcc;

    /** @throws Refusal with the line that installs what is missing */
    Compiler(KernelTree kernel) throws Refusal, IOException, InterruptedException {
        this.kernel = kernel;
        String wanted = kernel.compiler().split(" ")[0];
        boolean native32 = X86.contains(System.getProperty("os.arch"));
        gcc = native32 ? wanted : "i686-linux-gnu-" + wanted;
        List<String> missing = new ArrayList<>();
        Path here = Path.of("/");
        if (Host.run(here, List.of(gcc, "--version")).status() != 0) missing.add(native32 ? wanted : wanted + "-i686-linux-gnu");
        if (Host.run(here, List.of("make", "--version")).status() != 0) missing.add("make");
        if (!missing.isEmpty())
            throw new Refusal("building needs what made the kernel; install it by\n  apt-get install " + String.join(" ", missing));
    }

    /** One that has its program and no kernel: for patches that do not include its headers. */
    static byte[] standalone(Path file) throws Refusal, IOException, InterruptedException {
        String gcc = X86.contains(System.getProperty("os.arch")) ? "gcc-12" : "i686-linux-gnu-gcc-12";
        Path work = Files.createTempDirectory("lkpk-");
        Path object = work.resolve("out.o");
        Path header = header(work);
        try {
            List<String> words = new ArrayList<>(List.of(gcc, "-m32", "-iquote", work.toString(), "-c", "-o", object.toString(), file.toString()));
            if (file.toString().endsWith(".c")) words.addAll(List.of("-O2", "-march=i686", "-mregparm=3", "-mpreferred-stack-boundary=2",
                    "-ffreestanding", "-fno-pic", "-fno-pie", "-fno-common", "-fno-asynchronous-unwind-tables", "-fno-stack-protector",
                    "-fcf-protection=none", "-fno-ident", "-Wall", "-ffunction-sections", "-fdata-sections"));
            Host.Output output = Host.run(Path.of("/"), words);
            if (output.status() == Host.MISSING) throw new Refusal("building needs a compiler; install it by\n  apt-get install gcc-12");
            if (output.status() != 0) throw new Refusal(output.complaint().strip());
            return Files.readAllBytes(object);
        } finally {
            for (Path one : List.of(object, header)) Files.deleteIfExists(one);
            Files.delete(work);
        }
    }

    /** What patches include for shadow variables. */
    private static Path header(Path folder) throws IOException {
        Path header = folder.resolve("lkpk.h");
        try (InputStream in = Compiler.class.getResourceAsStream("lkpk.h")) {
            if (in != null) Files.copy(in, header);
        }
        return header;
    }

    /** Whether it is the very compiler that made the kernel; code that differs is noticed when it is compared with the running. */
    boolean exact() throws IOException, InterruptedException {
        String first = Host.run(Path.of("/"), List.of(gcc, "--version")).text().lines().findFirst().orElse("");
        return first.replaceFirst("^\\S+ ", "").equals(kernel.compiler().replaceFirst("^\\S+ ", ""));
    }

    /** The words of the command, without input and output. */
    record Command(List<String> words) {
        /** The loadable module that the file is part of; empty if it is in the kernel itself. */
        String module() {
            if (!words.contains("-DMODULE")) return "";
            for (String word : words) if (word.startsWith("-D__KBUILD_MODNAME=kmod_")) return word.substring(24);
            return "";
        }
    }

    Command command(String path) throws Refusal, IOException, InterruptedException {
        Path kept = kernel.built().resolve(path + ".command");
        if (Files.isRegularFile(kept)) return new Command(Files.readAllLines(kept));
        String object = path.replaceFirst("\\.c$", ".o");
        Path folder = kernel.source().resolve(path).getParent();
        Host.Output output = Host.run(kernel.headers(), List.of("make", "-n", "-f", kernel.source().resolve("Makefile").toString(),
                "M=" + folder, "ARCH=i386", "CC=" + gcc, folder.relativize(kernel.source().resolve(object)).toString()));
        for (String line : output.text().split("\n")) {
            int at = line.indexOf(gcc + " -Wp,");
            if (at < 0 || line.contains(" -E ")) continue;
            List<String> words = usable(ShellWords.of(line.substring(at)));
            write(kept, String.join("\n", words).getBytes(StandardCharsets.UTF_8));
            return new Command(words);
        }
        throw new Refusal(path + ": the kernel's makefiles do not say how to compile it: " + output.complaint().strip());
    }

    private List<String> usable(List<String> words) {
        List<String> kept = new ArrayList<>();
        String source = kernel.source() + "/";
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals(";")) break;
            if (word.equals("-o")) i++;
            else if (!word.startsWith("-Wp,-M") && !word.equals("-c") && !word.matches("-g(dwarf.*)?[0-9]?") && !word.endsWith(".c"))
                kept.add(word.startsWith("-DKBUILD_MODFILE=") ? word.replace(source, "") : word);
        }
        kept.addAll(SECTIONS);
        return kept;
    }

    /** The file as it was; kept, since it does not change. */
    byte[] pristine(String path) throws Refusal, IOException, InterruptedException {
        return kept(path, ".o", this::compile);
    }

    /** What types the file as it was knows ({@link DebugInfo}). Compiled apart, so that no code can differ by it. */
    byte[] pristineTypes(String path) throws Refusal, IOException, InterruptedException {
        return kept(path, ".types.o", this::describe);
    }

    /** One of the ways to make an object. */
    private interface Making {
        Host.Output object(Command command, Path source, Path object, List<String> more) throws IOException, InterruptedException;
    }

    private byte[] kept(String path, String ending, Making making) throws Refusal, IOException, InterruptedException {
        Path kept = kernel.built().resolve(path.replaceFirst("\\.c$", ending));
        if (Files.isRegularFile(kept)) return Files.readAllBytes(kept);
        Path object = Files.createTempFile("lkpk-", ".o");
        try {
            Host.Output output = making.object(command(path), kernel.source().resolve(path), object, List.of());
            if (output.status() != 0) throw new Refusal(path + ": does not compile as it is: " + output.complaint().strip());
            byte[] elf = Files.readAllBytes(object);
            write(kept, elf);
            return elf;
        } finally {
            Files.deleteIfExists(object);
        }
    }

    /** @param shown the file that the user edits, for messages and {@code __FILE__} */
    byte[] changed(Edit edit, Path shown) throws Refusal, IOException, InterruptedException {
        try {
            return made(edit, shown, edit.numbered(shown.toString()), this::compile);
        } catch (Refusal wrong) {
            // Once more with the user's own line numbers, for the messages.
            made(edit, shown, edit.plain(shown.toString()), this::compile);
            throw wrong;
        }
    }

    /** What types the changed file knows, by the user's own line numbers. */
    byte[] changedTypes(Edit edit, Path shown) throws Refusal, IOException, InterruptedException {
        return made(edit, shown, edit.plain(shown.toString()), this::describe);
    }

    private byte[] made(Edit edit, Path shown, String text, Making making) throws Refusal, IOException, InterruptedException {
        Path work = Files.createTempDirectory("lkpk-");
        Path source = work.resolve(Path.of(edit.path()).getFileName());
        Path object = work.resolve("out.o");
        Path header = header(work);
        try {
            Path root = Path.of(shown.toString().substring(0, shown.toString().length() - edit.path().length()));
            List<String> more = List.of("-iquote", kernel.source().resolve(edit.path()).getParent().toString(), "-fmacro-prefix-map=" + root + "/=");
            Files.write(source, text.getBytes(StandardCharsets.ISO_8859_1));
            Host.Output output = making.object(command(edit.path()), source, object, more);
            if (output.status() != 0) throw new Refusal(output.complaint().strip());
            return Files.readAllBytes(object);
        } finally {
            for (Path file : List.of(source, object, header)) Files.deleteIfExists(file);
            Files.delete(work);
        }
    }

    /** What types a header of these lines declares, in the place of that at {@code path}. */
    byte[] headerTypes(String path, List<String> text) throws Refusal, IOException, InterruptedException {
        Path work = Files.createTempDirectory("lkpk-");
        Path object = work.resolve("out.o");
        Path source = work.resolve("header.c");
        try {
            Files.writeString(source, "#line 1 \"" + path + "\"\n" + String.join("\n", text) + "\n", StandardCharsets.ISO_8859_1);
            Host.Output output = describe(command(ANY), source, object, List.of("-fno-eliminate-unused-debug-types",
                    "-iquote", kernel.source().resolve(path).getParent().toString()));
            if (output.status() != 0) throw new Refusal(output.complaint().strip());
            return Files.readAllBytes(object);
        } finally {
            for (Path file : List.of(source, object)) Files.deleteIfExists(file);
            Files.delete(work);
        }
    }

    /** A file of the user's that includes the kernel's headers, compiled as any of the kernel's own. */
    byte[] handWritten(Path source) throws Refusal, IOException, InterruptedException {
        Path work = Files.createTempDirectory("lkpk-");
        Path object = work.resolve("out.o");
        Path header = header(work);
        try {
            Host.Output output = compile(command(ANY), source, object, List.of("-iquote", work.toString()));
            if (output.status() != 0) throw new Refusal(output.complaint().strip());
            return Files.readAllBytes(object);
        } finally {
            for (Path file : List.of(object, header)) Files.deleteIfExists(file);
            Files.delete(work);
        }
    }

    private Host.Output compile(Command command, Path source, Path object, List<String> more) throws IOException, InterruptedException {
        Path assembly = Files.createTempFile("lkpk-", ".s");
        try {
            List<String> words = new ArrayList<>(command.words);
            words.addAll(more);
            words.addAll(List.of("-S", "-o", assembly.toString(), source.toString()));
            Host.Output output = Host.run(kernel.headers(), words);
            if (output.status() != 0) return output;
            Files.writeString(assembly, Assembly.split(Files.readAllLines(assembly, StandardCharsets.ISO_8859_1)), StandardCharsets.ISO_8859_1);
            return Host.run(kernel.headers(), List.of(gcc, "-m32", "-Wa,-mtune=generic32", "-c", "-o", object.toString(), assembly.toString()));
        } finally {
            Files.deleteIfExists(assembly); // gcc itself does so when it fails.
        }
    }

    private Host.Output describe(Command command, Path source, Path object, List<String> more) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(command.words);
        words.addAll(more);
        words.addAll(List.of("-w", "-g", "-gdwarf-4", "-fno-var-tracking", "-Wa,-mtune=generic32", "-c", "-o", object.toString(), source.toString()));
        return Host.run(kernel.headers(), words);
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Path fresh = Files.createTempFile(file.getParent(), "fresh", "");
        Files.write(fresh, bytes);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
