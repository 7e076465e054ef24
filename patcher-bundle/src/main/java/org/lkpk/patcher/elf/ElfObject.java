package org.lkpk.patcher.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.patch.PatchRefused;

/**
 * An ELF32 i386 relocatable object (System V ABI, chapter 4, and its i386 supplement), all of it checked: whatever the
 * bytes are, reading them ends in an object or in {@link PatchRefused}.
 */
final class ElfObject {
    static final int SHT_PROGBITS = 1;
    static final int SHT_SYMTAB = 2;
    static final int SHT_STRTAB = 3;
    static final int SHT_RELA = 4;
    static final int SHT_NOBITS = 8;
    static final int SHT_REL = 9;
    static final int SHF_ALLOC = 0x2;
    static final int SHF_EXECINSTR = 0x4;
    static final int SHN_UNDEF = 0;
    static final int SHN_LORESERVE = 0xFF00;
    static final int SHN_ABS = 0xFFF1;
    static final int SHN_COMMON = 0xFFF2;
    static final int STT_FUNC = 2;
    static final int STT_SECTION = 3;
    private static final int ET_REL = 1;
    private static final int EM_386 = 3;
    private static final int HEADER = 52;
    private static final int SECTION = 40;
    private static final int SYMBOL = 16;
    private static final int REL = 8;
    /** All sections of an object together; NOBITS takes no room in the file but would here. */
    private static final int LARGEST = 4 << 20;
    private static final int MOST_RELOCATIONS = 200_000;
    private static final int LONGEST_NAME = 512;

    /** @param bytes its contents, zeroes for NOBITS; of sections that are not loaded empty unless they are tables */
    record Section(int number, String name, int type, int flags, int alignment, byte[] bytes, List<Relocation> relocations) {
        boolean loaded() {
            return (flags & SHF_ALLOC) != 0;
        }
    }

    record Symbol(String name, int value, int size, int type, int section) { }

    record Relocation(int offset, int type, Symbol symbol) { }

    private record Header(int name, int type, int flags, int offset, int size, int link, int info, int alignment, int entry) { }

    private final String title;
    private final ByteBuffer file;
    private final List<Header> headers = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();
    private long loaded;
    private int relocations;

    /** @param title how messages name the object */
    ElfObject(String title, byte[] elf) throws PatchRefused {
        this.title = title;
        file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        readHeaders();
        readSymbols();
        for (int i = 0; i < headers.size(); i++)
            if (headers.get(i).type == SHT_REL || headers.get(i).type == SHT_RELA) readRelocations(i);
    }

    List<Section> sections() {
        return sections;
    }

    Section section(int number) throws PatchRefused {
        if (number <= 0 || number >= sections.size()) throw refused("no section " + number);
        return sections.get(number);
    }

    List<Symbol> symbols() {
        return symbols;
    }

    PatchRefused refused(String reason) {
        return new PatchRefused(title + ": " + reason);
    }

    private void readHeaders() throws PatchRefused {
        if (file.limit() < HEADER || file.getInt(0) != 0x464C457F) throw refused("not an ELF file");
        if (file.get(4) != 1 || file.get(5) != 1 || file.getShort(16) != ET_REL || file.getShort(18) != EM_386)
            throw refused("not an ELF32 i386 relocatable object");
        int start = file.getInt(32);
        int count = file.getShort(48) & 0xFFFF;
        int names = file.getShort(50) & 0xFFFF;
        if (count < 2 || names >= count || file.getShort(46) != SECTION) throw refused("its section headers are damaged");
        within(start, (long) count * SECTION, "section headers");
        for (int i = 0; i < count; i++) {
            int at = start + i * SECTION;
            headers.add(new Header(file.getInt(at), file.getInt(at + 4), file.getInt(at + 8), file.getInt(at + 16),
                    file.getInt(at + 20), file.getInt(at + 24), file.getInt(at + 28), file.getInt(at + 32), file.getInt(at + 36)));
        }
        for (int i = 0; i < count; i++) sections.add(section(i, headers.get(i), headers.get(names)));
    }

