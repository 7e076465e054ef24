package org.lkpk.patcher.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.kernel.SymbolTable;

/** Symbols sorted by address. */
public final class Symbols implements SymbolTable {
    private final List<Symbol> all;
    private final Map<String, List<Symbol>> byName;

    private Symbols(List<Symbol> all) {
        this.all = List.copyOf(all);
        byName = new HashMap<>(2 * all.size());
        for (Symbol symbol : this.all) byName.merge(symbol.name(), List.of(symbol), Symbols::joined);
    }

    /** A table of these; the sizes given are replaced by the distance to the next higher address, where there is one. */
    public static Symbols of(List<Symbol> given) {
        List<Symbol> sorted = new ArrayList<>(given);
        sorted.sort((a, b) -> Integer.compareUnsigned(a.address(), b.address()));
        int next = 0;
        for (int i = sorted.size() - 1; i >= 0; i--) {
            Symbol symbol = sorted.get(i);
            boolean last = i + 1 == sorted.size();
            if (!last && sorted.get(i + 1).address() != symbol.address()) next = sorted.get(i + 1).address();
            int size = next == 0 ? symbol.size() : next - symbol.address();
            sorted.set(i, new Symbol(symbol.name(), symbol.address(), size, symbol.type()));
        }
        return new Symbols(sorted);
    }

    private static List<Symbol> joined(List<Symbol> before, List<Symbol> more) {
        List<Symbol> both = new ArrayList<>(before);
        both.addAll(more);
        return List.copyOf(both);
    }

    @Override
    public List<Symbol> named(String name) {
        return byName.getOrDefault(name, List.of());
    }

    @Override
    public Optional<Symbol> only(String name) {
        List<Symbol> found = named(name);
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    @Override
    public Optional<Symbol> covering(int address) {
        int low = 0;
        int high = all.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Integer.compareUnsigned(all.get(middle).address(), address) <= 0) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? Optional.empty() : Optional.of(all.get(low - 1));
    }

    @Override
    public List<Symbol> all() {
        return all;
    }
}
