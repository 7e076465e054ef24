package org.lkpk.patcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.lkpk.api.patch.PatchRefused;

/**
 * What is to be written, in this order: new text first, then the entries that lead to it. A plan is made with every
 * refusal behind it, and carried out or not at all.
 *
 * @param text where the new functions go; nothing leads there yet, so that no old bytes matter
 * @param entries the replaced functions' first bytes
 */
record Plan(List<Write> text, List<Write> entries) {
    /**
     * @param what names the place in messages
     * @param linear where
     * @param old what must stand there
     * @param fresh what will
     */
    record Write(String what, int linear, byte[] old, byte[] fresh) {
        private boolean holds(LinearMemory memory) {
            return Arrays.equals(memory.read(linear, old.length), old);
        }

        private boolean arrived(LinearMemory memory) {
            return Arrays.equals(memory.read(linear, fresh.length), fresh);
        }
    }

    /**
     * Writes it all, on the machine's thread between two instructions.
     *
     * @throws PatchRefused if an entry has changed since the plan was made; nothing that leads anywhere has been written
     */
    void carryOut(LinearMemory memory) throws PatchRefused {
        for (Write entry : entries)
            if (!entry.holds(memory)) throw new PatchRefused(changed(entry, memory));
        for (Write write : text) {
            memory.write(write.linear, write.fresh);
            if (!write.arrived(memory)) throw new PatchRefused(write.what + ": the memory card does not hold it");
        }
        for (Write entry : entries) memory.write(entry.linear, entry.fresh);
    }

    /** Writes what can be written and tells in a line each what cannot, because someone else has changed it. */
    List<String> carryOutWherePossible(LinearMemory memory) {
        List<String> refusals = new ArrayList<>();
        for (Write entry : entries) {
            if (entry.holds(memory)) memory.write(entry.linear, entry.fresh);
            else refusals.add(changed(entry, memory));
        }
        return refusals;
    }

    private static String changed(Write entry, LinearMemory memory) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        return entry.what + ": its entry holds " + hex.formatHex(memory.read(entry.linear, entry.old.length)) + ", not "
                + hex.formatHex(entry.old);
    }
}
