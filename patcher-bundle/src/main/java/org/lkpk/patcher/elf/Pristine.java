package org.lkpk.patcher.elf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.api.patch.PatchRefused;

/**
 * The object of unchanged source, for run-pre matching (Ksplice's idea): the running function must be what the author
 * saw, but for what the kernel rewrites by itself, and the words at its relocations tell where its symbols are, which
 * may stand in no table.
 */
public final class Pristine {
    /** Reads the running kernel. */
    public interface Reader {
        byte[] read(int linear, int count) throws PatchRefused;
    }

    /** Reads the running kernel's table of jump labels. */
    public interface Keys {
        /** The key of the label at {@code site}, and what its lowest two bits tell; 0 if there is none. */
        int key(int site) throws PatchRefused;
    }

    /** A section whose entries name places in code: their size, and how many bytes there may differ. */
    private record Site(String section, int entry, int lengthAt, int length) { }

    private static final List<Site> SITES = List.of(new Site(".altinstructions", 12, 10, 0), new Site(".parainstructions", 8, 5, 0),
            new Site("__jump_table", 12, 0, 5), new Site(".smp_locks", 4, 0, 1), new Site(".retpoline_sites", 4, 0, 5),
            new Site(".return_sites", 4, 0, 5), new Site(".static_call_sites", 8, 0, 5), new Site("__mcount_loc", 4, 0, 5));
    private static final int SHF_MERGE = 0x10, SHF_STRINGS = 0x20;
    private static final int R_386_32 = 1, R_386_PC32 = 2, R_386_PLT32 = 4;
    private static final int STT_OBJECT = 1;
    private static final int JMP_SHORT = 0xEB, NOP_SHORT = 0x89;

    private final ElfObject object;

    /** @param title how messages name it */
    public Pristine(String title, byte[] elf) throws PatchRefused {
        object = new ElfObject(title, elf);
    }

    /**
     * Compares a function with what runs.
     *
     * @param code all bytes at its linear {@code address}, as the kernel itself has them
     * @param learned takes addresses by symbol; unchanged if it is refused
     */
    public void match(String name, int address, byte[] code, Reader kernel, Keys keys, Map<String, Integer> learned)
            throws PatchRefused {
        ElfObject.Symbol function = function(name);
        ElfObject.Section section = object.section(function.section());
        int size = function.size();
        if (function.value() < 0 || size <= 0 || size > section.bytes().length - function.value()) throw object.refused(name + ": has no size");
        if (code.length < size) throw object.refused(name + ": " + size + " bytes, the running one has " + code.length);
        byte[] wanted = Arrays.copyOfRange(section.bytes(), function.value(), function.value() + size);
        boolean[] free = new boolean[size];
        Map<String, Integer> found = new LinkedHashMap<>(learned);
        for (Site site : SITES) open(site, function, wanted, free);
        for (ElfObject.Relocation relocation : section.relocations()) {
            int at = relocation.offset() - function.value();
            if (at < 0 || at > size - 4) continue;
            if (!free[at]) learn(name, relocation, word(wanted, at), word(code, at), address + at, kernel, found);
            Arrays.fill(free, at, at + 4, true);
        }
        for (int i = 0; i < size; i++)
            if (!free[i] && wanted[i] != code[i])
                throw object.refused(name + ": the running function differs at +0x" + Integer.toHexString(i) + ": " + hex(code, i)
                        + ", not " + hex(wanted, i));
        learnKeys(function, address, keys, found);
        learned.putAll(found);
    }

    /** The keys of jump labels stand in no word of the code; the running kernel's table has them. */
    private void learnKeys(ElfObject.Symbol function, int address, Keys keys, Map<String, Integer> learned) throws PatchRefused {
        for (ElfObject.Section table : object.sections()) {
            if (!table.name().equals("__jump_table")) continue;
            Map<Integer, ElfObject.Relocation> at = new LinkedHashMap<>();
            for (ElfObject.Relocation relocation : table.relocations()) at.put(relocation.offset(), relocation);
            for (int entry = 0; entry <= table.bytes().length - 12; entry += 12) {
                ElfObject.Relocation site = at.get(entry), key = at.get(entry + 8);
                if (site == null || key == null || site.symbol().section() != function.section()) continue;
                int offset = site.symbol().value() + word(table.bytes(), entry) - function.value();
                if (offset < 0 || offset >= function.size()) continue;
                int running = keys.key(address + offset) & ~3;
                if (running == 0) continue;
                int addend = word(table.bytes(), entry + 8) & ~3;
                ElfObject.Symbol symbol = key.symbol();
                int start = running - addend;
                if (symbol.type() == ElfObject.STT_SECTION) {
                    symbol = covering(symbol.section(), addend);
                    if (symbol == null) continue;
                    start += symbol.value();
                }
                learned.putIfAbsent(symbol.name(), start);
            }
        }
    }

