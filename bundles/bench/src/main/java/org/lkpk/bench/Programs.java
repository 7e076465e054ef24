package org.lkpk.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The guest's programs, built by gcc from our sources: freestanding, so that neither a C library nor its headers are needed. */
final class Programs {
    private static final List<String> SOURCES = List.of("init", "integer", "dispatch", "hash", "sort", "memory", "x87", "sse", "sse2",
            "selfmod", "system");
    // What the compiler would make of loops must not depend on its version more than it has to.
    private static final List<String> FLAGS = List.of("-m32", "-O2", "-march=pentium3", "-mfpmath=387", "-ffreestanding",
            "-fno-tree-vectorize", "-fno-tree-loop-distribute-patterns", "-fno-pic", "-fno-stack-protector",
            "-fno-asynchronous-unwind-tables", "-fcf-protection=none", "-w");
    private static final List<String> LINKING = List.of("-m32", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", "-s");

    private Programs() { }

    /** Makes the program in {@code folder}. */
    static Path build(Path folder) throws IOException, InterruptedException {
        if (!onPath("gcc")) throw new IOException("no gcc: apt install gcc");
        source("kit.h", folder);
        List<String> objects = new ArrayList<>();
        for (String name : SOURCES) {
            Path object = folder.resolve(name + ".o");
            List<String> words = new ArrayList<>(FLAGS);
            if (name.equals("sse2")) words.add("-msse2");
            words.addAll(List.of("-c", source(name + ".c", folder).toString(), "-o", object.toString()));
            gcc(words);
            objects.add(object.toString());
        }
        Path program = folder.resolve("bench");
        gcc(Stream.of(LINKING, objects, List.of("-o", program.toString())).flatMap(List::stream).toList());
        return program;
    }

    /** An initramfs with the program as first process. */
    static byte[] initramfs(byte[] program) {
        return new Cpio().folder("dev").console("dev/console").program("init", program).end();
    }

    private static Path source(String name, Path folder) throws IOException {
        try (InputStream in = Programs.class.getResourceAsStream(name)) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }

    /** Runs it, and names what is missing if that fails. */
    static void gcc(List<String> words) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of("gcc"), words.stream()).toList();
        Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (gcc.waitFor() != 0)
            throw new IOException("gcc -m32 does not build for i386 (on amd64: apt install gcc; elsewhere: apt install gcc-i686-linux-gnu): "
                    + said.lines().findFirst().orElse("no reason given"));
    }

    static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
