package org.lkpk.authoring.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lkpk.authoring.elf.Piece.Kind;

/**
 * An object taken apart. Code and data are cut at their symbols, which is exact with one section for each
 * (-ffunction-sections, -fdata-sections); strings at their ends; tables about code at their entries.
 */
public final class Pieces {
    /** Tables about code: bytes of an entry, whose first word is the place. */
    private static final Map<String, Integer> TABLES = Map.of("__ex_table", 12, "__bug_table", 12, "__jump_table", 12,
            ".altinstructions", 12, ".smp_locks", 4, ".parainstructions", 8, ".static_call_sites", 8, ".retpoline_sites", 4,
            ".return_sites", 4, "__mcount_loc", 4);
    /** Two relocations an entry, whose size is not the same in all kernels. */
    private static final String ALTERNATIVES = ".altinstructions";
    private static final String REPLACEMENTS = ".altinstr_replacement";

    private final ElfFile file;
    private final Map<Integer, TreeMap<Integer, Piece>> placed = new LinkedHashMap<>();
    private final Map<String, Piece> externals = new LinkedHashMap<>();
    private final List<Piece> all = new ArrayList<>();

    public Pieces(byte[] elf) throws IOException {
        file = new ElfFile(elf);
        for (ElfFile.Section section : file.sections()) if (cut(section)) cutAtSymbols(section);
        for (Piece piece : List.copyOf(all)) connect(piece);
        for (ElfFile.Section section : file.sections()) if (TABLES.containsKey(section.name())) cutTable(section);
    }

    /** Code and data, in the object's order; strings and constants that are merged only as targets of references. */
    public List<Piece> all() {
        return all;
    }

    /** The code or data of a name; null if there is none. */
    public Piece named(String name) {
        for (Piece piece : all) if (piece.name().equals(name) || piece.aliases().contains(name)) return piece;
        return null;
    }

    private static boolean cut(ElfFile.Section section) {
        boolean bits = section.type() == ElfFile.SHT_PROGBITS || section.type() == ElfFile.SHT_NOBITS;
        return bits && section.has(ElfFile.SHF_ALLOC) && !section.has(ElfFile.SHF_MERGE) && !TABLES.containsKey(section.name())
                && !section.name().startsWith(".discard") && !section.name().startsWith(".note");
    }

    private void cutAtSymbols(ElfFile.Section section) {
        List<ElfFile.Symbol> found = new ArrayList<>();
        for (ElfFile.Symbol symbol : file.symbols())
            if (symbol.section() == section.number() && symbol.type() != ElfFile.STT_SECTION && !symbol.name().isEmpty()) found.add(symbol);
        // Of several names for one place the global one with the size is the piece's.
        found.sort(Comparator.comparingInt(ElfFile.Symbol::value).thenComparing(s -> -s.size()).thenComparing(s -> -s.binding()));
        TreeMap<Integer, Piece> pieces = new TreeMap<>();
        placed.put(section.number(), pieces);
        int end = section.bytes().length;
        if (end == 0 && found.isEmpty()) return;
        if (found.isEmpty() || found.get(0).value() > 0) {
            int until = found.isEmpty() ? end : found.get(0).value();
            put(pieces, section, new ElfFile.Symbol(section.name(), 0, until, 0, 0, section.number()), until);
        }
        for (int i = 0; i < found.size(); i++) {
            ElfFile.Symbol symbol = found.get(i);
            Piece same = pieces.get(symbol.value());
            int next = end;
            for (int j = found.size() - 1; j > i; j--) if (found.get(j).value() > symbol.value()) next = found.get(j).value();
            if (same != null) same.aliases().add(symbol.name());
            else put(pieces, section, symbol, symbol.size() > 0 ? symbol.value() + symbol.size() : next);
        }
    }

    private void put(TreeMap<Integer, Piece> pieces, ElfFile.Section section, ElfFile.Symbol symbol, int end) {
        byte[] bytes = Arrays.copyOfRange(section.bytes(), symbol.value(), Math.min(end, section.bytes().length));
        Piece piece = new Piece(symbol.name(), kind(section), section, symbol.value(), bytes,
                symbol.binding() != ElfFile.STB_LOCAL, symbol.type() == ElfFile.STT_FUNC);
        pieces.put(symbol.value(), piece);
        all.add(piece);
    }

