package org.lkpk.patcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.lkpk.api.cpu.Memory;
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
     * @param physical where
     * @param old what must stand there
     * @param fresh what will
     */
    record Write(String what, int physical, byte[] old, byte[] fresh) {
        private boolean holds(Memory memory) {
            return Arrays.equals(current(memory), old);
        }

        private boolean arrived(Memory memory) {
            return Arrays.equals(current(memory), fresh);
        }

        private byte[] current(Memory memory) {
            byte[] bytes = new byte[fresh.length];
            memory.read(physical, bytes, 0, bytes.length);
            return bytes;
        }

        private void to(Memory memory) {
            memory.write(physical, fresh, 0, fresh.length);
        }

        private Write turned() {
            return new Write(what, physical, fresh, old);
        }
    }

    /**
     * The way back: entries only. The text stays where it is, since a task may still be inside; see {@link Room}.
     */
    Plan turned() {
        List<Write> back = new ArrayList<>();
        for (Write entry : entries) back.add(0, entry.turned());
        return new Plan(List.of(), back);
    }

    /**
     * Writes it all, on the machine's thread between two instructions.
     *
     * @throws PatchRefused if an entry has changed since the plan was made; nothing that leads anywhere has been written
     */
    void carryOut(Memory memory) throws PatchRefused {
        for (Write entry : entries)
            if (!entry.holds(memory)) throw new PatchRefused(changed(entry, memory));
        for (Write write : text) {
            write.to(memory);
            if (!write.arrived(memory)) throw new PatchRefused(write.what + ": the memory card does not hold it");
        }
        for (Write entry : entries) entry.to(memory);
    }

    /** Writes what can be written and tells in a line each what cannot, because someone else has changed it. */
    List<String> carryOutWherePossible(Memory memory) {
        List<String> refusals = new ArrayList<>();
        for (Write entry : entries) {
            if (entry.holds(memory)) entry.to(memory);
            else refusals.add(changed(entry, memory));
        }
        return refusals;
    }

    private static String changed(Write entry, Memory memory) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        return entry.what + ": its entry holds " + hex.formatHex(entry.current(memory)) + ", not " + hex.formatHex(entry.old);
    }
}
