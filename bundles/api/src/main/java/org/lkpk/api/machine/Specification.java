package org.lkpk.api.machine;

import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;

/**
 * What a machine is to be.
 *
 * @param memory bytes of RAM, {@link #LEAST_MEMORY} to {@link #MOST_MEMORY}, a multiple of 1 MB
 * @param deterministic whether virtual time counts instructions instead of following the host's clock
 * @param seed sets the initial time stamp and battery clock of a deterministic machine; 0 in real-time mode means: at random
 * @param rebootable whether a reset boots again; if not, it ends the machine
 */
public record Specification(String name, long memory, Profile profile, Engine engine, boolean deterministic, long seed, boolean rebootable) {
    /** Bytes of RAM: 16 MB to 1.5 GB. */
    public static final long LEAST_MEMORY = 16L << 20, MOST_MEMORY = 1536L << 20;

    /** A real-time machine of 256 MB. */
    public static Specification named(String name) {
        return new Specification(name, 256L << 20, Profile.PENTIUM4, Engine.TRANSLATOR, false, 0, true);
    }

    public Specification withMemory(long bytes) {
        return new Specification(name, bytes, profile, engine, deterministic, seed, rebootable);
    }

    public Specification withProfile(Profile model) {
        return new Specification(name, memory, model, engine, deterministic, seed, rebootable);
    }

    public Specification withEngine(Engine kind) {
        return new Specification(name, memory, profile, kind, deterministic, seed, rebootable);
    }

    public Specification withSeed(long number) {
        return new Specification(name, memory, profile, engine, true, number, rebootable);
    }

    public Specification withoutReboot() {
        return new Specification(name, memory, profile, engine, deterministic, seed, false);
    }
}
