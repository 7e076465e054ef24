package org.lkpk.bench;

import java.nio.file.Path;
import java.util.Optional;

/** QEMU with its translator (TCG), never the host's own processor. */
record Qemu() implements Emulator {
    private static final String PROGRAM = "qemu-system-i386";

    @Override
    public String name() {
        return "qemu";
    }

    @Override
    public Optional<String> missing() {
        return Programs.onPath(PROGRAM) ? Optional.empty() : Optional.of("no " + PROGRAM + ": apt install qemu-system-x86");
    }

    @Override
    public ProcessBuilder process(Pc pc) {
        return new ProcessBuilder(PROGRAM, "-accel", "tcg", "-cpu", pc.model().qemu, "-m", Integer.toString(Pc.MEGABYTES), "-display", "none",
                "-monitor", "none", "-no-reboot", "-serial", pc.serial().map(Path::toString).map(file -> "file:" + file).orElse("stdio"),
                "-kernel", pc.kernel().toString(), "-initrd", pc.initrd().toString(), "-append", pc.append());
    }
}
