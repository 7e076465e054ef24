package org.lkpk.patcher.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lkpk.api.kernel.Symbol;

/** A System.map: lines of address, type and name as nm writes them, in 1998 and today. */
public final class SystemMap {
    private static final long LARGEST = 32 << 20;
    private static final int MASK = 0xC0000000;
    private static final int BANNER_ROOM = 256;

    private final Symbols symbols;

    private SystemMap(Symbols symbols) {
        this.symbols = symbols;
    }

    /** @throws IOException naming file and line if it is not one */
    public static SystemMap read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) throw new IOException(file + ": too long for a System.map");
        List<Symbol> found = new ArrayList<>();
        int number = 0;
        for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
            number++;
            if (line.isBlank()) continue;
            Symbol symbol = symbol(line.strip());
            if (symbol == null) throw new IOException(file + ": line " + number + " is not 'address type name'");
            found.add(symbol);
        }
        if (found.isEmpty()) throw new IOException(file + ": no symbols in it");
        return new SystemMap(Symbols.of(found));
    }

    private static Symbol symbol(String line) {
        String[] fields = line.split("[ \t]+");
        if (fields.length < 3 || fields[1].length() != 1 || fields[0].length() > 8) return null;
        try {
            return new Symbol(fields[2], Integer.parseUnsignedInt(fields[0], 16), 0, fields[1].charAt(0));
        } catch (NumberFormatException unreadable) {
            return null;
        }
    }

    public Symbols symbols() {
        return symbols;
    }

    /** Linear address of the kernel's first byte: {@code _text}, else the lowest symbol of text. */
    public int base() {
        for (String name : new String[] {"_text", "_stext"})
            if (symbols.only(name).isPresent()) return symbols.only(name).get().address();
        for (Symbol symbol : symbols.all())
            if (Character.toUpperCase(symbol.type()) == 'T') return symbol.address();
        return symbols.all().get(0).address();
    }

    /** What the kernel maps its memory with if the processor cannot be asked: the usual splits, or one to one. */
    public int usualPageOffset() {
        int base = base();
        return base < 0 ? base & MASK : 0;
    }

    /**
     * The kernel that this is the map of; empty if it has a banner ({@code linux_banner}) and {@code memory} does not
     * hold that, as while the kernel is still packed.
     */
    public Optional<Kernel> kernel(PhysicalMemory memory, int pageOffset) throws Exception {
        String banner = "";
        Symbol symbol = symbols.only("linux_banner").orElse(null);
        if (symbol != null) {
            int physical = symbol.address() - pageOffset;
            if (physical < 0 || physical > memory.size() - BANNER_ROOM) return Optional.empty();
            byte[] bytes = new byte[BANNER_ROOM];
            memory.read(physical, bytes, bytes.length);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            int end = 0;
            while (end < text.length() && text.charAt(end) >= ' ') end++;
            banner = text.substring(0, end);
            if (KernelFinder.release(banner).isEmpty()) return Optional.empty();
        }
        return Optional.of(
                new Kernel(banner, KernelFinder.release(banner), "", base(), 0, pageOffset, symbols));
    }
}
