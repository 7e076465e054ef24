package org.lkpk.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.conformance.privileged.Image;
import org.lkpk.conformance.privileged.Sequence;

/** Something that runs images of privileged sequences: another emulator, or the processor itself. */
abstract class Peer {
    private static final long POLL_MILLIS = 50, SILENCE_NANOS = 5_000_000_000L;

    /** What a run has written, and whether it ended by itself. */
    record Run(String text, boolean timely) { }

    abstract Run run(byte[] rom) throws IOException, InterruptedException;

    /** Runs all cases; one that breaks its machine off costs another start. */
    Map<Integer, Course> outcomes(List<Sequence> cases) throws IOException, InterruptedException {
        Map<Integer, Course> all = new TreeMap<>();
        for (int at = 0; at < cases.size();) {
            Map<Integer, Course> now = new TreeMap<>();
            Run run = run(Image.of(cases.subList(at, cases.size())));
            boolean whole = Course.read(run.text, run.timely, now);
            if (now.isEmpty()) throw new IOException("does not run: " + last(run.text));
            all.putAll(now);
            at = whole ? cases.size() : at + now.size();
        }
        return all;
    }

    private static String last(String text) {
        String[] lines = text.strip().split("\n");
        return lines[lines.length - 1];
    }

    /** The processor that is judged. */
    static Peer own(Cpu cpu, Engine engine) {
        return new Peer() {
            @Override
            Run run(byte[] rom) {
                PrivilegedMachine machine = new PrivilegedMachine(cpu, engine, rom);
                boolean timely = machine.run();
                return new Run(machine.text(), timely);
            }
        };
    }

    static Peer qemu(Path folder) {
        return new Peer() {
            @Override
            Run run(byte[] rom) throws IOException, InterruptedException {
                Path file = folder.resolve("qemu.rom");
                Files.write(file, rom);
                return command(folder.resolve("qemu.out"), List.of("qemu-system-i386", "-accel", "tcg", "-cpu", "pentium3", "-m", "8",
                        "-nodefaults", "-display", "none", "-no-reboot", "-bios", file.toString(), "-debugcon", "stdio"));
            }
        };
    }

    /** Bochs, which must have a VGA ROM and a display: one that holds nothing, and one that nobody sees. */
    static Peer bochs(Path folder) {
        return new Peer() {
            private static final String SETTINGS = """
                    display_library: sdl2
                    romimage: file=%1$s/bochs.rom, address=0x%2$x
                    vgaromimage: file=%1$s/vga.rom
                    megs: 8
                    cpu: model=p3_katmai, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=0
                    port_e9_hack: enabled=1
                    log: %1$s/bochs.log
                    panic: action=fatal
                    error: action=ignore
                    info: action=ignore
                    debug: action=ignore
                    clock: sync=none
                    vga: extension=none
                    sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
                    speaker: enabled=0
                    """;

            @Override
            Run run(byte[] rom) throws IOException, InterruptedException {
                Files.write(folder.resolve("bochs.rom"), rom);
                Files.write(folder.resolve("vga.rom"), vgaRom());
                Files.writeString(folder.resolve("bochsrc"), String.format(SETTINGS, folder, -rom.length));
                Files.writeString(folder.resolve("commands"), "c\n"); // For one that was built with a debugger.
                return command(folder.resolve("bochs.out"), List.of("env", "SDL_VIDEODRIVER=dummy", "SDL_AUDIODRIVER=dummy", "bochs", "-q",
                        "-f", folder.resolve("bochsrc").toString(), "-rc", folder.resolve("commands").toString()));
            }
        };
    }

    private static byte[] vgaRom() {
        byte[] rom = new byte[2048];
        rom[0] = 0x55;
        rom[1] = (byte) 0xAA;
        rom[2] = 4;
        rom[3] = (byte) 0xCB;
        rom[2047] = (byte) -(0x55 + 0xAA + 4 + 0xCB);
        return rom;
    }

    /** Runs a program until it ends or has long been silent. */
    private static Run command(Path output, List<String> words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile())
                .redirectInput(Path.of("/dev/null").toFile()).start();
        boolean ended = false;
        try {
            long size = 0, heard = System.nanoTime();
            while (!ended && System.nanoTime() - heard < SILENCE_NANOS) {
                ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
                long now = Files.size(output);
                if (now > size) heard = System.nanoTime();
                size = now;
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return new Run(Files.readString(output, StandardCharsets.ISO_8859_1), ended);
    }
}
