package org.lkpk.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import org.lkpk.api.demo.Demo;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.machine.Specification;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** {@code lkpk demo}. */
@Component
public final class Showing implements Demo {
    private static final int FAILED = 1;
    private static final int TIMED_OUT = 124;

    private final BundleContext context;

    @Activate
    public Showing(BundleContext context) {
        this.context = context;
    }

    @Override
    public int show(Guest guest, Specification machine, Duration limit) {
        Timer timer = new Timer("lkpk-demo-timeout", true);
        if (!limit.isZero()) timer.schedule(interruption(), limit.toMillis());
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        try {
            new Tour(new House(context), guest, machine, new Report(out, terminal())).run();
            return 0;
        } catch (Failure failure) {
            return told("demo failed: " + failure.getMessage(), FAILED);
        } catch (InterruptedException late) {
            return told("--timeout: " + limit.toMillis() / 1000.0 + " s have passed", TIMED_OUT);
        } finally {
            timer.cancel();
        }
    }

    private static TimerTask interruption() {
        Thread demo = Thread.currentThread();
        return new TimerTask() {
            @Override
            public void run() {
                demo.interrupt();
            }
        };
    }

    /** Whether standard output is one. */
    private static boolean terminal() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString().matches("/dev/(pts|tty).*");
        } catch (IOException unknown) {
            return false;
        }
    }

    private static int told(String line, int status) {
        System.err.println("lkpk: " + line);
        return status;
    }
}
