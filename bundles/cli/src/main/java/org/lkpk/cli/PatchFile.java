package org.lkpk.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.lkpk.api.patch.Patcher;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;

/** A patch bundle that the command line names. */
final class PatchFile {
    private PatchFile() { }

    /** Starts it: it waits for its kernel then. One of the same name that the kit brings gives way to the file. */
    static void start(BundleContext context, String file) throws Refusal {
        Path path = Path.of(file);
        if (!Files.isRegularFile(path)) throw new Refusal("--patch " + file + ": no such file");
        String name = name(file);
        Bundle bundle = null;
        try (InputStream in = Files.newInputStream(path)) {
            for (Bundle known : context.getBundles()) if (name.equals(known.getSymbolicName())) bundle = known;
            if (bundle == null) bundle = context.installBundle(path.toUri().toString(), in);
            else bundle.update(in);
            bundle.start();
        } catch (IOException | BundleException refused) {
            throw new Refusal("--patch " + file + ": " + refused.getMessage());
        }
    }

    private static String name(String file) throws Refusal {
        try (JarFile jar = new JarFile(file)) {
            Manifest manifest = jar.getManifest();
            if (manifest == null || manifest.getMainAttributes().getValue(Patcher.HEADER) == null)
                throw new Refusal("--patch " + file + ": not a patch bundle: its manifest has no " + Patcher.HEADER);
            String name = manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
            if (name == null) throw new Refusal("--patch " + file + ": not a bundle: its manifest has no name");
            return name.replaceFirst(";.*", "").strip();
        } catch (IOException broken) {
            throw new Refusal("--patch " + file + ": not a jar: " + Images.reason(broken));
        }
    }
}
