package org.lkpk.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** {@code lkpk demo}: gets the options by name and answers with the exit status, 0 only if all that it showed held. */
@Component(property = "lkpk.demo=true")
public final class Demo implements ToIntFunction<Map<String, String>> {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final int TIMED_OUT = 124;

    private final BundleContext context;

    @Activate
    public Demo(BundleContext context) {
        this.context = context;
    }

    @Override
    public int applyAsInt(Map<String, String> given) {
        Options options;
        try {
            options = Options.of(given);
        } catch (Failure misuse) {
            return told(misuse.getMessage(), MISUSED);
        }
        Timer timer = new Timer("lkpk-demo-timeout", true);
        if (options.timeout() > 0) timer.schedule(interruption(), (long) (options.timeout() * 1000));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        try {
            new Tour(new House(context), options, new Report(out, terminal())).run();
            return 0;
        } catch (Failure failure) {
            return told("demo failed: " + failure.getMessage(), FAILED);
        } catch (InterruptedException late) {
            return told("--timeout: " + given.get("timeout") + " s have passed", TIMED_OUT);
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