    /** Whether it has a function of that name. */
    public boolean defines(String name) {
        for (ElfObject.Symbol symbol : object.symbols())
            if (symbol.name().equals(name) && symbol.type() == ElfObject.STT_FUNC && isDefined(symbol)) return true;
        return false;
    }

    private ElfObject.Symbol function(String name) throws PatchRefused {
        ElfObject.Symbol found = null;
        for (ElfObject.Symbol symbol : object.symbols()) {
            if (!symbol.name().equals(name) || symbol.type() != ElfObject.STT_FUNC || !isDefined(symbol)) continue;
            if (found != null) throw object.refused(name + ": defined twice");
            found = symbol;
        }
        if (found == null) throw object.refused(name + ": no function of that name in it");
        return found;
    }

    private static boolean isDefined(ElfObject.Symbol symbol) {
        return symbol.section() != ElfObject.SHN_UNDEF && symbol.section() < ElfObject.SHN_LORESERVE;
    }

    /** Marks what the kernel rewrites by itself. */
    private void open(Site site, ElfObject.Symbol function, byte[] wanted, boolean[] free) {
        for (ElfObject.Section table : object.sections()) {
            if (!table.name().equals(site.section)) continue;
            for (ElfObject.Relocation relocation : table.relocations()) {
                if (relocation.offset() % site.entry != 0 || relocation.symbol().section() != function.section()) continue;
                int at = relocation.symbol().value() + word(table.bytes(), relocation.offset()) - function.value();
                if (at < 0 || at >= wanted.length) continue;
                int length = site.length;
                int lengthAt = relocation.offset() + site.lengthAt;
                if (length == 0) length = lengthAt < table.bytes().length ? table.bytes()[lengthAt] & 0xFF : 0;
                if (site.section.equals("__jump_table") && isShort(wanted, at)) length = 2;
                Arrays.fill(free, at, Math.min(wanted.length, at + length), true);
            }
        }
    }

    private static boolean isShort(byte[] code, int at) {
        int first = code[at] & 0xFF;
        return first == JMP_SHORT || first == NOP_SHORT;
    }

    private void learn(String function, ElfObject.Relocation relocation, int addend, int running, int place, Reader kernel,
            Map<String, Integer> learned) throws PatchRefused {
        boolean relative = relocation.type() == R_386_PC32 || relocation.type() == R_386_PLT32;
        if (!relative && relocation.type() != R_386_32) throw object.refused(function + ": relocation of type " + relocation.type());
        int start = running - addend + (relative ? place : 0);
        ElfObject.Symbol symbol = relocation.symbol();
        if (isDefined(symbol)) {
            ElfObject.Section section = object.section(symbol.section());
            if ((section.flags() & SHF_MERGE) != 0) {
                if ((section.flags() & SHF_STRINGS) != 0 && !relative) compareText(function, section, symbol.value() + addend, running, kernel);
                return; // The kernel's linker has merged it with others.
            }
            if (symbol.type() == ElfObject.STT_SECTION) {
                symbol = covering(symbol.section(), relative ? addend + 4 : addend);
                if (symbol == null) return;
                start += symbol.value();
            }
        }
        if (symbol.name().isEmpty()) return;
        Integer before = learned.putIfAbsent(symbol.name(), start);
        if (before != null && before != start)
            throw object.refused(function + ": " + symbol.name() + " would be at " + Integer.toHexString(before) + " and at "
                    + Integer.toHexString(start));
    }

    private ElfObject.Symbol covering(int section, int offset) {
        for (ElfObject.Symbol symbol : object.symbols())
            if (symbol.section() == section && (symbol.type() == ElfObject.STT_FUNC || symbol.type() == STT_OBJECT)
                    && offset >= symbol.value() && offset < symbol.value() + Math.max(1, symbol.size())) return symbol;
        return null;
    }

    private void compareText(String function, ElfObject.Section section, int offset, int running, Reader kernel) throws PatchRefused {
        byte[] all = section.bytes();
        if (offset < 0 || offset >= all.length) throw object.refused(function + ": a text lies outside of " + section.name());
        int end = offset;
        while (end < all.length && all[end] != 0) end++;
        byte[] wanted = Arrays.copyOfRange(all, offset, end);
        if (!Arrays.equals(wanted, kernel.read(running, wanted.length)))
            throw object.refused(function + ": a text of the running function is not \""
                    + new String(wanted, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "?") + "\"");
    }

    private static int word(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16 | bytes[at + 3] << 24;
    }

    private static String hex(byte[] bytes, int at) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes, at, Math.min(bytes.length, at + 4));
    }
}
