package org.lkpk.itest;

import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.AssumptionViolatedException;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Consoles;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.lkpk.api.machine.Specification;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** A machine with one of the kit's guests, and a user at its terminal. */
final class RunningGuest implements AutoCloseable {
    private final BundleContext context;
    private final Guest.Image image;
    final Machine machine;
    final Terminal terminal;

    private RunningGuest(BundleContext context, Guest.Image image, Specification specification) throws Exception {
        this.context = context;
        this.image = image;
        machine = service(context, Machines.class).create(specification);
        terminal = new Terminal(service(context, Consoles.class).of(machine));
        nameSymbols();
    }

    /** A machine of 16 MB with tiny in it, still off. */
    static RunningGuest tiny(BundleContext context, String name) throws Exception {
        return tiny(context, Specification.named(name).withMemory(16 << 20));
    }

    static RunningGuest tiny(BundleContext context, Specification specification) throws Exception {
        return new RunningGuest(context, guest(context, "tiny").fetch(line -> { }), specification);
    }

    /**
     * A machine with Debian's kernel, still off, or the one that {@code -Dlkpk.kernel=RELEASE} names; where that cannot be had
     * the test is skipped, or fails if so asked.
     */
    static RunningGuest debian(BundleContext context, Specification specification) throws Exception {
        return debian(context, System.getProperty("lkpk.kernel", ""), specification);
    }

    /** @param kernel a release or a flavour of Debian's; empty for the usual one */
    static RunningGuest debian(BundleContext context, String kernel, Specification specification) throws Exception {
        return new RunningGuest(context, soon(fetched(context, kernel)), specification);
    }

    /** Debian with the command line that the guest has by default. */
    static RunningGuest wholeDebian(BundleContext context, Specification specification) throws Exception {
        return new RunningGuest(context, fetched(context, ""), specification);
    }

    private static Guest.Image fetched(BundleContext context, String kernel) throws Exception {
        try {
            Guest debian = guest(context, "debian");
            return kernel.isEmpty() ? debian.fetch(line -> { }) : debian.fetch(kernel, line -> { });
        } catch (GuestUnavailable unavailable) {
            if (System.getProperty("lkpk.guest", "").equals("required")) throw unavailable;
            throw new AssumptionViolatedException("skipped: " + unavailable.getMessage());
        }
    }

    /** Without the kernel's tests of its own ciphers, which are half of its boot. */
    private static Guest.Image soon(Guest.Image image) {
        Boot boot = image.boot();
        return new Guest.Image(new Boot(boot.title(), boot.kernel(), boot.initrd(), boot.append() + " cryptomgr.notests"), image.systemMap());
    }

    private static Guest guest(BundleContext context, String name) throws Exception {
        for (ServiceReference<Guest> found : context.getServiceReferences(Guest.class, "(" + Guest.NAME + "=" + name + ")"))
            return context.getService(found);
        throw new GuestUnavailable("no bundle offers the guest " + name);
    }

    static <S> S service(BundleContext context, Class<S> type) {
        ServiceReference<S> found = context.getServiceReference(type);
        assertTrue("no service " + type.getSimpleName(), found != null);
        return context.getService(found);
    }

    /** Powers on and waits for the shell's prompt. */
    RunningGuest boot() throws Exception {
        return boot(Duration.ofSeconds(300));
    }

    RunningGuest boot(Duration patience) throws Exception {
        start();
        terminal.prompt(patience);
        return this;
    }

    /** Powers on. */
    void start() throws BootRefused {
        machine.boot(image.boot());
    }

    /** Tells the patcher of the kernel's System.map, if it has one; a new patcher knows none. */
    void nameSymbols() throws Exception {
        if (image.systemMap().isPresent())
            service(context, Kernels.class).systemMap(machine, image.systemMap().get());
    }

    /** What {@code work} finds on the machine's thread. */
    <T> T atRest(Callable<T> work) throws Exception {
        return machine.atRest(Machine.When.ANY, Duration.ofSeconds(10), work);
    }

    /** Pauses it where it next comes to {@code linear}: behind the straight code there, at most. */
    void pauseAt(int linear) throws Exception {
        CompletableFuture<Void> there = new CompletableFuture<>();
        Cpu.Trap trap = atRest(() -> {
            Cpu cpu = machine.cpus().get(0);
            return cpu.trapAt(linear, () -> {
                machine.pause();
                cpu.interject();
                there.complete(null);
            });
        });
        try {
            there.get(60, TimeUnit.SECONDS);
            await("paused", () -> machine.status() == Machine.Status.PAUSED);
        } finally {
            atRest(() -> {
                trap.clear();
                return null;
            });
        }
    }

    /** Waits until something holds, ten seconds at most. */
    static void await(String what, Callable<Boolean> holds) throws Exception {
        for (int i = 0; i < 500; i++) {
            if (holds.call()) return;
            Thread.sleep(20);
        }
        fail(what + ": not within 10 s");
    }

    @Override
    public void close() {
        terminal.close();
        machine.dispose();
    }
}
