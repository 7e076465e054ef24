package org.lkpk.conformance;

import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Stop;

/** A processor with 8 MB, a ROM at the end of all addresses, and a port that takes text. */
final class PrivilegedMachine implements Board {
    private static final int MEMORY = 8 << 20, TEXT_PORT = 0xE9;
    private static final long STRETCH = 1_000_000;
    private static final int SILENCE = 500;

    private final Cpu cpu;
    private final BenchMemory memory;
    private final StringBuilder text = new StringBuilder();

    PrivilegedMachine(Cpu cpu, Engine engine, byte[] rom) {
        this.cpu = cpu;
        memory = new BenchMemory(MEMORY + rom.length, rom.length);
        memory.write(-rom.length, rom, 0, rom.length);
        cpu.plug(this, Profile.PENTIUM3, engine);
    }

    /** Runs until a triple fault, or until nothing has been written for long; returns whether it was the former. */
    boolean run() {
        int written = -1;
        for (int silent = 0; silent < SILENCE; silent++) {
            Stop stop = cpu.run(cpu.instructions() + STRETCH);
            if (stop != Stop.LIMIT) return stop == Stop.SHUTDOWN;
            if (text.length() > written) silent = 0;
            written = text.length();
        }
        return false;
    }

    /** What it has written. */
    String text() {
        return text.toString();
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
        if (port == TEXT_PORT) text.append((char) (value & 0xFF));
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
