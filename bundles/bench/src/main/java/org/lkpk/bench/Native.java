package org.lkpk.bench;

import java.util.Optional;

/** The host's own processor and kernel: what emulation costs at all. */
record Native() implements Emulator {
    @Override
    public String name() {
        return "native";
    }

    @Override
    public Optional<String> missing() {
        String machine = System.getProperty("os.arch");
        return machine.equals("amd64") || machine.equals("i386") ? Optional.empty() : Optional.of(machine + " runs no programs for i386");
    }

    @Override
    public ProcessBuilder process(Pc pc) {
        ProcessBuilder builder = new ProcessBuilder(pc.program().orElseThrow().toString());
        builder.environment().put("bench", pc.list());
        return builder;
    }

    @Override
    public boolean boots() {
        return false;
    }
}
