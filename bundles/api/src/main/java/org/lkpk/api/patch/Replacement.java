package org.lkpk.api.patch;

/**
 * A function of a running kernel and what stands in its place.
 *
 * @param machine name of the machine
 * @param function its name
 * @param address where the kernel has it
 * @param old its code, as it is without patches
 * @param freshAddress where the new code lies
 * @param deviation how the guest's memory differs from what it should be, in one line; empty if it does not
 */
public record Replacement(String machine, String function, int address, byte[] old, int freshAddress, byte[] fresh,
        String deviation) { }
