package org.lkpk.guest.tiny;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.machine.Boot;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * A kernel of our own, so that machine and patcher have something to run with no network, in milliseconds, always the
 * same. Its source, head.s, tells what it does.
 */
@Component(property = Guest.NAME + "=tiny")
public final class TinyGuest implements Guest {
    private static final String APPEND = "console=ttyS0";
    private final BundleContext bundle;

    @Activate
    public TinyGuest(BundleContext bundle) {
        this.bundle = bundle;
    }

    @Override
    public String name() {
        return "tiny";
    }

    @Override
    public Image fetch(Consumer<String> progress) throws GuestUnavailable {
        try {
            return new Image(new Boot("tiny.bin", resource("tiny.bin"), new byte[0], APPEND), Optional.of(systemMap()));
        } catch (IOException failed) {
            throw new GuestUnavailable("tiny: its System.map cannot be written: " + failed.getMessage());
        }
    }

    /** In the bundle's own storage, for those who want a file. */
    private synchronized Path systemMap() throws IOException {
        Path file = bundle.getDataFile("System.map").toPath();
        Files.write(file, resource("System.map"));
        return file;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = TinyGuest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