    private static Kind kind(ElfFile.Section section) {
        if (section.has(ElfFile.SHF_EXECINSTR)) return Kind.CODE;
        if (section.has(ElfFile.SHF_WRITE)) return Kind.WRITABLE;
        return Kind.CONSTANT;
    }

    private void connect(Piece piece) throws IOException {
        int end = piece.start() + piece.size();
        for (ElfFile.Relocation relocation : piece.section().relocations()) {
            if (relocation.offset() < piece.start() || relocation.offset() >= end) continue;
            piece.references().add(reference(relocation, piece.section(), piece.start()));
        }
    }

    private Piece.Reference reference(ElfFile.Relocation relocation, ElfFile.Section section, int start) throws IOException {
        int value = ByteBuffer.wrap(section.bytes()).order(ByteOrder.LITTLE_ENDIAN).getInt(relocation.offset());
        ElfFile.Symbol symbol = relocation.symbol();
        int offset = relocation.offset() - start;
        if (!symbol.defined())
            return new Piece.Reference(offset, relocation.type(), externals.computeIfAbsent(symbol.name(), Piece::external), value);
        boolean relative = relocation.type() != ElfFile.R_386_32;
        // An instruction's displacement counts from its end, four bytes on; a table's word from itself.
        int bias = relative && section.has(ElfFile.SHF_EXECINSTR) ? 4 : 0;
        int at = symbol.type() == ElfFile.STT_SECTION ? value + bias : symbol.value();
        Piece target = at(file.sections().get(symbol.section()), at);
        return new Piece.Reference(offset, relocation.type(), target, value + symbol.value() - target.start());
    }

    /** The piece at a place of a section. */
    private Piece at(ElfFile.Section section, int offset) throws IOException {
        TreeMap<Integer, Piece> pieces = placed.computeIfAbsent(section.number(), none -> new TreeMap<>());
        if (section.has(ElfFile.SHF_MERGE)) {
            Piece merged = merged(section, offset);
            return pieces.computeIfAbsent(merged.start(), none -> merged);
        }
        Map.Entry<Integer, Piece> found = pieces.floorEntry(offset);
        if (found == null) found = pieces.firstEntry();
        if (found == null) throw new IOException("a reference into section " + section.name() + ", which is empty");
        return found.getValue();
    }

    private static Piece merged(ElfFile.Section section, int offset) throws IOException {
        byte[] bytes = section.bytes();
        if (offset < 0 || offset >= bytes.length) throw new IOException("a reference outside section " + section.name());
        int start = offset;
        int end = offset;
        if (section.has(ElfFile.SHF_STRINGS)) {
            while (start > 0 && bytes[start - 1] != 0) start--;
            while (bytes[end] != 0) end++;
            end++;
        } else {
            start = offset / Math.max(1, section.entrySize()) * Math.max(1, section.entrySize());
            end = start + Math.max(1, section.entrySize());
        }
        Kind kind = section.has(ElfFile.SHF_STRINGS) ? Kind.STRING : Kind.MERGED;
        return new Piece(section.name() + "+" + start, kind, section, start, Arrays.copyOfRange(bytes, start, end), false, false);
    }

    private void cutTable(ElfFile.Section section) throws IOException {
        int size = TABLES.get(section.name());
        List<ElfFile.Relocation> relocations = section.relocations();
        if (section.name().equals(ALTERNATIVES)) size = relocations.size() > 2 ? relocations.get(2).offset() : section.bytes().length;
        for (int start = 0; size > 0 && start + size <= section.bytes().length; start += size) {
            Piece body = new Piece(section.name(), Kind.CONSTANT, section, start,
                    Arrays.copyOfRange(section.bytes(), start, start + size), false, false);
            connect(body);
            if (body.references().isEmpty() || body.references().get(0).offset() != 0) continue;
            Piece.Reference place = body.references().get(0);
            place.target().entries().add(new Piece.Entry(section.name(), place.target(), place.addend(), body));
        }
    }

    /** Whether it is code that stands in for other code, not code of its own. */
    public static boolean replacement(Piece piece) {
        return piece.sectionName().equals(REPLACEMENTS);
    }
}
