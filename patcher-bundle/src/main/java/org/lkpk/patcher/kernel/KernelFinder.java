package org.lkpk.patcher.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lkpk.api.kernel.Symbol;

/**
 * Finds a Linux kernel in memory by what it holds, wherever KASLR put it: the dictionary of its symbol table first,
 * then the table around it, which tells the base. Memory is copied out in pieces, so that the guest stands still only
 * for a copy; all else happens on copies.
 */
public final class KernelFinder {
    private static final int PIECE = 8 << 20;
    private static final int PAGE = 0x1000;
    /** Export table, notes and what else the kernel keeps behind its symbols. */
    private static final int BEHIND = 8 << 20;
    /** Where Linux for i386 is linked when nothing moves it. */
    private static final int LINKED_AT = 16 << 20;
    /** A guest may hold many things that look like a dictionary; no more than this many are looked into. */
    private static final int MOST_CANDIDATES = 16;
    private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.US_ASCII);
    /** A GNU note of type 3 with 20 bytes: a build id. */
    private static final byte[] BUILD_ID = {4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0};
    private static final byte[] LINUX_NOTE = "Linux\0".getBytes(StandardCharsets.US_ASCII);

    private final PhysicalMemory memory;
    private int candidates;

    public KernelFinder(PhysicalMemory memory) {
        this.memory = memory;
    }

    /** The kernel; empty while none can be told. */
    public Optional<Kernel> find() throws Exception {
        byte[] piece = new byte[Math.min(PIECE, memory.size())];
        int step = PIECE - PAGE;
        for (int from = 0; from < memory.size(); from += step) {
            int count = Math.min(piece.length, memory.size() - from);
            memory.read(from, piece, count);
            for (int at = TokenTable.digits(piece, 0, count); at >= 0; at = next(piece, at, count)) {
                Optional<Kernel> kernel = around(from + at);
                if (kernel.isPresent()) return kernel;
            }
        }
        return Optional.empty();
    }

    private static int next(byte[] piece, int hit, int count) {
        return TokenTable.digits(piece, Image.aligned(hit + TokenTable.DIGITS, 8), count);
    }

    private Optional<Kernel> around(int digits) throws Exception {
        Image small = copy(digits - TokenTable.LARGEST, digits + TokenTable.LARGEST);
        if (TokenTable.around(small, digits - small.physical) == null || ++candidates > MOST_CANDIDATES) return Optional.empty();
        Image tables = copy(digits - 2 * Kallsyms.REACH, digits + BEHIND);
        TokenTable tokens = TokenTable.around(tables, digits - tables.physical);
        Kallsyms kallsyms = tokens == null ? null : Kallsyms.read(tables, tokens);
        if (kallsyms == null) return Optional.empty();
        int physical = kallsyms.base() - kallsyms.pageOffset();
        Image whole = physical >= tables.physical ? tables : copy(physical, digits + BEHIND);
        return described(whole, tables, kallsyms);
    }

    private Image copy(int from, int to) throws Exception {
        int start = Math.max(0, from) & -PAGE;
        int end = Math.min(to, memory.size());
        byte[] bytes = new byte[end - start];
        byte[] piece = new byte[Math.min(PIECE, bytes.length)];
        for (int at = 0; at < bytes.length; at += piece.length) {
            int count = Math.min(piece.length, bytes.length - at);
            memory.read(start + at, piece, count);
            System.arraycopy(piece, 0, bytes, at, count);
        }
        return new Image(start, bytes);
    }

    private static Optional<Kernel> described(Image image, Image read, Kallsyms kallsyms) {
        List<Symbol> symbols = new ArrayList<>(kallsyms.symbols());
        Symbols functions = Symbols.of(symbols);
        int origin = image.physical + kallsyms.pageOffset();
        int agreeing = 0;
        int differing = 0;
        int tables = image == read ? kallsyms.end() : 0;
        for (Map.Entry<String, Integer> export : ExportTable.read(image, tables).entrySet()) {
            int address = origin + export.getValue();
            Optional<Symbol> known = functions.only(export.getKey());
            if (known.isEmpty()) {
                if (functions.named(export.getKey()).isEmpty()) symbols.add(new Symbol(export.getKey(), address, 0, 'E'));
            } else if (known.get().address() == address) agreeing++;
            else differing++;
        }
        // While the decompressor unpacks, the same bytes lie elsewhere and distances within them mislead.
        if (differing > agreeing) return Optional.empty();
        String banner = banner(image, kallsyms.base() - origin);
        int slide = Math.max(0, kallsyms.base() - kallsyms.pageOffset() - LINKED_AT);
        return Optional.of(new Kernel(banner, release(banner), buildId(image, tables), kallsyms.base(), slide,
                kallsyms.pageOffset(), Symbols.of(symbols)));
    }

    private static String banner(Image image, int from) {
        for (int at = image.find(BANNER, from, image.size()); at >= 0; at = image.find(BANNER, at + 1, image.size())) {
            int version = at + BANNER.length;
            if (version == image.size() || image.octet(version) < '0' || image.octet(version) > '9') continue;
            int end = version;
            while (end < image.size() && end - at < 512 && image.octet(end) >= ' ') end++;
            return image.text(at, end);
        }
        return "";
    }

    /** {@code 6.1.0-50-686} of {@code Linux version 6.1.0-50-686 (…)}. */
    static String release(String banner) {
        if (!banner.startsWith("Linux version ")) return "";
        return banner.substring(BANNER.length).split(" ", 2)[0];
    }

    /** The kernel's own id is the one followed by notes of Linux; those of the vDSO come first. */
    private static String buildId(Image image, int from) {
        int head = BUILD_ID.length;
        for (int at = image.find(BUILD_ID, from, image.size()); at >= 0; at = image.find(BUILD_ID, at + 1, image.size())) {
            int end = at + head + 20;
            if (end > image.size()) break;
            int linux = image.find(LINUX_NOTE, end, end + 84);
            if (linux >= 0 && image.find(LINUX_NOTE, linux + 1, end + 84) >= 0)
                return HexFormat.of().formatHex(image.bytes, at + head, end);
        }
        return "";
    }
}
