package org.lkpk.conformance;

/** Numbers that look random and are always the same for one seed (SplitMix64), some as programs and errors like them. */
final class Dice {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final int[] EDGES = {0, 0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF,
        0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x7F7F7F7F, 0x80808080, 0x8000FFFF, 0xFFFF0000};

    private long state;

    Dice(long seed) {
        state = seed;
    }

    /** A seed for what has a name. */
    static long seed(long seed, String name) {
        long z = mixed(seed);
        for (int i = 0; i < name.length(); i++) z = mixed(z + name.charAt(i));
        return z;
    }

    /** Those of one case: of its form's seed and of its number, and of nothing else. */
    static Dice numbered(long seed, int number) {
        return new Dice(mixed(seed + number));
    }

    private static long mixed(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return (z ^ z >>> 31) + GAMMA;
    }

    long any() {
        long z = state += GAMMA;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    int any32() {
        return (int) (any() >>> 32);
    }

    int below(int n) {
        return (int) ((any() >>> 32) * n >>> 32);
    }

    /** One time in n. */
    boolean chance(int n) {
        return below(n) == 0;
    }

    int of(int... choices) {
        return choices[below(choices.length)];
    }

    int value() {
        return switch (below(8)) {
            case 0 -> 1 << below(32);
            case 1 -> ~(1 << below(32));
            case 2 -> (1 << below(32)) - 1;
            case 3, 4 -> any32();
            default -> EDGES[below(EDGES.length)];
        };
    }

    int small() {
        return value() >>> below(32);
    }

    /** An offset in the data: anywhere, near a page's end, or near the end of all; or at the end of a flat segment. */
    int place() {
        return switch (below(24)) {
            case 0 -> Case.DATA_SIZE - 8 + below(10);
            case 1 -> chance(4) ? below(16) - 16 - Case.DATA : below(8) - below(4);
            case 2, 3 -> (1 + below(14)) * 0x1000 - below(8);
            case 4, 5, 6 -> below(Case.DATA_SIZE - 0x200) + 0x100;
            default -> below(Case.DATA_SIZE - 0x200) + 0x100 & ~3;
        };
    }
}
