package org.lkpk.patcher.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;

/**
 * Links the functions of a patch, and what they need of their object, to the addresses of one running kernel: lay out,
 * then {@link #linked} for the place that was found. Everything that the object does not define is looked up in the
 * kernel; {@code lkpk_old_NAME} is the old body of the replaced function NAME, behind its five-byte NOP.
 *
 * <p>Sections that come along: those of the functions and whatever their relocations lead to, and the entries of
 * exception and bug table for them. Jump labels are set as the kernel's keys are. {@code call __fentry__} becomes the NOP
 * that a traced function of the running kernel has in its place. Before each new function stands an instruction that counts
 * its calls. Code comes first and data last, in granules of their own: a processor that tracks written code would else drop
 * it at every store.
 *
 * <p>Not implemented: relocations other than R_386_32, R_386_PC32 and R_386_PLT32, common symbols.
 */
public final class Linker {
    /** Start of every piece of text. */
    public static final int ALIGNMENT = Memory.GRANULE;
    private static final int FUNCTION_ALIGNMENT = 16;
    private static final int R_386_32 = 1;
    private static final int R_386_PC32 = 2;
    private static final int R_386_PLT32 = 4;
    private static final int ABSENT = -1;
    private static final int CALL = 0xE8;
    /** INC dword [disp32]; JMP rel32. */
    private static final int STUB = 11;
    /** Displaced instructions, and JMP rel32 behind them. */
    private static final int DETOUR = 32;
    /** First address, address behind, name. */
    private static final int NAME = 12;
    /** What describes a pr_debug site: a section and {@code struct _ddebug}. */
    private static final String SITES = "__dyndbg";
    private static final int SITE = 32;
    private static final byte[] INC = {(byte) 0xFF, 0x05};
    private static final byte JMP = (byte) 0xE9;
    private static final String FENTRY = "__fentry__";
    private static final String OLD = "lkpk_old_";
    private static final byte[] NOP5 = {0x3E, (byte) 0x8D, 0x74, 0x26, 0x00};
    private static final int JMP_SHORT = 0xEB, NOP_SHORT = 0xF689;

    private final ElfObject object;
    private final Patch patch;
    private final Map<String, ElfObject.Symbol> entries = new LinkedHashMap<>();
    private final List<ElfObject.Section> needed = new ArrayList<>();
    private final EntryTable exceptions;
    private final EntryTable bugs;
    private final EntryTable labels;
    /** By section number: where it lies in the text; -1 if it does not come along. */
    private final int[] places;
    private final Map<String, ElfObject.Symbol> exported = new LinkedHashMap<>();
    private final List<String> wrapped = new ArrayList<>();
    private int stubs;
    private int detours;
    private int names;
    private int nameTexts;
    private int codeEnd;
    private int counters;
    private int sites;
    private int siteCount;
    private int size;

    /**
     * The old body of a function.
     *
     * @param address of the function
     * @param displaced its first instructions where a jump over them would tear one; empty where there is the five-byte NOP
     */
    public record Old(int address, byte[] displaced) { }

    public Linker(Patch patch, Patch.ObjectFile file, List<Patch.Function> replaced) throws PatchRefused {
        this(patch, file, replaced, List.of());
    }

    /**
     * Reads the object and lays out what is needed of it; nothing is known of the kernel yet.
     *
     * @param offered symbols that come along for others, whether the functions use them or not
     */
    public Linker(Patch patch, Patch.ObjectFile file, List<Patch.Function> replaced, List<String> offered) throws PatchRefused {
        this.patch = patch;
        object = new ElfObject(file.title(), file.elf());
        places = new int[object.sections().size()];
        Arrays.fill(places, ABSENT);
        for (Patch.Function function : replaced) root(function.fresh(), function.name());
        for (String callback : patch.callbacks().values()) root(callback, callback);
        for (String name : offered) {
            exported.put(name, any(name));
            need(object.section(any(name).section()));
        }
        exceptions = new EntryTable(object, "__ex_table");
        bugs = new EntryTable(object, "__bug_table");
        labels = new EntryTable(object, "__jump_table");
        close();
        for (Patch.Function function : replaced) if (wraps(function.name())) wrapped.add(function.name());
        layOut();
    }

    private void root(String name, String known) throws PatchRefused {
        ElfObject.Symbol symbol = defined(name);
        entries.put(known, symbol);
        need(object.section(symbol.section()));
    }

    /** Adds all that is referred to, and what the tables' entries for that refer to, until nothing is missing. */
    private void close() throws PatchRefused {
        int closed = 0;
        while (closed < needed.size()) {
            for (; closed < needed.size(); closed++)
                for (ElfObject.Relocation relocation : needed.get(closed).relocations()) need(relocation);
            for (EntryTable table : List.of(exceptions, bugs, labels))
                for (ElfObject.Relocation relocation : table.keep(section -> places[section] != ABSENT)) need(relocation);
        }
    }

