package org.lkpk.patcher.kernel;

import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.kernel.Symbol;

/**
 * The kernel's own symbol table, as Linux 4.6 and later lay it out (scripts/kallsyms.c, with a relative base):
 * <pre>
 * up to 6.3   offsets | relative_base | num_syms | names | markers | [seqs_of_names] | token_table | token_index
 * from 6.4    num_syms | names | markers | token_table | token_index | offsets | relative_base
 * </pre>
 * A name is a length and that many token numbers; its first character is the symbol's type. A marker is the offset of
 * every 256th name. Not implemented: absolute addresses (before 4.6), 64-bit kernels.
 *
 * @param base {@code relative_base}, which is the address of {@code _text}
 * @param pageOffset linear minus physical address
 * @param end position behind the tokens
 */
record Kallsyms(int base, int pageOffset, int end, List<Symbol> symbols) {
    private static final int FEWEST = 100;
    private static final int MOST = 2_000_000;
    /** Names decoded in vain before the search is given up: a guest's memory must not keep the host busy. */
    private static final int MOST_IN_VAIN = 20_000_000;
    /** Names lie this close before the token table: 2 million of them would. */
    static final int REACH = 16 << 20;
    /** No kernel image is larger. */
    private static final int LARGEST_KERNEL = 64 << 20;
    /** The choices of Linux's VMSPLIT. */
    private static final int[] PAGE_OFFSETS = {0xC0000000, 0xB0000000, 0x80000000, 0x78000000, 0x40000000};

    /** The table that {@code tokens} belongs to, or null if its parts do not fit together (yet). */
    static Kallsyms read(Image image, TokenTable tokens) {
        int first = Math.max(4, Image.aligned(tokens.start() - REACH, 4));
        int decoded = 0;
        // The names end just before the tokens: from there backwards it is a short way.
        for (int at = (tokens.start() & -4) - 8; at >= first; at -= 4) {
            int count = image.word(at);
            if (count < FEWEST || count > MOST || count > (tokens.start() - at) / 2) continue;
            int names = names(image, at + 4, count, tokens.start());
            decoded += names;
            if (decoded > MOST_IN_VAIN) return null;
            if (names < count || !markersBelong(image, at + 4, count, tokens.start())) continue;
            Kallsyms found = based(image, tokens, at, count);
            if (found != null) return found;
        }
        return null;
    }

    /** How many names, up to {@code count}, stand at {@code names}. */
    private static int names(Image image, int names, int count, int end) {
        int at = names;
        for (int i = 0; i < count; i++) {
            int length = length(image, at);
            at += length > 0x7F ? 2 + length : 1 + length;
            if (length == 0 || at >= end - 1) return i;
        }
        return count;
    }

    /** Whether the markers behind {@code count} names are theirs. */
    private static boolean markersBelong(Image image, int names, int count, int end) {
        int[] starts = new int[(count + 255) / 256];
        int at = names;
        for (int i = 0; i < count; i++) {
            if ((i & 0xFF) == 0) starts[i >> 8] = at - names;
            int length = length(image, at);
            at += length > 0x7F ? 2 + length : 1 + length;
        }
        int markers = Image.aligned(at, 4);
        if (markers + 4 * starts.length > end) return false;
        for (int i = 0; i < starts.length; i++)
            if (image.word(markers + 4 * i) != starts[i]) return false;
        return true;
    }

    /** Lengths over 127 take two bytes, the low seven bits first. */
    private static int length(Image image, int at) {
        int low = image.octet(at);
        return low < 0x80 ? low : low & 0x7F | image.octet(at + 1) << 7;
    }

    private static Kallsyms based(Image image, TokenTable tokens, int counter, int count) {
        int before = counter - 4;
        Kallsyms older = before - 4L * count < 0 ? null : at(image, tokens, counter, count, before - 4 * count, before);
        if (older != null) return older;
        int offsets = Image.aligned(tokens.end(), 4);
        int behind = offsets + 4 * count;
        return behind > image.size() - 4 ? null : at(image, tokens, counter, count, offsets, behind);
    }

    private static Kallsyms at(Image image, TokenTable tokens, int counter, int count, int offsets, int relativeBase) {
        int base = image.word(relativeBase);
        int pageOffset = pageOffset(base, image.physical + tokens.start());
        if ((base & 0xFFF) != 0 || pageOffset == 0) return null;
        List<Symbol> symbols = new ArrayList<>(count);
        StringBuilder name = new StringBuilder();
        int at = counter + 4;
        for (int i = 0; i < count; i++) {
            int length = length(image, at);
            at += length > 0x7F ? 2 : 1;
            name.setLength(0);
            for (int end = at + length; at < end; at++) name.append(tokens.tokens()[image.octet(at)]);
            if (name.length() < 2) return null;
            int address = base + image.word(offsets + 4 * i);
            symbols.add(new Symbol(name.substring(1), address, 0, name.charAt(0)));
        }
        return new Kallsyms(base, pageOffset, tokens.end(), symbols);
    }

    /**
     * The one page offset under which the kernel image at {@code base} can hold this table; 0 if there is none, as
     * while the decompressor has not yet added the slide to {@code base}.
     */
    private static int pageOffset(int base, int table) {
        for (int offset : PAGE_OFFSETS) {
            int distance = table - (base - offset);
            if (Integer.compareUnsigned(base, offset) >= 0 && distance > 0 && distance < LARGEST_KERNEL) return offset;
        }
        return 0;
    }
}
