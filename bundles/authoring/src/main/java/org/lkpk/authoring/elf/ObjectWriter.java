package org.lkpk.authoring.elf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes pieces as an ELF32 i386 relocatable object: one section and one symbol each, everything else that they refer to
 * undefined.
 */
public final class ObjectWriter {
    private static final int HEADER = 52;
    private static final int SECTION = 40;
    private static final int SYMBOL = 16;
    private static final int SHT_STRTAB = 3;

    private final Map<Piece, String> names = new HashMap<>();
    private final List<Out> sections = new ArrayList<>();
    private final Map<Piece, Integer> places = new LinkedHashMap<>();
    private final Map<String, Integer> undefined = new LinkedHashMap<>();
    private final Map<String, List<Piece.Entry>> tables = new LinkedHashMap<>();

    /** A section on its way out. */
    private record Out(String name, int type, int flags, int alignment, int entrySize, byte[] bytes, int link, int info) { }

    public ObjectWriter() {
        sections.add(new Out("", 0, 0, 0, 0, new byte[0], 0, 0));
    }

    /** What a piece is called in the object, if not by its own name. */
    public void call(Piece piece, String name) {
        names.put(piece, name);
    }

    private String name(Piece piece) {
        return names.getOrDefault(piece, piece.name());
    }

    public void add(Piece piece) {
        if (places.containsKey(piece)) return;
        ElfFile.Section from = piece.section();
        places.put(piece, sections.size());
        int alignment = Math.max(1, from.alignment());
        while (piece.start() % alignment != 0) alignment /= 2; // What it really had, in a section of many.
        sections.add(new Out(title(piece), from.type(), from.flags() & ~0x200, alignment, from.entrySize(), piece.bytes(), 0, 0));
    }

    public void add(Piece.Entry entry) {
        tables.computeIfAbsent(entry.table(), none -> new ArrayList<>()).add(entry);
    }

    private String title(Piece piece) {
        if (piece.site()) return Piece.SITES;
        String prefix = switch (piece.kind()) {
            case CODE -> ".text.";
            case WRITABLE -> piece.section().type() == ElfFile.SHT_NOBITS ? ".bss." : ".data.";
            case CONSTANT -> ".rodata.";
            default -> piece.sectionName() + ".";
        };
        return prefix + (piece.kind() == Piece.Kind.STRING || piece.kind() == Piece.Kind.MERGED ? piece.start() : name(piece));
    }

