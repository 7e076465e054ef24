package org.lkpk.api.patch;

import java.util.List;

/**
 * A live patch as data; nothing in it runs on the host.
 *
 * @param name what users call it
 * @param version the bundle's
 * @param objects one per kernel build it can be linked against
 * @param replaced the functions it replaces
 */
public record Patch(String name, String version, List<ObjectFile> objects, List<Function> replaced) {
    /**
     * An ELF32 i386 relocatable object.
     *
     * @param title its path in the bundle
     * @param releases glob over kernel releases that it is for: {@code 6.1.*-686}
     */
    public record ObjectFile(String title, String releases, byte[] elf) { }

    /**
     * One function to be replaced by the one of the same name in the object.
     *
     * @param position 1-based among symbols of this name by address; 0 if the name must be unique
     * @param entry bytes that its entry must hold; empty for the five-byte NOP of a traced function
     */
    public record Function(String name, int position, byte[] entry) { }
}
