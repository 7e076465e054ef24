package org.lkpk.bus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.api.header.Clause;

/**
 * One slot of a slot bundle's {@value #HEADER} header: {@code com1; card=org.lkpk.card.uart; port=0x3f8; irq=4}. Several are
 * separated by commas; a value that holds commas or semicolons stands in double quotes.
 *
 * @param card symbolic name of the card's bundle
 */
record SlotSpecification(String name, String card, Map<String, String> settings) {
    static final String HEADER = "LKPK-Slot";

    /** @throws IllegalArgumentException naming the clause and what is wrong with it */
    static List<SlotSpecification> parse(String header) {
        List<SlotSpecification> slots = new ArrayList<>();
        try {
            for (Clause clause : Clause.parse(header)) slots.add(slot(clause));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(HEADER + ": " + wrong.getMessage());
        }
        return slots;
    }

    private static SlotSpecification slot(Clause clause) {
        Map<String, String> settings = new LinkedHashMap<>(clause.attributes());
        String card = settings.remove("card");
        if (card == null) throw new IllegalArgumentException("slot " + clause.path() + " names no card");
        return new SlotSpecification(clause.path(), card, Map.copyOf(settings));
    }
}
