package org.lkpk.demo;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Machine;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/** The CPU's bundle updated under a running machine: to itself, its version raised. */
final class CpuUpdate {
    private static final Duration REST = Duration.ofSeconds(10);

    private final Bundle bundle;
    private final Machine machine;
    private final byte[] jar;
    private final Version next;

    CpuUpdate(Bundle bundle, Machine machine) throws Failure {
        this.bundle = bundle;
        this.machine = machine;
        Version now = bundle.getVersion();
        next = new Version(now.getMajor(), now.getMinor(), now.getMicro() + 1);
        try {
            jar = raised();
        } catch (IOException failed) {
            throw new Failure("update of " + bundle.getSymbolicName() + ": " + failed.getMessage());
        }
    }

    Version version() {
        return next;
    }

    private byte[] raised() throws IOException {
        Manifest manifest;
        try (InputStream in = bundle.getEntry("META-INF/MANIFEST.MF").openStream()) {
            manifest = new Manifest(in);
        }
        manifest.getMainAttributes().putValue(Constants.BUNDLE_VERSION, next.toString());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
            for (URL entry : Collections.list(bundle.findEntries("/", "*", true))) {
                String name = entry.getPath().substring(1);
                if (name.endsWith("/") || name.equals("META-INF/MANIFEST.MF")) continue;
                out.putNextEntry(new JarEntry(name));
                try (InputStream in = entry.openStream()) {
                    in.transferTo(out);
                }
            }
        }
        return bytes.toByteArray();
    }

    void run() throws Failure {
        try {
            bundle.update(new ByteArrayInputStream(jar));
        } catch (BundleException refused) {
            throw new Failure("update of " + bundle.getSymbolicName() + ": " + refused.getMessage());
        }
    }

    /** The version of the CPU that runs the guest now; empty if there is none. */
    String running() throws Failure, InterruptedException {
        try {
            List<String> versions = machine.atRest(Machine.When.ANY, REST, () -> machine.cpus().stream().map(Cpu::version).toList());
            return String.join(" ", versions);
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Exception failed) {
            throw new Failure("version of the CPU: " + failed.getMessage());
        }
    }
}
