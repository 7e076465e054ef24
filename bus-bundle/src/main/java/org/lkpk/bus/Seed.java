package org.lkpk.bus;

import java.util.concurrent.ThreadLocalRandom;
import org.lkpk.api.machine.Specification;

/** What a machine's seed decides: the initial time stamp, and a deterministic machine's battery clock. */
final class Seed {
    private static final long SECOND = 1_000_000_000L;
    /** 2026-01-01 00:00 UTC. */
    private static final long EPOCH = 1_767_225_600L;
    private static final long YEAR = 365L * 24 * 3600;

    private Seed() { }

    /** What the time-stamp counter shows at power-on: up to 18 minutes, as if the machine had stood in its BIOS. */
    static long ticks(Specification specification) {
        boolean random = !specification.deterministic() && specification.seed() == 0;
        return mixed(random ? ThreadLocalRandom.current().nextLong() : specification.seed()) & 0xFF_FFFF_FFFFL;
    }

    /** What the battery clock tells at power-on, in ns since 1970: within 2026, or the host's time. */
    static long epoch(Specification specification) {
        if (!specification.deterministic()) return System.currentTimeMillis() * 1_000_000L;
        return (EPOCH + Math.floorMod(mixed(specification.seed() + 1), YEAR)) * SECOND;
    }

    /** The finalizer of MurmurHash3: every bit of the seed reaches every bit of the answer. */
    private static long mixed(long seed) {
        long x = seed + 0x9E3779B97F4A7C15L;
        x = (x ^ x >>> 33) * 0xFF51AFD7ED558CCDL;
        x = (x ^ x >>> 33) * 0xC4CEB9FE1A85EC53L;
        return x ^ x >>> 33;
    }
}
