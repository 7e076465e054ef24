package org.lkpk.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Bochs, which takes no kernel: a ROM of ours stands in for its BIOS and reads kernel and initrd from its disk.
 *
 * @param work a folder for the ROM, the disk and its configuration
 */
record Bochs(Path work) implements Emulator {
    private static final String PROGRAM = "bochs-bin";
    private static final String CONFIGURATION = """
            config_interface: textconfig
            display_library: rfb, options="timeout=0"
            megs: %d
            romimage: file=%s
            vgaromimage: file=%s
            cpu: model=%s, count=1, ips=50000000, reset_on_triple_fault=0
            clock: sync=%s
            ata0: enabled=1
            ata0-master: type=disk, path=%s, mode=flat, cylinders=%d, heads=%d, spt=%d
            sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
            speaker: enabled=0
            com1: enabled=1, mode=file, dev=%s
            log: /dev/null
            panic: action=fatal
            error: action=ignore
            info: action=ignore
            """;
    /** Where the ROM lies; no other place would do. */
    private static final String ROM_ADDRESS = "0xf0000";
    private static final int VGA_ROM = 512;

    @Override
    public String name() {
        return "bochs";
    }

    @Override
    public Optional<String> missing() {
        return Programs.onPath(PROGRAM) ? Optional.empty() : Optional.of("no " + PROGRAM + ": apt install bochs");
    }

    @Override
    public ProcessBuilder process(Pc pc) throws IOException {
        Path folder = Files.createTempDirectory(work, "bochs-");
        Path disk = folder.resolve("disk"), configuration = folder.resolve("bochsrc"), start = folder.resolve("start"), vga = folder.resolve("vga");
        BootDisk image = new BootDisk(Files.readAllBytes(pc.kernel()), Files.readAllBytes(pc.initrd()), pc.append());
        Files.write(disk, image.bytes());
        Files.write(vga, emptyRom());
        // Its debugger, where it is built in, waits for a word.
        Files.writeString(start, "c\n");
        Files.writeString(configuration, CONFIGURATION.formatted(Pc.MEGABYTES, rom(), vga, pc.model().bochs, pc.serial().isPresent() ? "realtime" : "none",
                disk, image.cylinders(), BootDisk.HEADS, BootDisk.SECTORS, pc.serial().map(Path::toString).orElse("/dev/stdout")));
        return new ProcessBuilder(PROGRAM, "-q", "-f", configuration.toString(), "-rc", start.toString());
    }

    private Path rom() throws IOException {
        Path rom = work.resolve("bochs.rom");
        if (Files.exists(rom)) return rom;
        Path source = work.resolve("bochs.S"), object = work.resolve("bochs.o");
        try (InputStream in = Bochs.class.getResourceAsStream("bochs.S")) {
            Files.write(source, in.readAllBytes());
        }
        try {
            Programs.gcc(java.util.List.of("-m32", "-c", source.toString(), "-o", object.toString()));
            Programs.gcc(java.util.List.of("-m32", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none,-Ttext=" + ROM_ADDRESS + ",--oformat=binary",
                    object.toString(), "-o", rom.toString()));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
        return rom;
    }

    /** A ROM of the VGA's that does nothing. */
    private static byte[] emptyRom() {
        byte[] rom = new byte[VGA_ROM];
        rom[0] = 0x55;
        rom[1] = (byte) 0xAA;
        rom[2] = 1; // block of 512 bytes
        rom[3] = (byte) 0xCB; // RETF
        int sum = 0;
        for (byte b : rom) sum += b;
        rom[VGA_ROM - 1] = (byte) -sum;
        return rom;
    }
}
