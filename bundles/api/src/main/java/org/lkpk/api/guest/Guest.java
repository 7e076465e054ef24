package org.lkpk.api.guest;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.lkpk.api.machine.Boot;

/** A guest system that the kit knows how to get; a service that carries its name as the property {@link #NAME}. */
public interface Guest {
    /** The service property: {@code debian}, {@code tiny}. */
    String NAME = "lkpk.guest";

    String name();

    /**
     * Gets everything there is to boot, from the network if it must; any thread. May take minutes the first time and
     * waits for another process that is getting the same.
     *
     * @param progress is given lines for people
     * @throws GuestUnavailable naming what cannot be had and why; nothing is left half done
     */
    Image fetch(Consumer<String> progress) throws GuestUnavailable;

    /**
     * The same with another kernel.
     *
     * @param kernel a release such as {@code 6.1.0-47-686-pae}, or a flavour such as {@code 686-pae} for its release of the day
     * @throws GuestUnavailable also if there is no such kernel
     */
    default Image fetch(String kernel, Consumer<String> progress) throws GuestUnavailable {
        throw new GuestUnavailable(name() + ": has one kernel only, not " + kernel);
    }

    /** A guest with another kernel for its usual one. */
    record With(Guest guest, String kernel) implements Guest {
        @Override
        public String name() {
            return guest.name();
        }

        @Override
        public Image fetch(Consumer<String> progress) throws GuestUnavailable {
            return guest.fetch(kernel, progress);
        }
    }

    /**
     * A guest that is ready.
     *
     * @param boot what to boot, with the command line that the guest wants
     * @param systemMap its kernel's symbols, for a kernel that carries none of its own
     */
    record Image(Boot boot, Optional<Path> systemMap) { }
}