    private Section section(int number, Header header, Header names) throws PatchRefused {
        String name = number == 0 ? "" : string(names, header.name);
        if (header.type == SHT_NOBITS || header.type == SHT_PROGBITS) {
            loaded += header.size & 0xFFFFFFFFL;
            if (loaded > LARGEST) throw refused("section " + name + " is too large");
            if (header.alignment < 0 || header.alignment > 0x1000 || Integer.bitCount(header.alignment) > 1)
                throw refused("section " + name + " has an alignment of " + Integer.toUnsignedString(header.alignment));
        }
        byte[] bytes = {};
        if (header.type == SHT_NOBITS && (header.flags & SHF_ALLOC) != 0) bytes = new byte[header.size];
        if (header.type == SHT_PROGBITS) {
            within(header.offset, header.size, "section " + name);
            bytes = new byte[header.size];
            file.get(header.offset, bytes);
        }
        return new Section(number, name, header.type, header.flags, Math.max(1, header.alignment), bytes, new ArrayList<>());
    }

    private void readSymbols() throws PatchRefused {
        for (Header table : headers) {
            if (table.type != SHT_SYMTAB) continue;
            if (!symbols.isEmpty()) throw refused("more than one symbol table");
            within(table.offset, table.size & 0xFFFFFFFFL, "symbol table");
            if (table.link <= 0 || table.link >= headers.size()) throw refused("its symbol table has no strings");
            for (int at = table.offset; at <= table.offset + table.size - SYMBOL; at += SYMBOL) {
                int type = file.get(at + 12) & 0xF;
                int section = file.getShort(at + 14) & 0xFFFF;
                if (section < SHN_LORESERVE && section >= headers.size()) throw refused("a symbol lies in no section");
                String name = string(headers.get(table.link), file.getInt(at));
                if (type == STT_SECTION && section < SHN_LORESERVE) name = sections.get(section).name;
                symbols.add(new Symbol(name, file.getInt(at + 4), file.getInt(at + 8), type, section));
            }
        }
        if (symbols.isEmpty()) throw refused("no symbol table");
    }

    private void readRelocations(int number) throws PatchRefused {
        Header table = headers.get(number);
        if (table.info <= 0 || table.info >= sections.size()) throw refused("relocations of no section");
        Section target = sections.get(table.info);
        if (!target.loaded()) return; // Debug information and the like.
        if (table.type == SHT_RELA) throw refused("section " + target.name + " has relocations with addends, which i386 does not use");
        within(table.offset, table.size & 0xFFFFFFFFL, "relocations of " + target.name);
        for (int at = table.offset; at <= table.offset + table.size - REL; at += REL) {
            if (++relocations > MOST_RELOCATIONS) throw refused("more than " + MOST_RELOCATIONS + " relocations");
            int offset = file.getInt(at);
            int info = file.getInt(at + 4);
            int symbol = info >>> 8;
            if (symbol >= symbols.size()) throw refused("a relocation of " + target.name + " names no symbol");
            if (offset < 0 || offset > target.bytes.length - 4)
                throw refused("a relocation lies outside section " + target.name);
            target.relocations.add(new Relocation(offset, info & 0xFF, symbols.get(symbol)));
        }
    }

    private String string(Header table, int offset) throws PatchRefused {
        within(table.offset, table.size & 0xFFFFFFFFL, "string table");
        if (table.type != SHT_STRTAB || offset < 0 || offset >= table.size) throw refused("a name lies outside its string table");
        StringBuilder text = new StringBuilder();
        for (int at = table.offset + offset; at < table.offset + table.size && text.length() < LONGEST_NAME; at++) {
            int c = file.get(at) & 0xFF;
            if (c == 0) return text.toString();
            // Names reach messages and terminals.
            text.append(c < ' ' || c > '~' ? '?' : (char) c);
        }
        throw refused("a name has no end or is too long");
    }

    private void within(int offset, long size, String what) throws PatchRefused {
        if (offset < 0 || offset + size > file.limit()) throw refused("truncated: its " + what + " lie beyond its end");
    }
}