    public byte[] bytes() {
        Map<String, Integer> tableSections = new LinkedHashMap<>();
        for (Map.Entry<String, List<Piece.Entry>> table : tables.entrySet()) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (Piece.Entry entry : table.getValue()) body.writeBytes(entry.body().bytes());
            tableSections.put(table.getKey(), sections.size());
            sections.add(new Out(table.getKey(), ElfFile.SHT_PROGBITS, ElfFile.SHF_ALLOC, 4, 0, body.toByteArray(), 0, 0));
        }
        Names strings = new Names();
        Symbols symbols = new Symbols(strings);
        Map<Integer, byte[]> relocations = new LinkedHashMap<>();
        places.forEach((piece, section) -> relocations.put(section, relocations(List.of(piece), section, symbols)));
        tables.forEach((name, entries) -> relocations.put(tableSections.get(name),
                relocations(entries.stream().map(Piece.Entry::body).toList(), tableSections.get(name), symbols)));
        int table = sections.size();
        sections.add(new Out(".symtab", ElfFile.SHT_SYMTAB, 0, 4, SYMBOL, symbols.bytes(), table + 1, symbols.locals));
        sections.add(new Out(".strtab", SHT_STRTAB, 0, 1, 0, strings.bytes(), 0, 0));
        relocations.forEach((section, bytes) -> {
            if (bytes.length > 0)
                sections.add(new Out(".rel" + sections.get(section).name, ElfFile.SHT_REL, 0x40, 4, 8, bytes, table, section));
        });
        return laid();
    }

    /** Relocations of pieces that lie one behind the other; their addends go into the section's bytes. */
    private byte[] relocations(List<Piece> pieces, int section, Symbols symbols) {
        ByteBuffer content = ByteBuffer.wrap(sections.get(section).bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream rel = new ByteArrayOutputStream();
        int start = 0;
        for (Piece piece : pieces) {
            for (Piece.Reference reference : piece.references()) {
                content.putInt(start + reference.offset(), reference.addend());
                rel.writeBytes(words(start + reference.offset(), symbols.of(reference.target()) << 8 | reference.type()));
            }
            start += piece.size();
        }
        Out old = sections.get(section);
        sections.set(section, new Out(old.name, old.type, old.flags, old.alignment, old.entrySize, content.array(), 0, 0));
        return rel.toByteArray();
    }

    private byte[] laid() {
        Names titles = new Names();
        int namesAt = sections.size();
        int[] title = new int[namesAt + 1];
        for (int i = 0; i < namesAt; i++) title[i] = titles.at(sections.get(i).name);
        title[namesAt] = titles.at(".shstrtab");
        sections.add(new Out(".shstrtab", SHT_STRTAB, 0, 1, 0, titles.bytes(), 0, 0));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        for (int i = 0; i < sections.size(); i++) {
            Out s = sections.get(i);
            while ((HEADER + body.size()) % Math.max(1, s.alignment) != 0) body.write(0);
            headers.writeBytes(words(title[i], s.type, s.flags, 0, i == 0 ? 0 : HEADER + body.size(), s.bytes.length, s.link, s.info,
                    s.alignment, s.entrySize));
            if (s.type != ElfFile.SHT_NOBITS) body.writeBytes(s.bytes);
        }
        while (body.size() % 4 != 0) body.write(0);
        ByteBuffer file = ByteBuffer.allocate(HEADER + body.size() + headers.size()).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7F, 'E', 'L', 'F', 1, 1, 1}).position(16);
        file.putShort((short) 1).putShort((short) 3).putInt(1).putInt(0).putInt(0).putInt(HEADER + body.size()).putInt(0);
        file.putShort((short) HEADER).putShort((short) 0).putShort((short) 0).putShort((short) SECTION);
        file.putShort((short) sections.size()).putShort((short) namesAt);
        return file.put(body.toByteArray()).put(headers.toByteArray()).array();
    }

    private static byte[] words(int... values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) out.putInt(value);
        return out.array();
    }

    /** A string table. */
    private static final class Names {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final Map<String, Integer> known = new LinkedHashMap<>();

        Names() {
            out.write(0);
            known.put("", 0);
        }

        int at(String name) {
            return known.computeIfAbsent(name, fresh -> {
                int at = out.size();
                out.writeBytes(fresh.getBytes(StandardCharsets.ISO_8859_1));
                out.write(0);
                return at;
            });
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }

    /** The symbol table: local symbols first, as the ABI wants it, then global and undefined ones. */
    private final class Symbols {
        private final Names strings;
        private final Map<Piece, Integer> numbers = new LinkedHashMap<>();
        private final ByteArrayOutputStream defined = new ByteArrayOutputStream();
        private int locals = 1;

        Symbols(Names strings) {
            this.strings = strings;
            defined.writeBytes(new byte[SYMBOL]);
            for (boolean global : new boolean[] {false, true})
                places.forEach((piece, section) -> {
                    if (piece.global() == global) define(piece, section);
                });
        }

        private void define(Piece piece, int section) {
            numbers.put(piece, numbers.size() + 1);
            if (!piece.global()) locals++;
            int type = piece.function() ? ElfFile.STT_FUNC : piece.kind() == Piece.Kind.CODE ? 0 : ElfFile.STT_OBJECT;
            int binding = piece.global() ? ElfFile.STB_GLOBAL : ElfFile.STB_LOCAL;
            boolean nameless = piece.kind() == Piece.Kind.STRING || piece.kind() == Piece.Kind.MERGED;
            String name = nameless ? ".L" + piece.name() : name(piece);
            defined.writeBytes(words(strings.at(name), 0, piece.size(), binding << 4 | type | section << 16));
        }

        int of(Piece piece) {
            Integer number = numbers.get(piece);
            if (number != null) return number;
            if (piece.kind() == Piece.Kind.EXTERNAL)
                for (Map.Entry<Piece, Integer> own : numbers.entrySet())
                    if (own.getKey().global() && name(own.getKey()).equals(piece.name())) return own.getValue();
            return undefined.computeIfAbsent(name(piece), fresh -> numbers.size() + 1 + undefined.size());
        }

        byte[] bytes() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(defined.toByteArray());
            for (String name : undefined.keySet()) all.writeBytes(words(strings.at(name), 0, 0, ElfFile.STB_GLOBAL << 4));
            return all.toByteArray();
        }
    }
}
