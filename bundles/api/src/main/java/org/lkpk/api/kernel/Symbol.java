package org.lkpk.api.kernel;

/**
 * A symbol of the running kernel.
 *
 * @param address where it is now, KASLR applied
 * @param size bytes up to the next symbol
 * @param type the letter of nm: t, T, d, D, …; {@code E} for exported data known only from the export table
 */
public record Symbol(String name, int address, int size, char type) { }
