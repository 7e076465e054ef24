package org.lkpk.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * v86 in node, with Debian's SeaBIOS. It has one processor of its own only, near a Pentium 4.
 *
 * @param folder where npm has put it
 * @param work a folder for the script that starts it
 */
record V86(Path folder, Path work) implements Emulator {
    @Override
    public String name() {
        return "v86";
    }

    @Override
    public Optional<String> missing() {
        if (!Programs.onPath("node")) return Optional.of("no node: apt install nodejs npm");
        if (!Files.isReadable(library())) return Optional.of("no " + library() + ": npm install --prefix " + folder + " v86");
        return Files.isReadable(Path.of("/usr/share/seabios/bios.bin")) ? Optional.empty() : Optional.of("no SeaBIOS: apt install seabios");
    }

    @Override
    public ProcessBuilder process(Pc pc) throws IOException {
        Path script = work.resolve("v86.mjs");
        if (!Files.exists(script)) {
            try (InputStream in = V86.class.getResourceAsStream("v86.mjs")) {
                Files.write(script, in.readAllBytes());
            }
        }
        ProcessBuilder builder = new ProcessBuilder("node", script.toString(), library().getParent().getParent().toString(),
                Integer.toString(Pc.MEGABYTES), pc.kernel().toString(), pc.initrd().toString(), pc.append());
        pc.serial().ifPresent(file -> builder.command().add(file.toString()));
        return builder;
    }

    private Path library() {
        return folder.resolve("node_modules/v86/build/libv86.mjs");
    }
}
