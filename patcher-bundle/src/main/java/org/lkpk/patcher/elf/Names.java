package org.lkpk.patcher.elf;

import org.lkpk.api.patch.PatchRefused;

/** Where the symbols are that an object does not define. */
public interface Names {
    /** @throws PatchRefused naming the symbol if there is none of that name, or more than one */
    int address(String name) throws PatchRefused;

    /** The word of the kernel's memory at a linear address. */
    int word(int linear) throws PatchRefused;
}
