package org.lkpk.api.machine;

import java.util.List;

/**
 * A slot as a snapshot.
 *
 * @param slot its name
 * @param card symbolic name of the card's bundle
 * @param version of the card's bundle; empty while it is not there
 * @param refusal why the card is not plugged; empty if it is
 */
public record SlotView(String slot, String card, String version, String refusal, List<Claim> claims) {
    /** What is claimed; {@code first} and {@code last} are port, physical address, line or channel numbers. */
    public record Claim(Kind kind, int first, int last) { }

    public enum Kind { PORTS, MEMORY, RAM, ROM, IRQ, DMA }
}
