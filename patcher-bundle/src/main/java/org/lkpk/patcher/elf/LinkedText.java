package org.lkpk.patcher.elf;

import java.util.Map;

/**
 * Code and data of a patch, ready to stand at one address.
 *
 * @param base linear address of the first byte
 * @param entries linear address of each new function
 */
public record LinkedText(int base, byte[] bytes, Map<String, Integer> entries) { }
