package org.lkpk.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.util.tracker.ServiceTracker;

/**
 * One run of Felix. The command line becomes the framework properties {@code lkpk.command} and {@code lkpk.arguments}
 * (separated by NUL), and the command's work is a {@code Callable<Integer>} service with the property
 * {@code lkpk.main}, {@code true} or the command's name, called on the main thread: launcher and bundles share no class but the JDK's.
 */
final class Launch implements AutoCloseable {
    /** Where the commands are; what stands higher, the terminal's shell, is for the command's work to start. */
    private static final int LEVEL = 80;
    private static final long START_MILLIS = 10_000;
    private static final long STOP_MILLIS = 10_000;

    private final Path home;
    private final Storage storage;
    private final Path sockets;
    private final Thread hook = new Thread(this::end, "lkpk-exit");
    private Framework framework;
    private volatile boolean ending;

    Launch(Path home, Storage storage, Path sockets) {
        this.home = home;
        this.storage = storage;
        this.sockets = sockets;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts everything, does the command's work and returns its exit status. */
    int run(String command, List<String> arguments) throws Exception {
        try {
            return start(command, arguments).call();
        } catch (Exception failure) {
            if (!ending) throw failure;
            return 0; // A signal took the ground away; the JVM knows the status.
        }
    }

    private Callable<Integer> start(String command, List<String> arguments) throws Exception {
        // JLine finds its terminal providers by the context class loader, if there is one: not by its own.
        Thread.currentThread().setContextClassLoader(null);
        Map<String, String> settings = settings();
        settings.put("lkpk.command", command);
        settings.put("lkpk.arguments", String.join("\0", arguments));
        boolean unsigned = arguments.contains("--allow-unsigned") || arguments.contains("-allow-unsigned");
        settings.put("lkpk.unsigned", Boolean.toString(unsigned));
        settings.put("lkpk.prompt", unsigned ? "lkpk, unsigned patches allowed> " : "lkpk> ");
        framework = ServiceLoader.load(FrameworkFactory.class, Launch.class.getClassLoader()).findFirst().orElseThrow()
                .newFramework(settings);
        framework.init();
        install(new Features(home.resolve("features.xml")), "lkpk-" + command);
        framework.start();
        raise();
        return work(command);
    }

    private Map<String, String> settings() throws IOException {
        Properties file = new Properties();
        try (Reader in = Files.newBufferedReader(home.resolve("etc/framework.properties"))) {
            file.load(in);
        }
        Map<String, String> settings = new HashMap<>();
        for (String name : file.stringPropertyNames())
            settings.put(name, file.getProperty(name).replace("${lkpk.home}", home.toString()));
        settings.put("lkpk.home", home.toString());
        settings.put("lkpk.sockets", sockets.toString());
        settings.put(Constants.FRAMEWORK_STORAGE, storage.folder().toString());
        return settings;
    }

    private void install(Features features, String feature) throws IOException, BundleException {
        BundleContext context = framework.getBundleContext();
        List<Bundle> starting = new ArrayList<>();
        for (Features.Entry entry : features.bundles(feature)) {
            Bundle known = context.getBundle(entry.location());
            Bundle bundle = current(context, known, entry.location(), entry.jar(home.resolve("system")));
            bundle.adapt(BundleStartLevel.class).setStartLevel(entry.level());
            boolean fragment = bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
            // In a kept state, what the user stopped stays stopped.
            if (entry.start() && !fragment && known == null) starting.add(bundle);
        }
        for (Bundle bundle : starting) bundle.start(Bundle.START_ACTIVATION_POLICY);
    }

    /** The bundle as its jar is now: installed, or in a kept state brought up to date. */
    private static Bundle current(BundleContext context, Bundle known, String location, Path jar)
            throws IOException, BundleException {
        if (known != null && Files.getLastModifiedTime(jar).toMillis() <= known.getLastModified()) return known;
        try (InputStream in = Files.newInputStream(jar)) {
            if (known == null) return context.installBundle(location, in);
            known.update(in);
            return known;
        }
    }

    /** Raises the start level step by step and returns when it is reached. */
    private void raise() throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        framework.adapt(FrameworkStartLevel.class).setStartLevel(LEVEL, event -> reached.countDown());
        reached.await();
    }

    private Callable<Integer> work(String command) throws InterruptedException, InvalidSyntaxException, IOException {
        BundleContext context = framework.getBundleContext();
        ServiceTracker<Callable<Integer>, Callable<Integer>> tracker = new ServiceTracker<>(context,
                context.createFilter("(&(objectClass=" + Callable.class.getName() + ")(|(lkpk.main=true)(lkpk.main=" + command + ")))"), null);
        tracker.open();
        Callable<Integer> work = tracker.waitForService(START_MILLIS);
        if (work == null)
            throw new Main.Refusal(command + ": no bundle of features.xml offers to do it");
        return work;
    }

    /** Stops the framework, whose bundles power the guest off, and frees the storage; once, whoever comes first. */
    private synchronized void end() {
        ending = true;
        try {
            if (framework != null) {
                framework.stop();
                framework.waitForStop(STOP_MILLIS);
            }
            storage.close();
        } catch (BundleException | InterruptedException | IOException failure) {
            System.err.println("lkpk: at exit: " + failure);
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Then the hook has ended it all, or is waiting for us.
        }
    }
}
