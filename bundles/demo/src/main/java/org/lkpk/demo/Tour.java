package org.lkpk.demo;

import java.io.IOException;
import java.time.Duration;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Console;
import org.lkpk.api.machine.Consoles;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.lkpk.api.machine.Specification;
import org.lkpk.api.patch.Patcher;
import org.osgi.framework.Bundle;

/** The main job from beginning to end, step by step. */
final class Tour {
    private static final Duration BOOT = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration REST = Duration.ofSeconds(10);
    private static final int READS = 1000;

    private final House house;
    private final Guest guest;
    private final Specification specification;
    private final Report report;
    private Machine machine;
    private Shell shell;
    private Story story;
    private KernelImage kernel;
    private double bootSeconds;

    Tour(House house, Guest guest, Specification specification, Report report) {
        this.house = house;
        this.guest = guest;
        this.specification = specification;
        this.report = report;
    }

    void run() throws Failure, InterruptedException {
        house();
        Guest.Image image = fetch();
        try {
            machine = house.service(Machines.class).create(specification);
        } catch (IllegalArgumentException impossible) {
            throw new Failure(impossible.getMessage());
        } catch (OutOfMemoryError small) {
            throw new Failure("-m: the JVM's heap (-Xmx) has no room for it");
        }
        try {
            boot(image);
            patch();
            hotPlug();
            update();
        } finally {
            if (shell != null) shell.close();
            machine.dispose();
        }
        report.end();
    }

    private void house() {
        report.step("house", house.bundles() + " bundles of features.xml in Felix, since the JVM's start");
    }

    private Guest.Image fetch() throws Failure {
        try {
            Guest.Image image = guest.fetch(report::seen);
            report.step("guest", image.boot().title() + ", ready to boot");
            return image;
        } catch (GuestUnavailable unavailable) {
            throw new Failure(unavailable.getMessage());
        }
    }

    private void boot(Guest.Image image) throws Failure, InterruptedException {
        Console console = house.service(Consoles.class).of(machine);
        boolean tiny = guest.name().equals("tiny");
        shell = new Shell(console, tiny ? "tiny" : "lkpk", PATIENCE);
        story = tiny ? new TinyStory(shell, machine, report) : new DebianStory(shell, machine, report);
        Screen screen = new Screen(report);
        try (Console.Watch watch = console.watch(screen, false)) {
            Kernels kernels = house.service(Kernels.class);
            if (image.systemMap().isPresent()) kernels.systemMap(machine, image.systemMap().get());
            machine.boot(image.boot());
            machine.ending().thenAccept(ending -> shell.ended(ending.cause()));
            shell.ready(BOOT);
            watch.drain(REST);
        } catch (BootRefused | IOException refused) {
            throw new Failure(refused.getMessage());
        }
        screen.end();
        bootSeconds = report.seconds();
        report.step("boot", String.format("a shell on ttyS0 after %,d instructions", machine.counters().instructions()));
    }

    private void patch() throws Failure, InterruptedException {
        kernel = house.service(Kernels.class).running(machine)
                .orElseThrow(() -> new Failure("the running kernel is not found in memory"));
        report.summary("kernel", "%s, KASLR slide %x", kernel.release().isEmpty() ? kernel.banner() : kernel.release(), kernel.slide());
        report.summary("boot", "%.1f s", bootSeconds);
        Bundle patch = house.bundle(story.patch());
        report.seen(story.identity());
        String old = story.line();
        String trouble = story.trouble();
        KernelText before = KernelText.of(machine, kernel);
        report.seen(old);
        House.start(patch);
        String fresh = story.line();
        report.seen(fresh);
        report.checkEqual("line with the patch", story.mark() + old, fresh);
        House.stop(patch);
        report.checkEqual("line without the patch", old, story.line());
        report.step("patch", story.command() + " with " + story.patch() + " and without");
        Story.Reader reader = story.reader(old);
        long reads = new Toggling(patch, READS, report).run(reader);
        reader.end();
        report.checkEqual("what the kernel tells of trouble", trouble, story.trouble());
        KernelText after = KernelText.of(machine, kernel);
        report.checkEqual("kernel text after the last stop", "", after.difference(before));
        report.step("toggle", String.format("10 times under %,d reads; text %s… as before", reads, after.digest()));
        double[] pauses = Toggling.pauses(house.service(Patcher.class), patch, machine);
        report.summary("guest's pause", "median %.2f ms, worst %.2f ms for a start or stop of the patch", pauses[0], pauses[1]);
    }

    private void hotPlug() throws Failure, InterruptedException {
        report.step("com2", story.hotPlug(house.bundle("org.lkpk.slot.com2")));
    }

    private void update() throws Failure, InterruptedException {
        CpuUpdate update = new CpuUpdate(house.bundle("org.lkpk.cpu"), machine);
        String before = update.running();
        String shown = story.compute(update::run);
        report.checkEqual("version of the CPU", update.version().toString(), update.running());
        report.step("cpu", before + " -> " + update.running() + " " + shown);
        Machine.Counters counters = machine.counters();
        report.summary("instructions", "%,d, %.0f MIPS", counters.instructions(), counters.instructions() * 1e3 / counters.busy());
    }
}
