package org.lkpk.authoring.elf;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an object says of its types (DWARF, version 4, 7.5: one compilation unit, 32-bit format). Not implemented: locations,
 * and all else that is about code.
 */
public final class DebugInfo {
    public static final int DW_TAG_ARRAY_TYPE = 0x01, DW_TAG_ENUMERATION_TYPE = 0x04, DW_TAG_FORMAL_PARAMETER = 0x05, DW_TAG_MEMBER = 0x0D,
            DW_TAG_POINTER_TYPE = 0x0F, DW_TAG_STRUCTURE_TYPE = 0x13, DW_TAG_SUBROUTINE_TYPE = 0x15, DW_TAG_TYPEDEF = 0x16,
            DW_TAG_UNION_TYPE = 0x17, DW_TAG_UNSPECIFIED_PARAMETERS = 0x18, DW_TAG_SUBRANGE_TYPE = 0x21, DW_TAG_BASE_TYPE = 0x24,
            DW_TAG_CONST_TYPE = 0x26, DW_TAG_ENUMERATOR = 0x28, DW_TAG_VARIABLE = 0x34, DW_TAG_VOLATILE_TYPE = 0x35, DW_TAG_RESTRICT_TYPE = 0x37, DW_TAG_ATOMIC_TYPE = 0x47;
    public static final int DW_AT_NAME = 0x03, DW_AT_BYTE_SIZE = 0x0B, DW_AT_BIT_OFFSET = 0x0C, DW_AT_BIT_SIZE = 0x0D, DW_AT_STMT_LIST = 0x10,
            DW_AT_CONST_VALUE = 0x1C, DW_AT_UPPER_BOUND = 0x2F, DW_AT_COUNT = 0x37, DW_AT_DATA_MEMBER_LOCATION = 0x38, DW_AT_DECL_FILE = 0x3A,
            DW_AT_DECL_LINE = 0x3B, DW_AT_DECLARATION = 0x3C, DW_AT_TYPE = 0x49, DW_AT_DATA_BIT_OFFSET = 0x6B;
    private static final int HEADER = 11;

    /** A debugging information entry: its tag, its attributes as numbers or texts, and what it owns. */
    public record Entry(int tag, Map<Integer, Object> attributes, List<Entry> children) {
        /** The name; empty if it has none. */
        public String name() {
            return attributes.get(DW_AT_NAME) instanceof String name ? name : "";
        }

        public long number(int attribute, long otherwise) {
            return attributes.get(attribute) instanceof Long number ? number : otherwise;
        }
    }

    private record Field(int attribute, int form) { }

    private record Abbreviation(int tag, boolean children, List<Field> fields) { }

    private final Map<Long, Abbreviation> abbreviations = new HashMap<>();
    private final Map<Long, Entry> entries = new LinkedHashMap<>();
    private final List<String> files = new ArrayList<>(List.of(""));
    private final ByteBuffer info;
    private final ByteBuffer strings;
    private int addressSize;

    public DebugInfo(byte[] elf) throws IOException {
        ElfFile file = new ElfFile(elf);
        info = section(file, ".debug_info");
        strings = section(file, ".debug_str");
        if (info.limit() == 0) throw new IOException("an object without debugging information");
        try {
            int version = info.getShort(4);
            if (version != 4 || info.getInt(0) != info.limit() - 4)
                throw new IOException("debugging information of version " + version + ", or of several units; one of version 4 is expected");
            addressSize = info.get(10);
            readAbbreviations(section(file, ".debug_abbrev"));
            info.position(HEADER);
            Entry unit = read();
            readFiles(section(file, ".debug_line"), (int) unit.number(DW_AT_STMT_LIST, 0));
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException damaged) {
            throw new IOException("damaged debugging information", damaged);
        }
    }

    /** All of it, in its order. */
    public Iterable<Entry> entries() {
        return entries.values();
    }

    /** Whether it knows a variable of that name. */
    public boolean variable(String name) {
        for (Entry entry : entries()) if (entry.tag() == DW_TAG_VARIABLE && entry.name().equals(name)) return true;
        return false;
    }

    /** What {@code entry} refers to as its type; null for void. */
    public Entry type(Entry entry) {
        return entries.get(entry.number(DW_AT_TYPE, -1));
    }

    /** The file in which something is declared, as the compiler has found it; empty if that is not told. */
    public String file(Entry entry) {
        int number = (int) entry.number(DW_AT_DECL_FILE, 0);
        return number < files.size() ? files.get(number) : "";
    }

