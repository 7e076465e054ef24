package org.lkpk.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * What the launcher calls on the main thread once everything is started: reads the command line, does what it asks and
 * returns the exit status. The demo is a service of its own, a {@code ToIntFunction} with the property
 * {@code lkpk.demo=true}: it gets the options by name, without dashes, and answers with the exit status.
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
                default -> demo(line.map());
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

    private int demo(Map<String, String> options) throws Refusal {
        try {
            for (ServiceReference<?> found : context.getServiceReferences(ToIntFunction.class, "(lkpk.demo=true)")) {
                @SuppressWarnings("unchecked")
                ToIntFunction<Map<String, String>> demo = (ToIntFunction<Map<String, String>>) context.getService(found);
                return demo.applyAsInt(options);
            }
        } catch (InvalidSyntaxException impossible) {
            throw new AssertionError(impossible);
        }
        throw new Refusal("demo: no bundle offers it");
    }

    /** Bundles stop: so does the command. */
    @Deactivate
    void deactivate() {
        end.cancel(false);
    }
}
