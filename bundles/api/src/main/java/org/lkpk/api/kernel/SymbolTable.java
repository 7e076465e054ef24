package org.lkpk.api.kernel;

import java.util.List;
import java.util.Optional;

/** Symbols of a running kernel. Immutable; any thread. */
public interface SymbolTable {
    /** All of this name, by address. */
    List<Symbol> named(String name);

    /** The one of this name; empty if there is none or more than one. */
    Optional<Symbol> only(String name);

    /** The symbol that {@code address} lies in. */
    Optional<Symbol> covering(int address);

    /** All, by address (unsigned). */
    List<Symbol> all();
}
