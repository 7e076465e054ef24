package org.lkpk.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** A machine as the command line asks for it, with its socket for {@code lkpk attach} and its patches, until closed. */
final class Station implements AutoCloseable {
    private static final int TIMED_OUT = 124;

    private final BundleContext context;
    private final CommandLine line;
    private final Machine machine;
    private final Attachments attachments;
    private String told = "";

    Station(BundleContext context, CommandLine line) throws Refusal {
        this.context = context;
        this.line = line;
        try {
            machine = service(Machines.class).create(line.specification());
        } catch (IllegalArgumentException impossible) {
            throw new Refusal(impossible.getMessage());
        } catch (OutOfMemoryError small) {
            throw new Refusal("-m " + line.value(Option.MEMORY, "256") + ": the JVM's heap (-Xmx) has no room for it");
        }
        try {
            attachments = new Attachments(Path.of(context.getProperty("lkpk.sockets")), machine.name(), new GogoCommands(context));
        } catch (Refusal refusal) {
            machine.dispose();
            throw refusal;
        }
    }

    Machine machine() {
        return machine;
    }

    <S> S service(Class<S> type) throws Refusal {
        ServiceReference<S> found = context.getServiceReference(type);
        S service = found == null ? null : context.getService(found);
        if (service == null) throw new Refusal("no " + type.getSimpleName() + ": the bundle that offers it is not active");
        return service;
    }

    /** Starts the patches, which then wait for their kernel, and powers on. */
    void boot(Guest.Image image) throws Refusal {
        machine.listen(new Machine.Listener() {
            @Override
            public void told(String text) {
                tell(text);
            }
        });
        for (String file : line.values(Option.PATCH)) PatchFile.start(context, file);
        try {
            if (image.systemMap().isPresent()) service(Kernels.class).systemMap(machine, image.systemMap().get());
            machine.boot(image.boot());
        } catch (BootRefused | IOException refused) {
            throw new Refusal(refused.getMessage());
        }
    }

    /** Says a line to the user, but not twice: a machine's ending may have been told already. */
    synchronized void tell(String text) {
        if (!text.equals(told)) System.err.println("lkpk: " + text);
        told = text;
    }

    /** The exit status, as soon as something has completed {@code end}; 0 if it was cancelled. */
    int await(CompletableFuture<Integer> end) throws Refusal, InterruptedException {
        OptionalDouble timeout = line.timeout();
        try {
            if (timeout.isEmpty()) return end.get();
            return end.get((long) (timeout.getAsDouble() * 1000), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            System.err.println("lkpk: --timeout: " + line.value(Option.TIMEOUT, "") + " s have passed");
            return TIMED_OUT;
        } catch (CancellationException stopping) {
            return 0;
        } catch (ExecutionException failure) {
            throw new Refusal("the machine broke down: " + failure.getCause());
        }
    }

    @Override
    public void close() {
        attachments.close();
        machine.dispose();
    }
}