    private void layOut() throws PatchRefused {
        for (ElfObject.Section section : needed) if (isCode(section)) place(section);
        size = aligned(size, FUNCTION_ALIGNMENT);
        stubs = size;
        size += aligned(STUB, FUNCTION_ALIGNMENT) * entries.size();
        detours = size;
        size += DETOUR * wrapped.size();
        codeEnd = size;
        size = aligned(size, Memory.GRANULE);
        counters = size;
        size += 4 * entries.size();
        for (ElfObject.Section section : needed) if (!isCode(section) && !isSites(section)) place(section);
        size = aligned(size, SITE);
        sites = size;
        for (ElfObject.Section section : needed) if (isSites(section)) place(section);
        siteCount = (size - sites) / SITE;
        for (EntryTable table : List.of(exceptions, bugs)) {
            size = aligned(size, 4);
            table.place = size;
            size += table.size();
        }
        names = aligned(size, 4);
        List<LinkedText.Function> functions = functions(0);
        nameTexts = names + NAME * functions.size();
        size = nameTexts + bytes(patch.name()).length;
        for (LinkedText.Function function : functions) size += bytes(function.name()).length;
    }

    private static boolean isSites(ElfObject.Section section) {
        return section.name().equals(SITES);
    }

    /** Number of pr_debug sites of its own. */
    public int sites() {
        return siteCount;
    }

