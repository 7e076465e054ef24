package org.lkpk.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.machine.Console;
import org.lkpk.api.machine.Consoles;
import org.osgi.framework.BundleContext;

/** {@code lkpk run}: a machine with ttyS0 on standard input and output and no shell. */
final class Run {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final BundleContext context;
    private final CommandLine line;
    /** Completed with the exit status by what ends the command first; cancelled when the framework stops. */
    private final CompletableFuture<Integer> end;

    Run(BundleContext context, CommandLine line, CompletableFuture<Integer> end) {
        this.context = context;
        this.line = line;
        this.end = end;
    }

    int run() throws Refusal, InterruptedException {
        Serial serial = Serial.of(line.value(Option.SERIAL, "stdio"));
        line.check();
        Guest.Image image = new Images(context).find(line, null);
        OutputStream out = serial.open();
        try (Station station = new Station(context, line)) {
            Console console = station.service(Consoles.class).of(station.machine());
            try (Console.Watch watch = console.watch(new Outlet(out, end), false);
                    Terminal terminal = serial.kind() == Serial.Kind.STDIO ? Terminal.raw() : null) {
                station.boot(image);
                station.machine().ending().thenAccept(ending -> {
                    if (ending.status() != 0) station.tell(ending.cause());
                    end.complete(ending.status());
                });
                if (serial.kind() == Serial.Kind.STDIO) listen(console, terminal != null);
                int status = station.await(end);
                // A slow reader gets all of it, unless time is up.
                while (!watch.drain(PATIENCE) && !line.has(Option.TIMEOUT)) continue;
                return status;
            }
        }
    }

    private void listen(Console console, boolean terminal) {
        Thread thread = new Thread(new Typing(System.in, console, terminal, () -> end.complete(0)), "standard-input");
        thread.setDaemon(true);
        thread.start();
    }

    /** Where ttyS0 goes; ends the command, with status 1, when it takes no more. */
    private static final class Outlet extends FilterOutputStream {
        private final CompletableFuture<Integer> end;

        Outlet(OutputStream out, CompletableFuture<Integer> end) {
            super(out);
            this.end = end;
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            try {
                out.write(bytes, from, count);
            } catch (IOException closed) {
                if (end.complete(1)) System.err.println("lkpk: --serial: " + Images.reason(closed));
                throw closed;
            }
        }
    }
}
