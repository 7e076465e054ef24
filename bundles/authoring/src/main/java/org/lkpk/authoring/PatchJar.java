package org.lkpk.authoring;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.lkpk.api.patch.Patcher;

/** A patch bundle on its way to a file: headers and objects, no code for the host. */
final class PatchJar {
    /** The same content gives the same bytes: 1980, the first that the format knows. */
    private static final long TIME = 315_532_800_000L;

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Attributes headers;
    private final Manifest manifest = new Manifest();

    PatchJar(String name, String version) {
        headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        header("Bundle-ManifestVersion", "2");
        header("Bundle-SymbolicName", "lkpk.patch." + name);
        header("Bundle-Version", version);
        header("Bundle-Name", "patch-" + name);
        header("Bundle-Activator", "org.lkpk.api.patch.PatchActivator");
        header("Import-Package", "org.lkpk.api.patch");
        header("Provide-Capability", "org.lkpk.patch;org.lkpk.patch=\"" + name + "\";version:Version=\"" + version + "\"");
        header(Patcher.HEADER, name);
    }

    void header(String name, String value) {
        headers.put(new Attributes.Name(name), value);
    }

    void file(String path, byte[] bytes) {
        files.put(path, bytes);
    }

    void write(Path jar) throws IOException {
        Path fresh = Files.createTempFile(jar.toAbsolutePath().getParent(), ".patch", ".jar");
        try (OutputStream file = Files.newOutputStream(fresh); JarOutputStream out = new JarOutputStream(file)) {
            ZipEntry first = new ZipEntry("META-INF/MANIFEST.MF");
            first.setTime(TIME);
            out.putNextEntry(first);
            manifest.write(out);
            out.closeEntry();
            for (Map.Entry<String, byte[]> one : files.entrySet()) {
                ZipEntry entry = new ZipEntry(one.getKey());
                entry.setTime(TIME);
                out.putNextEntry(entry);
                out.write(one.getValue());
                out.closeEntry();
            }
        }
        Files.move(fresh, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }
}
