package org.lkpk.conformance;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Profile;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceScope;

/**
 * {@code lkpk test386 ROM [--port PORT]}: runs the ROM of test386.asm on an 80386, its text to standard output; the exit
 * status is 0 if its last code is FFh.
 */
@Component(service = Callable.class, property = "lkpk.main=test386")
public final class Test386 implements Callable<Integer> {
    static final int FAILED = 1, MISUSE = 2;
    private static final int PASSED = 0xFF;

    private final Cpu cpu;
    private final List<String> arguments;
    private final OutputStream text;

    @Activate
    public Test386(BundleContext context, @Reference(scope = ReferenceScope.PROTOTYPE_REQUIRED) Cpu cpu) {
        this(cpu, Arrays.asList(context.getProperty("lkpk.arguments").split("\0")),
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    }

    Test386(Cpu cpu, List<String> arguments, OutputStream text) {
        this.cpu = cpu;
        this.arguments = new ArrayList<>(arguments);
        this.text = text;
    }

    @Override
    public Integer call() throws IOException {
        String rom = "";
        try {
            int port = port();
            if (arguments.size() != 1 || arguments.get(0).isEmpty() || arguments.get(0).startsWith("-"))
                return refuse("test386 ROM [--port PORT]: the ROM of test386.asm is run, and what it writes to PORT (0xE9) shown");
            rom = arguments.get(0);
            return run(Files.readAllBytes(Path.of(rom)), port);
        } catch (NumberFormatException none) {
            return refuse("--port: not a number: " + none.getMessage());
        } catch (IOException | InvalidPathException unreadable) {
            String reason = unreadable instanceof NoSuchFileException ? "no such file" : "cannot be read: " + unreadable.getMessage();
            return refuse("test386 " + rom + ": " + reason);
        } catch (IllegalArgumentException noRom) {
            return refuse("test386 " + rom + ": " + noRom.getMessage());
        } finally {
            text.flush();
        }
    }

    /** Takes {@code --port PORT} out of the arguments. */
    private int port() {
        int at = arguments.indexOf("--port");
        if (at < 0 || at + 1 == arguments.size()) return RomMachine.TEXT_PORT;
        arguments.remove(at);
        return Integer.decode(arguments.remove(at));
    }

    private int run(byte[] rom, int port) throws IOException {
        RomMachine machine = new RomMachine(cpu, Engine.TRANSLATOR, Profile.I386, rom, text, port);
        int last = machine.run();
        text.flush();
        if (last == PASSED) {
            System.err.println("lkpk: test386: passed, POST FF");
            return 0;
        }
        System.err.printf("lkpk: test386: %s; %s%n", last < 0 ? "no POST code" : String.format("stopped in POST %02X", last),
                machine.place());
        return FAILED;
    }

    private static int refuse(String line) {
        System.err.println("lkpk: " + line);
        return MISUSE;
    }
}
