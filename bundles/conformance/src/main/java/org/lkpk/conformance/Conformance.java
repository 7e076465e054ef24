package org.lkpk.conformance;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.Packages;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code lkpk conformance}: has every judge say what it thinks of the processor, and writes that to standard output and
 * to {@code docs/conformance.md}. The exit status is 0 if nothing differs.
 */
@Component(service = Callable.class, property = "lkpk.main=conformance")
public final class Conformance implements Callable<Integer> {
    private static final int DIFFERS = 1, MISUSE = 2;
    private static final String USE = """
            conformance [--fetch] [--seed N] [--suites FOLDER] [--test386 ROM] [--engine NAME] [--only NAME]
            conformance --record [--seed N]
            conformance --keep [--seed N]
              --fetch           get what suites need: Debian's kernel, its source, memtest86+
              --seed N          make the fresh record from this
              --suites FOLDER   TestFloat's vectors and MOO files
              --test386 ROM     the ROM of test386.asm
              --engine NAME     interpreter, translator (if not given) or translator-all, which translates all code before it
                                runs; leaves docs/conformance.md as it is
              --only NAME       this suite alone, and leave docs/conformance.md as it is
              --record          make the kept record anew, from seed 1 or N: needs gcc -m32 (Debian: gcc-multilib)
              --keep            make the kept record of what Bochs and QEMU do anew, from seed 1 or N""";

    /** All of them; a new judge takes its place here. */
    private static final List<Suite> SUITES = List.of(new KeptRecord(), new FreshRecord(), new TestFloatSuite(), new MooSuite(),
            new Test386Suite(), new KeptOutcomes(), new Privileged(), new PaeKernel(), new Selftests(), new Memtest());

    private final BundleContext context;
    private final ServiceObjects<Cpu> processors;
    private final Packages packages;
    private final Guest debian;

    @Activate
    public Conformance(BundleContext context, @Reference ServiceReference<Cpu> processors, @Reference Packages packages,
            @Reference(target = "(" + Guest.NAME + "=debian)") Guest debian) {
        this.context = context;
        this.processors = context.getServiceObjects(processors);
        this.packages = packages;
        this.debian = debian;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(context.getProperty("lkpk.arguments").split("\0")));
        arguments.remove("");
        // The distribution lies in target/lkpk of the project.
        Path project = Path.of(context.getProperty("lkpk.home")).getParent().getParent();
        try {
            boolean fetch = arguments.remove("--fetch"), record = arguments.remove("--record"), keep = arguments.remove("--keep");
            int any = record || keep ? 1 : ThreadLocalRandom.current().nextInt(1, 1 << 30);
            long seed = Long.decode(option(arguments, "--seed").orElse(Integer.toString(any)));
            Path suites = option(arguments, "--suites").map(Path::of).orElseGet(Suites::folder);
            Optional<Path> rom = option(arguments, "--test386").map(Path::of);
            Optional<String> engine = option(arguments, "--engine");
            String only = option(arguments, "--only").orElse("");
            if (arguments.equals(List.of("--help"))) return print(USE + "\n", 0);
            if (!arguments.isEmpty()) return refuse(arguments.get(0) + "?\n" + USE);
            if (record) return record(project, seed);
            if (keep) return keep(project, seed);
            List<Suite> chosen = SUITES.stream().filter(s -> only.isEmpty() || s.name().equals(only)).toList();
            if (chosen.isEmpty()) return refuse("--only: there are " + SUITES.stream().map(Suite::name).toList());
            Setting setting = new Setting(project, suites, rom, seed, fetch, processors::getService,
                    engine.map(Engine::of).orElse(Engine.TRANSLATOR), packages, debian, Conformance::tell);
            return report(chosen, setting, only.isEmpty() && engine.isEmpty());
        } catch (NumberFormatException none) {
            return refuse("--seed: " + none.getMessage());
        } catch (IllegalArgumentException none) {
            return refuse("--engine: " + none.getMessage());
        }
    }

    private static int keep(Path project, long seed) throws IOException, InterruptedException {
        KeptOutcomes.record(project, seed);
        return 0;
    }

    private static int record(Path project, long seed) throws IOException, InterruptedException {
        Path to = project.resolve(KeptRecord.FILE);
        Recorder.record(project, seed, Recorder.CASES, to);
        return print(to + ": " + Files.size(to) + " bytes\n", 0);
    }

    private static int report(List<Suite> suites, Setting setting, boolean all) throws IOException, InterruptedException {
        Report report = new Report();
        for (Suite suite : suites) {
            tell(suite.title());
            report.add(suite, run(suite, setting));
        }
        if (all) Files.writeString(setting.project().resolve("docs/conformance.md"), report.page());
        return print(report.table(), report.differences() == 0 ? 0 : DIFFERS);
    }

    /** One that breaks off does not keep the others from running. */
    private static Suite.Result run(Suite suite, Setting setting) throws InterruptedException {
        try {
            return suite.run(setting);
        } catch (IOException | RuntimeException broken) {
            return new Suite.Result(0, 1, "", "broke off: " + broken);
        }
    }

    private static int print(String text, int status) {
        // System.out is diverted by the launcher.
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8).print(text);
        return status;
    }

    /** Takes an option and its value out of the arguments. */
    private static Optional<String> option(List<String> arguments, String name) {
        int at = arguments.indexOf(name);
        if (at < 0 || at + 1 == arguments.size()) return Optional.empty();
        arguments.remove(at);
        return Optional.of(arguments.remove(at));
    }

    private static void tell(String line) {
        System.err.println("lkpk: " + line);
    }

    private static int refuse(String line) {
        tell(line);
        return MISUSE;
    }
}