    /** A section with its relocations carried out, as if it lay at 0 like all others; empty if there is none. */
    private static ByteBuffer section(ElfFile file, String name) {
        for (ElfFile.Section section : file.sections()) {
            if (!section.name().equals(name) || section.type() != ElfFile.SHT_PROGBITS) continue;
            ByteBuffer bytes = ByteBuffer.wrap(section.bytes().clone()).order(ByteOrder.LITTLE_ENDIAN);
            for (ElfFile.Relocation one : section.relocations())
                bytes.putInt(one.offset(), bytes.getInt(one.offset()) + (one.symbol().defined() ? one.symbol().value() : 0));
            return bytes;
        }
        return ByteBuffer.allocate(0);
    }

    private void readAbbreviations(ByteBuffer in) {
        for (long code = unsigned(in); code != 0; code = unsigned(in)) {
            int tag = (int) unsigned(in);
            boolean children = in.get() != 0;
            List<Field> fields = new ArrayList<>();
            while (true) {
                int attribute = (int) unsigned(in);
                int form = (int) unsigned(in);
                if (attribute == 0 && form == 0) break;
                fields.add(new Field(attribute, form));
            }
            abbreviations.put(code, new Abbreviation(tag, children, fields));
        }
    }

    /** The entry at the present position with all that it owns; null at the end of a list of them. */
    private Entry read() throws IOException {
        long offset = info.position();
        long code = unsigned(info);
        if (code == 0) return null;
        Abbreviation abbreviation = abbreviations.get(code);
        if (abbreviation == null) throw new IOException("damaged debugging information: no abbreviation " + code);
        Map<Integer, Object> attributes = new HashMap<>();
        for (Field field : abbreviation.fields) attributes.put(field.attribute, value(field.form));
        Entry entry = new Entry(abbreviation.tag, attributes, new ArrayList<>());
        entries.put(offset, entry);
        if (abbreviation.children) for (Entry child = read(); child != null; child = read()) entry.children.add(child);
        return entry;
    }

    /** A number, a text, or nothing for what is only about code. */
    private Object value(int form) throws IOException {
        switch (form) {
            case 0x01: return skipped(addressSize); // addr
            case 0x03: return skipped(info.getShort() & 0xFFFF); // block2
            case 0x04: return skipped(info.getInt()); // block4
            case 0x05: return info.getShort() & 0xFFFFL; // data2
            case 0x06: return info.getInt() & 0xFFFFFFFFL; // data4
            case 0x07: return info.getLong(); // data8
            case 0x08: return text(info); // string
            case 0x09: case 0x18: return skipped((int) unsigned(info)); // block, exprloc
            case 0x0A: return skipped(info.get() & 0xFF); // block1
            case 0x0B: case 0x0C: case 0x11: return info.get() & 0xFFL; // data1, flag, ref1
            case 0x0D: return signed(info); // sdata
            case 0x0E: return text(strings.duplicate().position(info.getInt())); // strp
            case 0x0F: case 0x15: return unsigned(info); // udata, ref_udata
            case 0x12: return info.getShort() & 0xFFFFL; // ref2
            case 0x10: case 0x13: case 0x17: return info.getInt() & 0xFFFFFFFFL; // ref_addr, ref4, sec_offset
            case 0x14: case 0x20: return info.getLong(); // ref8, ref_sig8
            case 0x19: return 1L; // flag_present
            default: throw new IOException("debugging information in a form that is not known: " + Integer.toHexString(form));
        }
    }

    private Object skipped(int count) {
        info.position(info.position() + count);
        return "";
    }

    /** The names of files by number (DWARF 4, 6.2.4); the assembler may have written an older version. */
    private void readFiles(ByteBuffer in, int start) {
        if (in.limit() == 0 || in.getShort(start + 4) > 4) return;
        boolean operations = in.getShort(start + 4) == 4;
        in.position(start + (operations ? 15 : 14));
        int opcodes = in.get() & 0xFF;
        in.position(in.position() + opcodes - 1);
        List<String> folders = new ArrayList<>(List.of(""));
        for (String folder = text(in); !folder.isEmpty(); folder = text(in)) folders.add(folder);
        for (String file = text(in); !file.isEmpty(); file = text(in)) {
            String folder = folders.get((int) unsigned(in));
            unsigned(in);
            unsigned(in);
            files.add(file.startsWith("/") || folder.isEmpty() ? file : folder + "/" + file);
        }
    }

    private static String text(ByteBuffer in) {
        int start = in.position();
        int end = start;
        while (in.get(end) != 0) end++;
        in.position(end + 1);
        return new String(in.array(), in.arrayOffset() + start, end - start, StandardCharsets.UTF_8);
    }

    private static long unsigned(ByteBuffer in) {
        long value = 0;
        for (int shift = 0;; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) return value;
        }
    }

    private static long signed(ByteBuffer in) {
        long value = 0;
        for (int shift = 0;; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0) continue;
            return (next & 0x40) != 0 && shift + 7 < 64 ? value | -1L << shift + 7 : value;
        }
    }
}
