package org.lkpk.conformance.privileged;

import java.util.SplittableRandom;

/** Chance: the same for the same seed, whatever the Java. */
final class Dice {
    private final SplittableRandom random;

    Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    int number() {
        return random.nextInt();
    }

    boolean percent(int chance) {
        return random.nextInt(100) < chance;
    }

    int of(int... values) {
        return values[random.nextInt(values.length)];
    }

    /** {@code bits}, each with that chance. */
    int bits(int bits, int chance) {
        int v = 0;
        for (int b = bits; b != 0; b &= b - 1) if (percent(chance)) v |= b & -b;
        return v;
    }
}
