package org.lkpk.api.kernel;

/** The kernel found in a machine's RAM. Immutable; any thread. */
public interface KernelImage {
    /** {@code Linux version …}, or what the kernel calls itself. */
    String banner();

    /** The release alone: {@code 6.1.0-50-686}; empty if unknown. */
    String release();

    /** The linker's build id in hex; empty if the kernel has none. */
    String buildId();

    /** Linear address of its first byte ({@code _text}). */
    int base();

    /** How far KASLR moved it, in bytes. */
    int slide();

    SymbolTable symbols();
}
