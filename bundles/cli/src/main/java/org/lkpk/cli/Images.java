package org.lkpk.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.machine.Boot;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What to boot: the user's own files, or a guest that a bundle knows how to get. */
final class Images {
    private final BundleContext context;

    Images(BundleContext context) {
        this.context = context;
    }

    /** @param usual the guest where the user names neither kernel nor guest; null if one must be named */
    Guest.Image find(CommandLine line, String usual) throws Refusal {
        if (line.has(Option.KERNEL)) {
            if (line.has(Option.GUEST)) throw new Refusal("--guest: not together with --kernel");
            return new Guest.Image(files(line), Optional.empty());
        }
        if (line.has(Option.INITRD)) throw new Refusal("--initrd: needs --kernel");
        String name = line.value(Option.GUEST, usual);
        if (name == null) throw new Refusal("run: name a kernel (--kernel FILE) or a guest (--guest debian or tiny)");
        Guest.Image image = fetched(guest(name));
        if (!line.has(Option.APPEND)) return image;
        Boot boot = image.boot();
        return new Guest.Image(new Boot(boot.title(), boot.kernel(), boot.initrd(), line.value(Option.APPEND, "")),
                image.systemMap());
    }

    private static Boot files(CommandLine line) throws Refusal {
        String kernel = line.value(Option.KERNEL, "");
        byte[] initrd = line.has(Option.INITRD) ? read(Option.INITRD, line.value(Option.INITRD, "")) : new byte[0];
        return new Boot(kernel, read(Option.KERNEL, kernel), initrd, line.value(Option.APPEND, ""));
    }

    private static byte[] read(Option option, String file) throws Refusal {
        try {
            if (Files.isDirectory(Path.of(file))) throw new Refusal(option.dashed() + " " + file + ": is a folder");
            return Files.readAllBytes(Path.of(file));
        } catch (IOException | InvalidPathException failure) {
            throw new Refusal(option.dashed() + " " + file + ": " + reason(failure));
        } catch (OutOfMemoryError tooLarge) {
            throw new Refusal(option.dashed() + " " + file + ": too large");
        }
    }

    private static Guest.Image fetched(Guest guest) throws Refusal {
        try {
            return guest.fetch(text -> System.err.println("lkpk: " + text));
        } catch (GuestUnavailable unavailable) {
            throw new Refusal(unavailable.getMessage());
        }
    }

    /** @param wanted a guest's name, and behind a colon the kernel if it is not the usual one */
    Guest guest(String wanted) throws Refusal {
        String[] parts = wanted.split(":", 2);
        try {
            for (ServiceReference<Guest> found : context.getServiceReferences(Guest.class, null)) {
                if (!parts[0].equals(found.getProperty(Guest.NAME))) continue;
                Guest guest = context.getService(found);
                return parts.length == 1 ? guest : new Guest.With(guest, parts[1]);
            }
        } catch (InvalidSyntaxException impossible) {
            throw new AssertionError(impossible);
        }
        throw new Refusal("--guest " + wanted + ": no bundle offers such a guest");
    }

    /** Why a file cannot be read or written, in words; its name is left to the caller. */
    static String reason(Exception failure) {
        if (failure instanceof NoSuchFileException) return "no such file";
        if (failure instanceof AccessDeniedException) return "permission denied";
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
