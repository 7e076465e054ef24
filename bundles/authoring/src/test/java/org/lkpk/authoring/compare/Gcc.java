package org.lkpk.authoring.compare;

import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lkpk.authoring.elf.DebugInfo;
import org.lkpk.authoring.elf.Pieces;

/** The host's compiler, with the flags that matter of a kernel's; tests are skipped where there is none. */
final class Gcc {
    private static final List<String> FLAGS = List.of("-m32", "-O2", "-mregparm=3", "-ffreestanding", "-fno-pic", "-fno-pie", "-fno-common",
            "-fno-asynchronous-unwind-tables", "-fno-stack-protector", "-fcf-protection=none", "-fno-optimize-sibling-calls",
            "-ffunction-sections", "-fdata-sections", "-w");

    private Gcc() { }

    static Pieces pieces(String source) throws IOException, InterruptedException {
        return new Pieces(object(source));
    }

    static Layouts layouts(String source) throws IOException, InterruptedException {
        return new Layouts(new DebugInfo(object(source, "-g", "-gdwarf-4", "-fno-var-tracking")));
    }

    static byte[] object(String source, String... more) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("lkpk-gcc");
        Path file = folder.resolve("a.c");
        Path object = folder.resolve("a.o");
        try {
            Files.writeString(file, source);
            Process gcc;
            try {
                List<String> words = new java.util.ArrayList<>(List.of("gcc"));
                words.addAll(FLAGS);
                words.addAll(List.of(more));
                words.addAll(List.of("-c", "-o", object.toString(), file.toString()));
                gcc = new ProcessBuilder(words).redirectErrorStream(true).start();
            } catch (IOException missing) {
                assumeTrue("no gcc", false);
                throw missing;
            }
            String said = new String(gcc.getInputStream().readAllBytes());
            assumeTrue("no gcc that compiles for i386: " + said, gcc.waitFor() == 0);
            return Files.readAllBytes(object);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(object);
            Files.delete(folder);
        }
    }
}
