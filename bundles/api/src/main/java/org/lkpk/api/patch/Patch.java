package org.lkpk.api.patch;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A live patch as data; nothing in it runs on the host.
 *
 * @param name what users call it
 * @param version the bundle's
 * @param objects one per kernel build it can be linked against
 * @param replaced the functions it replaces
 * @param replaces globs over the names of patches that leave as this one arrives
 * @param callbacks functions of the object that the guest calls, by when
 * @param deadline for how long a moment is looked for at which no task is inside
 */
public record Patch(String name, String version, List<ObjectFile> objects, List<Function> replaced, List<String> replaces,
        Map<Moment, String> callbacks, Duration deadline) {
    /** For how long a moment is looked for where the patch does not say. */
    public static final Duration USUAL_DEADLINE = Duration.ofSeconds(5);

    /** One that replaces functions and nothing more. */
    public Patch(String name, String version, List<ObjectFile> objects, List<Function> replaced) {
        this(name, version, objects, replaced, List.of(), Map.of(), USUAL_DEADLINE);
    }

    /**
     * An ELF32 i386 relocatable object.
     *
     * @param title its path in the bundle
     * @param releases glob over kernel releases that it is for: {@code 6.1.*-686}
     * @param buildId the kernel's build id in hex; empty for any
     * @param pristine the object of the unchanged source; empty if there is none
     */
    public record ObjectFile(String title, String releases, String buildId, byte[] elf, byte[] pristine) {
        public ObjectFile(String title, String releases, byte[] elf) {
            this(title, releases, "", elf, new byte[0]);
        }
    }

    /**
     * One function to be replaced.
     *
     * @param name the kernel's
     * @param position 1-based among symbols of this name by address; 0 if the name must be unique
     * @param entry bytes that its entry must hold; empty for the five-byte NOP of a traced function
     * @param module the loadable module that it is in; empty for the kernel itself
     * @param releases glob over kernel releases that have it
     * @param fresh the name of the object's function that takes its place
     */
    public record Function(String name, int position, byte[] entry, String module, String releases, String fresh) {
        public Function(String name, int position, byte[] entry) {
            this(name, position, entry, "", "*", name);
        }
    }

    /** When the guest calls a function of the patch. */
    public enum Moment { BEFORE_APPLY, AFTER_APPLY, BEFORE_REVERT, AFTER_REVERT }
}
