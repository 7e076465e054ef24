package org.lkpk.authoring.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An ELF32 i386 relocatable object as the assembler has written it (System V ABI, chapter 4, and its i386 supplement). */
public final class ElfFile {
    public static final int SHT_PROGBITS = 1;
    public static final int SHT_SYMTAB = 2;
    public static final int SHT_NOBITS = 8;
    public static final int SHT_REL = 9;
    public static final int SHF_WRITE = 0x1;
    public static final int SHF_ALLOC = 0x2;
    public static final int SHF_EXECINSTR = 0x4;
    public static final int SHF_MERGE = 0x10;
    public static final int SHF_STRINGS = 0x20;
    public static final int STT_OBJECT = 1;
    public static final int STT_FUNC = 2;
    public static final int STT_SECTION = 3;
    public static final int STB_LOCAL = 0;
    public static final int STB_GLOBAL = 1;
    public static final int R_386_32 = 1;
    public static final int R_386_PC32 = 2;
    public static final int R_386_PLT32 = 4;
    private static final int SHN_LORESERVE = 0xFF00;
    private static final int ET_REL = 1;
    private static final int EM_386 = 3;
    private static final int HEADER = 52;
    private static final int SECTION = 40;
    private static final int SYMBOL = 16;
    private static final int REL = 8;

    /** @param bytes zeroes for NOBITS */
    public record Section(int number, String name, int type, int flags, int alignment, int entrySize, byte[] bytes,
            List<Relocation> relocations) {
        public boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    /** @param section its number; 0 if undefined, from 0xFF00 if absolute or common */
    public record Symbol(String name, int value, int size, int binding, int type, int section) {
        public boolean defined() {
            return section > 0 && section < SHN_LORESERVE;
        }
    }

    public record Relocation(int offset, int type, Symbol symbol) { }

    private final ByteBuffer file;
    private final List<Section> sections = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();

    public ElfFile(byte[] elf) throws IOException {
        file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        if (elf.length < HEADER || file.getInt(0) != 0x464C457F || file.get(4) != 1 || file.getShort(16) != ET_REL
                || file.getShort(18) != EM_386) throw new IOException("not an ELF32 i386 relocatable object");
        try {
            read();
        } catch (IndexOutOfBoundsException damaged) {
            throw new IOException("a damaged ELF object", damaged);
        }
    }

    public List<Section> sections() {
        return sections;
    }

    public List<Symbol> symbols() {
        return symbols;
    }

    private void read() {
        int headers = file.getInt(32);
        int count = file.getShort(48) & 0xFFFF;
        int names = word(headers, file.getShort(50) & 0xFFFF, 16);
        for (int i = 0; i < count; i++) {
            int type = word(headers, i, 4);
            byte[] bytes = new byte[type == 0 ? 0 : word(headers, i, 20)];
            if (type != SHT_NOBITS) file.get(word(headers, i, 16), bytes);
            sections.add(new Section(i, string(names, word(headers, i, 0)), type, word(headers, i, 8),
                    Math.max(1, word(headers, i, 32)), word(headers, i, 36), bytes, new ArrayList<>()));
        }
        for (int i = 0; i < count; i++)
            if (sections.get(i).type == SHT_SYMTAB) readSymbols(sections.get(i), word(headers, word(headers, i, 24), 16));
        for (int i = 0; i < count; i++)
            if (sections.get(i).type == SHT_REL) readRelocations(sections.get(i), sections.get(word(headers, i, 28)));
    }

    private int word(int headers, int section, int field) {
        return file.getInt(headers + section * SECTION + field);
    }

    private void readSymbols(Section table, int names) {
        ByteBuffer in = ByteBuffer.wrap(table.bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + SYMBOL <= table.bytes.length; at += SYMBOL) {
            int type = in.get(at + 12) & 0xF;
            int section = in.getShort(at + 14) & 0xFFFF;
            String name = type == STT_SECTION ? sections.get(section).name : string(names, in.getInt(at));
            symbols.add(new Symbol(name, in.getInt(at + 4), in.getInt(at + 8), in.get(at + 12) >> 4 & 0xF, type, section));
        }
    }

    private void readRelocations(Section table, Section target) {
        ByteBuffer in = ByteBuffer.wrap(table.bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + REL <= table.bytes.length; at += REL) {
            int info = in.getInt(at + 4);
            target.relocations.add(new Relocation(in.getInt(at), info & 0xFF, symbols.get(info >>> 8)));
        }
        target.relocations.sort((a, b) -> Integer.compare(a.offset, b.offset));
    }

    private String string(int table, int offset) {
        int end = table + offset;
        while (file.get(end) != 0) end++;
        return new String(file.array(), table + offset, end - table - offset, StandardCharsets.ISO_8859_1);
    }
}
