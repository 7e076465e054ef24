package org.lkpk.patcher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose code runs at each replaced entry of one guest: a pile of patches, of which the last applied is called. They may
 * leave in any order; only when the uppermost does is anything written.
 */
final class Entries {
    static final int JUMP = 5;
    private static final byte JMP_REL32 = (byte) 0xE9;

    /** One patch's code for an entry. */
    private record Layer(Object owner, int target) { }

    /** An entry with patches on it, the lowest first. */
    private record Pile(Target function, List<Layer> layers) {
        byte[] entry() {
            if (layers.isEmpty()) return Arrays.copyOf(function.original(), JUMP);
            return jump(function.address(), layers.get(layers.size() - 1).target);
        }

        Pile copy() {
            return new Pile(function, new ArrayList<>(layers));
        }
    }

    /** Never changed but as a whole: who only compares may read it at any time. */
    private volatile Map<Integer, Pile> piles = new HashMap<>();

    /** What is to be written, and what holds once it has been. */
    static final class Next {
        private final Map<Integer, Pile> piles;
        private final List<Plan.Write> writes;

        private Next(Map<Integer, Pile> piles, List<Plan.Write> writes) {
            this.piles = piles;
            this.writes = writes;
        }

        List<Plan.Write> writes() {
            return writes;
        }
    }

    /** The function there as the kernel itself has it, if a patch stands on it; else null. */
    Target patched(int address) {
        Pile pile = piles.get(address);
        return pile == null ? null : pile.function;
    }

    /** What the entry at {@code address} must hold now, if a patch stands on it; else null. */
    byte[] expected(int address) {
        Pile pile = piles.get(address);
        return pile == null ? null : pile.entry();
    }

    /** Whose code is called there; null if the kernel's own is. */
    Object owner(int address) {
        Pile pile = piles.get(address);
        return pile == null ? null : pile.layers.get(pile.layers.size() - 1).owner;
    }

    /**
     * How it is once {@code leaving} are gone and {@code arriving} has come.
     *
     * @param targets by function, where the code of {@code arriving} is called
     */
    Next next(Collection<?> leaving, Object arriving, Map<Target, Integer> targets) {
        Map<Integer, Pile> after = new LinkedHashMap<>();
        piles.forEach((address, pile) -> after.put(address, pile.copy()));
        for (Pile pile : after.values()) pile.layers.removeIf(layer -> leaving.contains(layer.owner));
        targets.forEach((function, target) -> after.computeIfAbsent(function.address(), address -> new Pile(function, new ArrayList<>()))
                .layers.add(new Layer(arriving, target)));
        List<Plan.Write> writes = new ArrayList<>();
        after.forEach((address, pile) -> {
            byte[] old = piles.containsKey(address) ? expected(address) : Arrays.copyOf(pile.function.original(), JUMP);
            if (!Arrays.equals(old, pile.entry())) writes.add(new Plan.Write(pile.function.name(), address, old, pile.entry()));
        });
        after.values().removeIf(pile -> pile.layers.isEmpty());
        return new Next(after, writes);
    }

    /** It has been written. */
    void become(Next next) {
        piles = next.piles;
    }

    private static byte[] jump(int from, int to) {
        return ByteBuffer.allocate(JUMP).order(ByteOrder.LITTLE_ENDIAN).put(JMP_REL32).putInt(to - (from + JUMP)).array();
    }
}
