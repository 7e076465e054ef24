package org.lkpk.patcher.elf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.lkpk.api.patch.PatchRefused;

/**
 * {@code __ex_table} or {@code __bug_table} of an object: entries of three words whose first names an instruction. Those
 * for code that comes along are kept.
 */
final class EntryTable {
    static final int ENTRY = 12;

    /** @param offset in the object's section; relocations count from there too */
    record Entry(int offset, byte[] bytes, List<ElfObject.Relocation> relocations) { }

    private final List<Entry> all = new ArrayList<>();
    private final List<Entry> kept = new ArrayList<>();
    /** Where the kept entries lie in the patch's text. */
    int place;

    EntryTable(ElfObject object, String name) throws PatchRefused {
        for (ElfObject.Section section : object.sections()) {
            if (!section.name().equals(name)) continue;
            if (section.bytes().length % ENTRY != 0) throw object.refused("section " + name + " holds no whole entries");
            for (int at = 0; at < section.bytes().length; at += ENTRY) {
                int first = at;
                List<ElfObject.Relocation> relocations = new ArrayList<>();
                for (ElfObject.Relocation relocation : section.relocations())
                    if (relocation.offset() >= first && relocation.offset() <= first + ENTRY - 4) relocations.add(relocation);
                all.add(new Entry(at, Arrays.copyOfRange(section.bytes(), at, at + ENTRY), relocations));
            }
        }
    }

    /** Keeps the entries whose instruction lies in one of {@code sections}; returns the relocations of new ones. */
    List<ElfObject.Relocation> keep(IntPredicate sections) {
        List<ElfObject.Relocation> found = new ArrayList<>();
        for (Entry entry : all) {
            if (kept.contains(entry)) continue;
            for (ElfObject.Relocation relocation : entry.relocations)
                if (relocation.offset() == entry.offset && isIn(relocation.symbol(), sections)) {
                    kept.add(entry);
                    found.addAll(entry.relocations);
                }
        }
        return found;
    }

    private static boolean isIn(ElfObject.Symbol symbol, IntPredicate sections) {
        return symbol.section() != ElfObject.SHN_UNDEF && symbol.section() < ElfObject.SHN_LORESERVE && sections.test(symbol.section());
    }

    List<Entry> kept() {
        return kept;
    }

    int size() {
        return ENTRY * kept.size();
    }

    LinkedText.Table at(int base) {
        return new LinkedText.Table(base + place, kept.size());
    }

    /** Sorts the relocated entries, whose first two words are distances from themselves: the kernel searches by halves. */
    void sortByAddress(ByteBuffer text) {
        int[][] entries = new int[kept.size()][];
        for (int i = 0; i < entries.length; i++) {
            int at = place + ENTRY * i;
            entries[i] = new int[] {at + text.getInt(at), at + 4 + text.getInt(at + 4), text.getInt(at + 8)};
        }
        Arrays.sort(entries, (a, b) -> Integer.compare(a[0], b[0]));
        for (int i = 0; i < entries.length; i++) {
            int at = place + ENTRY * i;
            text.putInt(at, entries[i][0] - at).putInt(at + 4, entries[i][1] - (at + 4)).putInt(at + 8, entries[i][2]);
        }
    }
}
