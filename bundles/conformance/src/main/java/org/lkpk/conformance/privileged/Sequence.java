package org.lkpk.conformance.privileged;

/**
 * One case: a state to begin with, and instructions.
 *
 * @param mode what it begins in, for people
 * @param records what the harness lays out for it: addresses, lengths, bytes
 */
public record Sequence(int number, String mode, byte[] records) { }
