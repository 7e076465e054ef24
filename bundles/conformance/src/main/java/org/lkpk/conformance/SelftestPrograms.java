package org.lkpk.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel's selftests for x86, built for 32 bits as its Makefile says, but linked statically. */
final class SelftestPrograms {
    private static final Pattern LIST = Pattern.compile("^TARGETS_C_(BOTHBITS|32BIT_ONLY|32BIT_NEEDED) := (.*)$", Pattern.MULTILINE);
    /** What belongs to a test besides its own file. */
    private static final Map<String, List<String>> MORE = Map.of("ptrace_syscall", List.of("raw_syscall_helper_32.S"),
            "test_syscall_vdso", List.of("thunks_32.S"), "check_initial_reg_state", List.of("-Wl,-ereal_start"));
    private static final String TESTS = "tools/testing/selftests/x86/";
    private static final Map<String, String> ELSEWHERE = Map.of("desc_defs.h", "arch/x86/include/asm/",
            "kselftest.h", "tools/testing/selftests/");

    private final Path folder;
    /** Programs by name. */
    final Map<String, Path> built = new TreeMap<>();
    /** The compiler's words by test. */
    final Map<String, String> failed = new TreeMap<>();

    /** @param sources by file name; they are laid out in {@code folder} as in the kernel's tree */
    SelftestPrograms(Map<String, byte[]> sources, Path folder) throws IOException {
        this.folder = folder;
        for (Map.Entry<String, byte[]> source : sources.entrySet()) {
            Path file = folder.resolve(ELSEWHERE.getOrDefault(source.getKey(), TESTS)).resolve(source.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, source.getValue());
        }
    }

    /** The names of the tests for 32 bits in a Makefile. */
    static List<String> names(String makefile) {
        List<String> names = new ArrayList<>();
        Matcher lists = LIST.matcher(makefile.replace("\\\n", " "));
        while (lists.find()) names.addAll(List.of(lists.group(2).strip().split("\\s+")));
        return names;
    }

    void build(List<String> names) throws IOException, InterruptedException {
        for (String name : names) {
            Path program = folder.resolve(name);
            List<String> words = new ArrayList<>(List.of("gcc", "-m32", "-static", "-no-pie", "-O2", "-std=gnu99", "-pthread", "-w", "-o",
                    program.toString(), source(name + ".c")));
            for (String more : MORE.getOrDefault(name, List.of())) words.add(more.startsWith("-") ? more : source(more));
            words.addAll(List.of("-lrt", "-ldl", "-lm"));
            Command.Output output = Command.run(words, 120);
            if (output.status() == 0) built.put(name, program);
            else failed.put(name, output.last());
        }
    }

    private String source(String file) {
        return folder.resolve(TESTS).resolve(file).toString();
    }

    /** Runs all on this machine's own processor and kernel. */
    SelftestLog onHost() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Path> test : built.entrySet()) {
            Command.Output output = Command.run(List.of(test.getValue().toString()), 30);
            text.append(SelftestLog.BEGIN).append(test.getKey()).append('\n').append(output.text());
            text.append('\n').append(SelftestLog.END).append(output.status()).append('\n');
        }
        return new SelftestLog(text.toString());
    }

    /** An archive with all of them and an init that runs one after the other. */
    byte[] archive() throws IOException {
        Cpio archive = new Cpio().folder("t").program("init", INIT.getBytes());
        for (Map.Entry<String, Path> test : new LinkedHashMap<>(built).entrySet())
            archive.program("t/" + test.getKey(), Files.readAllBytes(test.getValue()));
        return archive.end();
    }

    private static final String INIT = """
            #!/bin/busybox sh
            b=/bin/busybox
            $b mount -t proc proc /proc
            $b mount -t sysfs sys /sys
            $b mount -t devtmpfs dev /dev
            $b mount -t tmpfs tmp /tmp
            cd /tmp
            $b grep -m 1 ^flags /proc/cpuinfo
            for t in /t/*; do
                echo "=== begin ${t##*/}"
                $b timeout 120 $t
                echo "=== end $?"
            done
            $b poweroff -f
            """;
}
