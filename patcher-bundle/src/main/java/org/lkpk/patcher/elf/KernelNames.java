package org.lkpk.patcher.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.kernel.SymbolTable;
import org.lkpk.api.patch.PatchRefused;

/** Symbols of a running kernel: what run-pre matching has learned of it, then its own tables. */
public final class KernelNames implements Names {
    private final SymbolTable kernel;
    private final Map<String, Integer> learned;
    private final List<SymbolTable> modules;

    private final Pristine.Reader memory;

    /** @param modules symbols of loadable modules */
    public KernelNames(SymbolTable kernel, Map<String, Integer> learned, List<SymbolTable> modules, Pristine.Reader memory) {
        this.memory = memory;
        this.modules = modules;
        this.kernel = kernel;
        this.learned = learned;
    }

    @Override
    public int address(String name) throws PatchRefused {
        Integer known = learned.get(name);
        if (known != null) return known;
        List<Symbol> found = new ArrayList<>(kernel.named(name));
        if (found.isEmpty()) for (SymbolTable module : modules) found.addAll(module.named(name));
        if (found.isEmpty()) throw new PatchRefused(name + ": no such symbol in the running kernel");
        for (Symbol other : found)
            if (other.address() != found.get(0).address())
                throw new PatchRefused(name + ": " + found.size() + " symbols of that name in the running kernel");
        return found.get(0).address();
    }

    @Override
    public int word(int linear) throws PatchRefused {
        return ByteBuffer.wrap(memory.read(linear, 4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }
}