    private static byte[] bytes(String name) {
        return (name + "\0").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Bytes of room that it takes. */
    public int size() {
        return size;
    }

    /** Whether the kernel has to be told of faults that the code expects, or of its WARNs and BUGs. */
    public boolean needsTables() {
        return exceptions.size() + bugs.size() > 0;
    }

    /** Whether a symbol that starts with {@code prefix} is to be found elsewhere. */
    public boolean asksFor(String prefix) {
        for (ElfObject.Section section : needed)
            for (ElfObject.Relocation relocation : section.relocations())
                if (relocation.symbol().section() == ElfObject.SHN_UNDEF && relocation.symbol().name().startsWith(prefix)) return true;
        return false;
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
     * @param replaced each replaced function as the kernel has it
     */
    public LinkedText linked(int base, Names kernel, Map<String, Old> replaced) throws PatchRefused {
        ByteBuffer text = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (ElfObject.Section section : needed) text.put(places[section.number()], section.bytes());
        for (ElfObject.Section section : needed)
            for (ElfObject.Relocation relocation : section.relocations())
                relocate(text, base, places[section.number()] + relocation.offset(), relocation, kernel, replaced);
        for (EntryTable table : List.of(exceptions, bugs)) fill(text, base, table, kernel, replaced);
        exceptions.sortByAddress(text);
        Map<String, Integer> starts = new LinkedHashMap<>();
        Map<String, Integer> calls = new LinkedHashMap<>();
        int number = 0;
        for (Map.Entry<String, ElfObject.Symbol> entry : entries.entrySet()) {
            int stub = stubs + aligned(STUB, FUNCTION_ALIGNMENT) * number;
            int counter = counters + 4 * number++;
            int body = places[entry.getValue().section()] + entry.getValue().value();
            text.put(stub, INC).putInt(stub + 2, base + counter).put(stub + 6, JMP).putInt(stub + 7, body - (stub + STUB));
            starts.put(entry.getKey(), base + stub);
            calls.put(entry.getKey(), base + counter);
        }
        for (String name : wrapped) detour(text, base, replaced.get(name), detours + DETOUR * wrapped.indexOf(name));
        List<LinkedText.Function> functions = functions(base);
        writeNames(text, base, functions);
        Map<String, Integer> offered = new LinkedHashMap<>();
        exported.forEach((name, symbol) -> offered.put(name, base + places[symbol.section()] + symbol.value()));
        List<LinkedText.Jump> jumps = jumps(text, base, kernel, replaced);
        return new LinkedText(base, text.array(), starts, calls, functions, base + codeEnd, exceptions.at(base), bugs.at(base),
                new LinkedText.Table(base + names, functions.size()), base + nameTexts, offered, jumps,
                new LinkedText.Table(base + sites, siteCount));
    }

    /** Finds the jump labels and sets them as their keys are now. */
    private List<LinkedText.Jump> jumps(ByteBuffer text, int base, Names kernel, Map<String, Old> replaced) throws PatchRefused {
        List<LinkedText.Jump> found = new ArrayList<>();
        for (EntryTable.Entry entry : labels.kept()) {
            ByteBuffer words = ByteBuffer.wrap(entry.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            int[] at = new int[3];
            for (ElfObject.Relocation relocation : entry.relocations()) {
                int offset = relocation.offset() - entry.offset();
                if (offset % 4 == 0) at[offset / 4] = words.getInt(offset) + address(relocation.symbol(), base, kernel, replaced);
            }
            int site = at[0] - base;
            if (site < 0 || site > codeEnd - 5) throw object.refused("section __jump_table leads out of the code");
            int first = text.get(site) & 0xFF;
            boolean small = first == JMP_SHORT || (text.getShort(site) & 0xFFFF) == NOP_SHORT;
            LinkedText.Jump jump = new LinkedText.Jump(at[0], small ? 2 : 5, at[1], at[2] & ~3, (at[2] & 1) != 0);
            boolean own = jump.key() - base >= 0 && jump.key() - base <= size - 4;
            text.put(site, jump.code(own ? text.getInt(jump.key() - base) : kernel.word(jump.key())));
            found.add(jump);
        }
        return found;
    }

    /** What a function begins with, once more, and on to the rest of it. */
    private static void detour(ByteBuffer text, int base, Old old, int at) {
        if (old == null || old.displaced.length == 0) return;
        text.put(at, old.displaced);
        int jump = at + old.displaced.length;
        text.put(jump, JMP).putInt(jump + 1, old.address + old.displaced.length - (base + jump + 5));
    }

    private void writeNames(ByteBuffer text, int base, List<LinkedText.Function> functions) {
        int at = nameTexts + bytes(patch.name()).length;
        text.put(nameTexts, bytes(patch.name()));
        int entry = names;
        for (LinkedText.Function function : functions) {
            text.putInt(entry, function.address()).putInt(entry + 4, function.address() + function.size()).putInt(entry + 8, base + at);
            text.put(at, bytes(function.name()));
            at += bytes(function.name()).length;
            entry += NAME;
        }
    }

    private void fill(ByteBuffer text, int base, EntryTable table, Names kernel, Map<String, Old> replaced) throws PatchRefused {
        int at = table.place;
        for (EntryTable.Entry entry : table.kept()) {
            text.put(at, entry.bytes());
            for (ElfObject.Relocation relocation : entry.relocations())
                relocate(text, base, at + relocation.offset() - entry.offset(), relocation, kernel, replaced);
            at += EntryTable.ENTRY;
        }
    }

    private List<LinkedText.Function> functions(int base) {
        List<LinkedText.Function> found = new ArrayList<>();
        for (ElfObject.Symbol symbol : object.symbols())
            if (symbol.type() == ElfObject.STT_FUNC && inSection(symbol) && places[symbol.section()] != ABSENT)
                found.add(new LinkedText.Function(symbol.name(), base + places[symbol.section()] + symbol.value(), symbol.size()));
        int number = 0;
        for (String name : entries.keySet())
            found.add(new LinkedText.Function(name, base + stubs + aligned(STUB, FUNCTION_ALIGNMENT) * number++, STUB));
        found.sort((a, b) -> Integer.compareUnsigned(a.address(), b.address()));
        return found;
    }

    private static boolean isCode(ElfObject.Section section) {
        return (section.flags() & ElfObject.SHF_EXECINSTR) != 0;
    }

    private static int aligned(int value, int alignment) {
        return value + alignment - 1 & -alignment;
    }

    private ElfObject.Symbol any(String name) throws PatchRefused {
        for (ElfObject.Symbol symbol : object.symbols()) if (symbol.name().equals(name) && inSection(symbol)) return symbol;
        throw object.refused(name + ": not defined in it");
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
        if (isSites(section) && (section.bytes().length % SITE != 0 || section.alignment() > SITE))
            throw object.refused("section " + SITES + " holds no whole entries");
        places[section.number()] = 0;
        needed.add(section);
    }

    private void place(ElfObject.Section section) throws PatchRefused {
        boolean text = isCode(section);
        int alignment = text ? FUNCTION_ALIGNMENT : 4;
        if (section.alignment() > ALIGNMENT)
            throw object.refused("section " + section.name() + " wants an alignment of " + section.alignment() + " bytes");
        alignment = Math.max(alignment, section.alignment());
        size = aligned(size, alignment);
        places[section.number()] = size;
        size += section.bytes().length;
    }

    /** @param at where the relocated word lies in {@code text} */
    private void relocate(ByteBuffer text, int base, int at, ElfObject.Relocation relocation, Names kernel,
            Map<String, Old> replaced) throws PatchRefused {
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

    private int address(ElfObject.Symbol symbol, int base, Names kernel, Map<String, Old> replaced) throws PatchRefused {
        if (symbol.section() == ElfObject.SHN_ABS) return symbol.value();
        if (inSection(symbol)) return base + places[symbol.section()] + symbol.value();
        if (symbol.section() != ElfObject.SHN_UNDEF) throw object.refused(symbol.name() + ": in special section " + symbol.section());
        String name = symbol.name();
        if (name.isEmpty()) throw object.refused("a relocation names no symbol");
        if (name.startsWith(OLD)) {
            Old old = replaced.get(name.substring(OLD.length()));
            if (old == null) throw object.refused(name + ": " + patch.name() + " does not replace " + name.substring(OLD.length()));
            if (old.displaced.length > 0) return base + detours + DETOUR * wrapped.indexOf(name.substring(OLD.length()));
            return old.address + NOP5.length;
        }
        try {
            return kernel.address(name);
        } catch (PatchRefused unknown) {
            throw object.refused(unknown.getMessage());
        }
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
