package org.lkpk.patcher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.kernel.SymbolTable;
import org.lkpk.patcher.kernel.Kernel;
import org.lkpk.patcher.kernel.Symbols;
import org.lkpk.patcher.task.Ranges;

/**
 * The loadable modules of one running kernel and their symbols. Where the list of modules is, no table says; the functions
 * that walk it do, and of all addresses in them it is the one at which such a list is. For the machine's thread.
 */
final class Modules {
    private static final List<String> WALKERS = List.of("find_module_all", "module_get_kallsym");
    private static final int LONGEST_WALKER = 0x200;
    /** Of {@code struct module}: its state, the list, the name. */
    private static final int LIST = 4, NAME = 12;
    private static final int LONGEST_NAME = 56;
    private static final int LIVE = 0, LAST_STATE = 3;
    private static final int MOST_MODULES = 1000, MOST_SYMBOLS = 100_000, LARGEST_NAMES = 4 << 20;
    private static final int LARGEST_MODULE = 0x400, LARGEST_MEMORY = 32 << 20, PAGE = 0x1000;
    /** Of an ELF symbol. */
    private static final int SYMBOL = 16;
    private static final int LARGEST_KERNEL = 64 << 20;

    private final Kernel kernel;
    private final LinearMemory memory;

    Modules(Kernel kernel, LinearMemory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /** Addresses of {@code struct module} by name, those that are ready to be used; empty if the list cannot be told. */
    Map<String, Integer> live() {
        Map<String, Integer> found = new LinkedHashMap<>();
        for (int module : list())
            if (memory.word(module) == LIVE) found.put(name(module), module);
        return found;
    }

    /**
     * A loaded module.
     *
     * @param address of its {@code struct module}
     * @param memory that holds its code and data
     * @param code the part of it that is code, at its start
     */
    record Module(int address, SymbolTable symbols, Ranges.Range memory, int code) {
        boolean holds(int linear) {
            return inside(memory, linear);
        }

        boolean hasCode(int linear) {
            return holds(linear) && linear - memory.first() < code;
        }
    }

    static boolean inside(Ranges.Range range, int linear) {
        return Integer.compareUnsigned(linear - range.first(), range.last() - range.first()) <= 0;
    }

    /** The modules that are ready to be used, by their names. */
    Map<String, Module> all() {
        Map<String, Module> found = new LinkedHashMap<>();
        live().forEach((name, module) -> found.put(name, module(module)));
        return found;
    }

    /**
     * {@code struct module} tells of the memory that it is itself part of: its first page, its size, and three sizes of parts
     * of it, each with the ones before, the first that of the code. Where it does so in some other way, it alone is known.
     */
    private Module module(int module) {
        for (int at = module; at < module + LARGEST_MODULE; at += 4) {
            int base = memory.word(at), size = memory.word(at + 4), least = 0;
            int code = memory.word(at + 8);
            boolean sound = (base & PAGE - 1) == 0 && Integer.compareUnsigned(module - base, size) < 0 && size > 0 && size <= LARGEST_MEMORY;
            for (int part = at + 8; sound && part <= at + 16; part += 4) {
                int with = memory.word(part);
                sound = with >= least && with <= size && (with & PAGE - 1) == 0;
                least = with;
            }
            if (sound && least > 0) return new Module(module, symbols(module), new Ranges.Range(base, base + size - 1), code);
        }
        return new Module(module, symbols(module), new Ranges.Range(module, module + LARGEST_MODULE - 1), 0);
    }

    /** The symbols that the module at {@code module} has; empty if they cannot be found. */
    private SymbolTable symbols(int module) {
        for (int offset = 0; offset < LARGEST_MODULE; offset += 4) {
            // The kernel's pointer to the table leads to the words behind it once the module is ready.
            if (memory.word(module + offset) != module + offset + 4) continue;
            Optional<SymbolTable> table = table(module + offset + 4);
            if (table.isPresent()) return table.get();
        }
        return Symbols.of(List.of());
    }

    private Optional<SymbolTable> table(int at) {
        int count = memory.word(at + 4), names = memory.word(at + 8), types = memory.word(at + 12);
        if (count <= 0 || count > MOST_SYMBOLS || memory.physical(memory.word(at)) < 0 || memory.physical(names) < 0) return Optional.empty();
        ByteBuffer symbols = ByteBuffer.wrap(memory.read(memory.word(at), SYMBOL * count)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] letters = memory.read(types, count);
        List<Symbol> found = new ArrayList<>();
        int last = 0;
        for (int i = 0; i < count; i++) last = Math.max(last, symbols.getInt(SYMBOL * i));
        if (last < 0 || last > LARGEST_NAMES) return Optional.empty();
        byte[] texts = memory.read(names, last + 256);
        for (int i = 1; i < count; i++) {
            boolean defined = symbols.getShort(SYMBOL * i + 14) != 0;
            int start = symbols.getInt(SYMBOL * i), end = start;
            while (end < texts.length && texts[end] != 0) end++;
            if (defined && end > start) found.add(new Symbol(new String(texts, start, end - start, StandardCharsets.ISO_8859_1),
                    symbols.getInt(SYMBOL * i + 4), size(symbols.getInt(SYMBOL * i + 8)), (char) (letters[i] & 0x7F)));
        }
        return Optional.of(Symbols.of(found));
    }

    /** As the module's file has it: behind its last function no other begins. */
    private static int size(int given) {
        return given > 0 && given <= LARGEST_MEMORY ? given : 0;
    }

    private List<Integer> list() {
        int[] heads = heads(WALKERS.get(0));
        for (String walker : WALKERS.subList(1, WALKERS.size())) {
            int[] others = heads(walker);
            heads = Arrays.stream(heads).filter(head -> Arrays.stream(others).anyMatch(other -> other == head)).toArray();
        }
        List<Integer> longest = List.of();
        for (int head : heads) {
            List<Integer> modules = walk(head);
            if (modules.size() > longest.size()) longest = modules;
        }
        return longest;
    }

    /** Addresses of the kernel's data that a function names. */
    private int[] heads(String function) {
        Optional<Symbol> symbol = kernel.symbols().only(function);
        if (symbol.isEmpty()) return new int[0];
        byte[] code = memory.read(symbol.get().address(), Math.min(LONGEST_WALKER, symbol.get().size()));
        ByteBuffer words = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
        int[] found = new int[code.length];
        int count = 0;
        for (int at = 0; at <= code.length - 4; at++) {
            int word = words.getInt(at);
            if ((word & 3) == 0 && Integer.compareUnsigned(word - kernel.base(), LARGEST_KERNEL) < 0) found[count++] = word;
        }
        return Arrays.copyOf(found, count);
    }

    /** The modules of the list whose head is at {@code head}; empty if it is none. */
    private List<Integer> walk(int head) {
        List<Integer> found = new ArrayList<>();
        int before = head;
        for (int node = memory.word(head); node != head; node = memory.word(node)) {
            int module = node - LIST;
            boolean sound = memory.physical(node) >= 0 && memory.word(node + 4) == before
                    && Integer.compareUnsigned(memory.word(module), LAST_STATE) <= 0 && !name(module).isEmpty();
            if (!sound || found.size() == MOST_MODULES) return List.of();
            found.add(module);
            before = node;
        }
        return found;
    }

    private String name(int module) {
        byte[] bytes = memory.read(module + NAME, LONGEST_NAME);
        int end = 0;
        while (end < bytes.length && bytes[end] > ' ' && bytes[end] < 0x7F) end++;
        return end < bytes.length && bytes[end] == 0 ? new String(bytes, 0, end, StandardCharsets.ISO_8859_1) : "";
    }
}
