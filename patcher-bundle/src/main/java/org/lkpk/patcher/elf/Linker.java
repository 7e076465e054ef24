package org.lkpk.patcher.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.kernel.SymbolTable;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;

/**
 * Links the functions of a patch, and what they need of their object, to the addresses of one running kernel: lay out,
 * then {@link #linked} for the place that was found. Everything that the object does not define is looked up in the
 * kernel; {@code lkpk_old_NAME} is the old body of the replaced function NAME, behind its five-byte NOP.
 *
 * <p>Sections that come along: those of the functions and whatever their relocations lead to. {@code call __fentry__}
 * becomes the NOP that a traced function of the running kernel has in its place. Code that the kernel would have to be
 * told of (exception table, bug table, jump labels) and code that is gone after boot is refused.
 *
 * <p>Not implemented: relocations other than R_386_32, R_386_PC32 and R_386_PLT32, common symbols.
 */
public final class Linker {
    /** Start of every piece of text. */
    public static final int ALIGNMENT = 16;
    private static final int R_386_32 = 1;
    private static final int R_386_PC32 = 2;
    private static final int R_386_PLT32 = 4;
    private static final int ABSENT = -1;
    private static final int CALL = 0xE8;
    private static final String FENTRY = "__fentry__";
    private static final String OLD = "lkpk_old_";
    private static final byte[] NOP5 = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00};
    /** Tables that the kernel walks to learn about its code. */
    private static final Set<String> TABLES = Set.of("__ex_table", "__bug_table", "__jump_table", ".static_call_sites");

    private final ElfObject object;
    private final Patch patch;
    private final Map<String, ElfObject.Symbol> entries = new LinkedHashMap<>();
    private final List<ElfObject.Section> needed = new ArrayList<>();
    /** By section number: where it lies in the text; -1 if it does not come along. */
    private final int[] places;
    private int size;

    /** Reads the object and lays out what is needed of it; nothing is known of the kernel yet. */
    public Linker(Patch patch, Patch.ObjectFile file) throws PatchRefused {
        this.patch = patch;
        object = new ElfObject(file.title(), file.elf());
        places = new int[object.sections().size()];
        Arrays.fill(places, ABSENT);
        for (Patch.Function function : patch.replaced()) {
            ElfObject.Symbol symbol = defined(function.name());
            entries.put(function.name(), symbol);
            need(object.section(symbol.section()));
        }
        for (int i = 0; i < needed.size(); i++)
            for (ElfObject.Relocation relocation : needed.get(i).relocations()) need(relocation);
        for (ElfObject.Section section : needed) place(section);
        for (ElfObject.Section section : object.sections())
            if (TABLES.contains(section.name())) refuseTable(section);
    }

    /** Bytes of room that it takes. */
    public int size() {
        return size;
    }

    /** Whether the object calls the old body of {@code function}. */
    public boolean wraps(String function) {
        for (ElfObject.Section section : needed)
            for (ElfObject.Relocation relocation : section.relocations())
                if (relocation.symbol().section() == ElfObject.SHN_UNDEF && relocation.symbol().name().equals(OLD + function)) return true;
        return false;
    }

    /**
     * The text for the linear address {@code base}, a multiple of {@link #ALIGNMENT}.
     *
     * @param replaced address of each replaced function in the kernel
     */
    public LinkedText linked(int base, SymbolTable kernel, Map<String, Integer> replaced) throws PatchRefused {
        ByteBuffer text = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (ElfObject.Section section : needed) text.put(places[section.number()], section.bytes());
        for (ElfObject.Section section : needed)
            for (ElfObject.Relocation relocation : section.relocations())
                relocate(text, base, places[section.number()], relocation, kernel, replaced);
        Map<String, Integer> addresses = new LinkedHashMap<>();
        for (Map.Entry<String, ElfObject.Symbol> entry : entries.entrySet())
            addresses.put(entry.getKey(), base + places[entry.getValue().section()] + entry.getValue().value());
        return new LinkedText(base, text.array(), addresses);
    }

    private ElfObject.Symbol defined(String function) throws PatchRefused {
        ElfObject.Symbol found = null;
        for (ElfObject.Symbol symbol : object.symbols()) {
            if (!symbol.name().equals(function) || symbol.type() != ElfObject.STT_FUNC || !inSection(symbol)) continue;
            if (found != null) throw object.refused(function + ": defined twice");
            found = symbol;
        }
        if (found == null) throw object.refused(function + ": no function of that name in it");
        ElfObject.Section section = object.section(found.section());
        if ((section.flags() & ElfObject.SHF_EXECINSTR) == 0 || found.value() < 0 || found.value() >= section.bytes().length)
            throw object.refused(function + ": not in executable code");
        return found;
    }

    private static boolean inSection(ElfObject.Symbol symbol) {
        return symbol.section() != ElfObject.SHN_UNDEF && symbol.section() < ElfObject.SHN_LORESERVE;
    }

    private void need(ElfObject.Relocation relocation) throws PatchRefused {
        ElfObject.Symbol symbol = relocation.symbol();
        if (symbol.section() == ElfObject.SHN_COMMON) throw object.refused(symbol.name() + ": a common symbol; compile with -fno-common");
        if (inSection(symbol)) need(object.section(symbol.section()));
    }

    private void need(ElfObject.Section section) throws PatchRefused {
        if (places[section.number()] != ABSENT) return;
        if (!section.loaded()) throw object.refused("section " + section.name() + " is needed but not loaded");
        if (section.type() != ElfObject.SHT_PROGBITS && section.type() != ElfObject.SHT_NOBITS)
            throw object.refused("section " + section.name() + " is needed but of type " + section.type());
        if (section.name().startsWith(".init") || section.name().startsWith(".exit"))
            throw object.refused("section " + section.name() + " is needed, which a running kernel no longer has");
        places[section.number()] = 0;
        needed.add(section);
    }

    private void place(ElfObject.Section section) throws PatchRefused {
        boolean text = (section.flags() & ElfObject.SHF_EXECINSTR) != 0;
        int alignment = text ? ALIGNMENT : 4;
        if (section.alignment() > ALIGNMENT)
            throw object.refused("section " + section.name() + " wants an alignment of " + section.alignment() + " bytes");
        alignment = Math.max(alignment, section.alignment());
        size = size + alignment - 1 & -alignment;
        places[section.number()] = size;
        size += section.bytes().length;
    }

    private void refuseTable(ElfObject.Section table) throws PatchRefused {
        for (ElfObject.Relocation relocation : table.relocations())
            if (inSection(relocation.symbol()) && places[relocation.symbol().section()] != ABSENT)
                throw object.refused("section " + table.name() + " describes code of the patch and cannot be registered");
    }

    private void relocate(ByteBuffer text, int base, int place, ElfObject.Relocation relocation, SymbolTable kernel,
            Map<String, Integer> replaced) throws PatchRefused {
        int at = place + relocation.offset();
        ElfObject.Symbol symbol = relocation.symbol();
        if (symbol.name().equals(FENTRY) && relocation.offset() > 0 && (text.get(at - 1) & 0xFF) == CALL) {
            text.put(at - 1, NOP5);
            return;
        }
        int target = text.getInt(at) + address(symbol, base, kernel, replaced);
        switch (relocation.type()) {
            case R_386_32 -> text.putInt(at, target);
            case R_386_PC32, R_386_PLT32 -> text.putInt(at, target - (base + at));
            default -> throw object.refused(symbol.name() + ": relocation " + relocationName(relocation.type())
                    + " is not one of R_386_32, R_386_PC32, R_386_PLT32");
        }
    }

    private int address(ElfObject.Symbol symbol, int base, SymbolTable kernel, Map<String, Integer> replaced) throws PatchRefused {
        if (symbol.section() == ElfObject.SHN_ABS) return symbol.value();
        if (inSection(symbol)) return base + places[symbol.section()] + symbol.value();
        if (symbol.section() != ElfObject.SHN_UNDEF) throw object.refused(symbol.name() + ": in special section " + symbol.section());
        String name = symbol.name();
        if (name.isEmpty()) throw object.refused("a relocation names no symbol");
        if (name.startsWith(OLD)) {
            Integer old = replaced.get(name.substring(OLD.length()));
            if (old == null) throw object.refused(name + ": " + patch.name() + " does not replace " + name.substring(OLD.length()));
            return old + NOP5.length;
        }
        List<Symbol> found = kernel.named(name);
        if (found.isEmpty()) throw object.refused(name + ": no such symbol in the running kernel");
        for (Symbol other : found)
            if (other.address() != found.get(0).address())
                throw object.refused(name + ": " + found.size() + " symbols of that name in the running kernel");
        return found.get(0).address();
    }

    private static String relocationName(int type) {
        return switch (type) {
            case 0 -> "R_386_NONE";
            case 3 -> "R_386_GOT32";
            case 9 -> "R_386_GOTOFF";
            case 10 -> "R_386_GOTPC";
            case 20 -> "R_386_16";
            case 21 -> "R_386_PC16";
            case 22 -> "R_386_8";
            case 23 -> "R_386_PC8";
            case 43 -> "R_386_GOT32X";
            default -> "type " + type;
        };
    }
}
