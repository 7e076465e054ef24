package org.lkpk.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.lkpk.api.demo.Demo;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.machine.Specification;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * What the launcher calls on the main thread once everything is started: reads the command line, does what it asks and
 * returns the exit status.
 */
@Component(service = Callable.class, property = "lkpk.main=true")
public final class Entry implements Callable<Integer> {
    private final BundleContext context;
    private final CompletableFuture<Integer> end = new CompletableFuture<>();

    @Activate
    public Entry(BundleContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        String arguments = context.getProperty("lkpk.arguments");
        String command = context.getProperty("lkpk.command");
        try {
            CommandLine line = new CommandLine(arguments.isEmpty() ? List.of() : List.of(arguments.split("\0", -1)));
            if (line.has(Option.HELP)) return help();
            return switch (command) {
                case "run" -> new Run(context, line, end).run();
                case "shell" -> new Shell(context, line, end).run();
                default -> demo(line);
            };
        } catch (Refusal refusal) {
            System.err.println("lkpk: " + refusal.getMessage());
            return Refusal.STATUS;
        }
    }

    private static int help() {
        new PrintStream(new FileOutputStream(FileDescriptor.out), true).print(Option.help());
        return 0;
    }

    private int demo(CommandLine line) throws Refusal {
        line.only("the demo", Option.GUEST, Option.MEMORY, Option.CPU, Option.ENGINE, Option.NAME, Option.TIMEOUT, Option.STATE);
        Specification machine = line.specification("demo-").withoutReboot();
        Duration limit = Duration.ofMillis((long) (1000 * line.timeout().orElse(0)));
        Guest guest = new Images(context).guest(line.value(Option.GUEST, "debian"));
        ServiceReference<Demo> found = context.getServiceReference(Demo.class);
        if (found == null) throw new Refusal("demo: no bundle offers it");
        return context.getService(found).show(guest, machine, limit);
    }

    /** Bundles stop: so does the command. */
    @Deactivate
    void deactivate() {
        end.cancel(false);
    }
}
