package org.lkpk.bus;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.lkpk.api.bus.SlotConflict;
import org.lkpk.api.machine.SlotView.Claim;
import org.lkpk.api.machine.SlotView.Kind;

/** Who has claimed what of a machine: its slots, and the board for its own chips. */
final class Claims {
    private static final String BOARD = "board";

    private final Map<String, List<Claim>> owners = new TreeMap<>();
    private final Set<String> shared = new HashSet<>();

    Claims() {
        owners.put(BOARD, List.of(ports(DmaControllers.BYTES, 16), ports(DmaControllers.WORDS, 32),
                ports(InterruptControllers.MASTER, 2), ports(InterruptControllers.SLAVE, 2),
                ports(InterruptControllers.ELCR, 2), ports(Motherboard.POST, 1), ports(DmaControllers.PAGES, 15),
                ports(Motherboard.SYSTEM_CONTROL, 1), ports(Motherboard.RESET_CONTROL, 1), ports(ErrorLatch.PORT, 1),
                new Claim(Kind.IRQ, 2, 2), new Claim(Kind.IRQ, ErrorLatch.IRQ, ErrorLatch.IRQ), new Claim(Kind.DMA, 4, 4)));
    }

    private static Claim ports(int first, int count) {
        return new Claim(Kind.PORTS, first, first + count - 1);
    }

    /** Notes the claims of a slot; a list that still grows may be given. */
    void put(String slot, List<Claim> claims) {
        owners.put(slot, claims);
    }

    void remove(String slot) {
        owners.remove(slot);
        shared.removeIf(key -> key.startsWith(slot + "/"));
    }

    /** Notes that {@code slot} shares an IRQ line. */
    void share(String slot, int line) {
        shared.add(slot + "/" + line);
    }

    List<Claim> board() {
        return owners.get(BOARD);
    }

    List<Claim> of(String slot) {
        return owners.getOrDefault(slot, List.of());
    }

    /** @throws SlotConflict naming the owner if {@code wanted} is taken by another or by the slot itself */
    void check(String slot, Claim wanted, boolean sharing) {
        for (Map.Entry<String, List<Claim>> owner : owners.entrySet())
            for (Claim claim : owner.getValue()) {
                if (!overlap(claim, wanted)) continue;
                boolean both = sharing && claim.kind() == Kind.IRQ && shared.contains(owner.getKey() + "/" + claim.first());
                if (!both) throw new SlotConflict("slot " + slot + ": " + text(wanted) + " belongs to " + owner.getKey());
            }
    }

    private static boolean overlap(Claim a, Claim b) {
        return space(a.kind()) == space(b.kind()) && Integer.compareUnsigned(a.first(), b.last()) <= 0
                && Integer.compareUnsigned(b.first(), a.last()) <= 0;
    }

    /** RAM, ROM and device registers lie in one address space. */
    private static Kind space(Kind kind) {
        return kind == Kind.RAM || kind == Kind.ROM ? Kind.MEMORY : kind;
    }

    static String text(Claim claim) {
        return switch (claim.kind()) {
            case PORTS -> String.format("port %X–%Xh", claim.first(), claim.last());
            case MEMORY, RAM, ROM -> String.format("%s %X–%Xh", claim.kind() == Kind.MEMORY ? "memory" : claim.kind().name(),
                    claim.first(), claim.last());
            case IRQ -> "IRQ " + claim.first();
            case DMA -> "DMA channel " + claim.first();
        };
    }
}
