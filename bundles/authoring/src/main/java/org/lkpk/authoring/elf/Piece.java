package org.lkpk.authoring.elf;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What one symbol names in an object: a function, a variable, a constant, a string; or something that the object only
 * refers to. Its references lead to other pieces, so that it can be compared and moved without regard to where it lies.
 */
public final class Piece {
    public enum Kind { CODE, WRITABLE, CONSTANT, STRING, MERGED, EXTERNAL }

    /**
     * A relocation.
     *
     * @param offset in the piece
     * @param addend what is added to the target's first byte
     */
    public record Reference(int offset, int type, Piece target, int addend) { }

    /**
     * An entry of a table that tells the kernel something of a place in the code.
     *
     * @param table the section's name
     * @param owner the code that it is about
     * @param at where in the code
     * @param body the entry; its first reference is the place
     */
    public record Entry(String table, Piece owner, int at, Piece body) {
        /** The same without what else it refers to: enough to know that the kernel may rewrite the place. */
        public Entry placeOnly() {
            byte[] bytes = body.bytes.clone();
            Piece place = new Piece(body.name, body.kind, body.section, body.start, bytes, false, false);
            place.references.add(body.references.get(0));
            return new Entry(table, owner, at, place);
        }
    }

    private static final Pattern GONE = Pattern.compile("\\.(init|exit|meminit|initcall|con_initcall)[.0-9a-z_]*(\\..*)?");
    /** The section of what describes pr_debug sites; the kernel wants those of a module one behind the other. */
    static final String SITES = "__dyndbg";

    private final String name;
    private final Kind kind;
    private final ElfFile.Section section;
    private final int start;
    private final byte[] bytes;
    private final boolean global;
    private final boolean function;
    private final List<Reference> references = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> aliases = new ArrayList<>();

    Piece(String name, Kind kind, ElfFile.Section section, int start, byte[] bytes, boolean global, boolean function) {
        this.name = name;
        this.kind = kind;
        this.section = section;
        this.start = start;
        this.bytes = bytes;
        this.global = global;
        this.function = function;
    }

    static Piece external(String name) {
        return new Piece(name, Kind.EXTERNAL, null, 0, new byte[0], true, false);
    }

    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether it describes a pr_debug site ({@code struct _ddebug}). */
    public boolean site() {
        return sectionName().equals(SITES);
    }

    /** Whether it is for the start or the end of the kernel or module only: a running one no longer has it, or never had. */
    public boolean gone() {
        return GONE.matcher(sectionName()).matches();
    }

    /** Of the section that it lies in; empty for what the object only refers to. */
    public String sectionName() {
        return section == null ? "" : section.name();
    }

    public ElfFile.Section section() {
        return section;
    }

    /** Where in the section. */
    public int start() {
        return start;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int size() {
        return bytes.length;
    }

    public boolean global() {
        return global;
    }

    public boolean function() {
        return function;
    }

    /** By offset. */
    public List<Reference> references() {
        return references;
    }

    /** Of the tables, for code. */
    public List<Entry> entries() {
        return entries;
    }

    /** Other names of the same bytes. */
    public List<String> aliases() {
        return aliases;
    }

    @Override
    public String toString() {
        return name;
    }
}
