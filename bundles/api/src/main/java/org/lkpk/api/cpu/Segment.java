package org.lkpk.api.cpu;

/**
 * A segment register with its hidden part.
 *
 * @param limit in bytes, granularity applied
 * @param access descriptor bits 40..55: type, S, DPL, P in bits 0..7; AVL, L, D/B, G in bits 12..15
 */
public record Segment(int selector, int base, int limit, int access) { }
