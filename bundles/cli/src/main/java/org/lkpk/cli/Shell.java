package org.lkpk.cli;

import java.util.concurrent.CompletableFuture;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.machine.Console;
import org.lkpk.api.machine.Consoles;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** {@code lkpk} alone: the machine boots, and the Felix shell comes up on the terminal until it is left. */
final class Shell {
    /** Gogo's shell on the terminal stands at 90: it comes when commands, machine and guest are there. */
    private static final int TERMINAL_LEVEL = 100;
    private static final String USUAL_GUEST = "debian";

    private final BundleContext context;
    private final CommandLine line;
    /** Cancelled when the framework stops: the shell was left. */
    private final CompletableFuture<Integer> end;

    Shell(BundleContext context, CommandLine line, CompletableFuture<Integer> end) {
        this.context = context;
        this.line = line;
        this.end = end;
    }

    @SuppressWarnings("try") // Watching is all that the watch is for.
    int run() throws Refusal, InterruptedException {
        Serial serial = Serial.of(line.value(Option.SERIAL, "none"));
        if (serial.kind() == Serial.Kind.STDIO) throw new Refusal("--serial stdio: the shell has the terminal; use its console");
        line.check();
        Guest.Image image = new Images(context).find(line, USUAL_GUEST);
        try (Station station = new Station(context, line)) {
            Console console = station.service(Consoles.class).of(station.machine());
            try (Console.Watch watch = console.watch(serial.open(), false)) {
                station.boot(image);
                station.machine().ending().thenAccept(ending -> station.tell(ending.cause()));
                System.err.println("lkpk: " + station.machine().name() + " boots " + image.boot().title()
                        + "; type console to see it, help for the commands, exit to power off");
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkStartLevel.class)
                        .setStartLevel(TERMINAL_LEVEL);
                return station.await(end);
            }
        }
    }
}
