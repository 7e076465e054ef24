package org.lkpk.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Stop;

/**
 * A processor with 1 MB, a ROM at its end and at the end of all addresses, a port that takes power-on self-test codes and
 * one that takes text: all that test386.asm needs.
 */
final class RomMachine implements Board {
    static final int POST_PORT = 0x190, TEXT_PORT = 0xE9;
    private static final int MEMORY = 1 << 20, LARGEST_ROM = 128 << 10, PAGE = 0x1000;
    private static final long STRETCH = 1_000_000, LONGEST = 2_000_000_000;

    private final Cpu cpu;
    private final BenchMemory memory;
    private final OutputStream text;
    private final int textPort;
    private final List<Integer> posts = new ArrayList<>();

    /** @throws IllegalArgumentException if {@code rom} cannot be one */
    RomMachine(Cpu cpu, Engine engine, Profile profile, byte[] rom, OutputStream text, int textPort) {
        if (rom.length == 0 || rom.length > LARGEST_ROM || rom.length % PAGE != 0)
            throw new IllegalArgumentException(rom.length + " bytes: a ROM has whole pages of 4 KB, 128 KB at most");
        this.cpu = cpu;
        this.text = text;
        this.textPort = textPort;
        memory = new BenchMemory(MEMORY, rom.length);
        memory.write(-rom.length, rom, 0, rom.length);
        cpu.plug(this, profile, engine);
    }

    /** Runs from RESET until nothing can happen any more; returns the last code, or -1 if there was none. */
    int run() {
        while (cpu.instructions() < LONGEST) if (cpu.run(cpu.instructions() + STRETCH) != Stop.LIMIT) break;
        return posts.isEmpty() ? -1 : posts.get(posts.size() - 1);
    }

    /** All codes, in the order in which they came. */
    List<Integer> posts() {
        return posts;
    }

    /** Where it stands, for a report of failure. */
    String place() {
        return String.format("CS:EIP = %04X:%08X after %d instructions, last exception %d", cpu.register("cs"), cpu.register("eip"),
                cpu.instructions(), cpu.register("vector0"));
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public int in(int port, int size) {
        return -1 >>> 32 - 8 * size;
    }

    @Override
    public void out(int port, int size, int value) {
        if (port == POST_PORT) posts.add(value & 0xFF);
        if (port == textPort) write(value & 0xFF);
    }

    private void write(int letter) {
        try {
            text.write(letter);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int acknowledge() {
        return 0xFF;
    }

    @Override
    public long ticks() {
        return cpu.instructions();
    }

    @Override
    public boolean a20() {
        return true;
    }
}
