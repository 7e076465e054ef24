package org.lkpk.itest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A bundle's jar made for one test: from nothing, or from one of the kit's. */
final class Jar {
    private final Manifest manifest;
    private final Map<String, byte[]> entries = new TreeMap<>();

    private Jar(Manifest manifest) {
        this.manifest = manifest;
    }

    /** An empty bundle. */
    static Jar named(String symbolicName) {
        Jar jar = new Jar(new Manifest());
        jar.header(Attributes.Name.MANIFEST_VERSION.toString(), "1.0");
        return jar.header("Bundle-ManifestVersion", "2").header("Bundle-SymbolicName", symbolicName);
    }

    /** What a bundle of features.xml holds. */
    static Jar of(String artifact) throws IOException {
        try (JarInputStream in = new JarInputStream(Files.newInputStream(Container.jar(artifact)))) {
            Jar jar = new Jar(new Manifest(in.getManifest()));
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry())
                if (!entry.isDirectory()) jar.entries.put(entry.getName(), in.readAllBytes());
            return jar;
        }
    }

    Jar header(String name, String value) {
        manifest.getMainAttributes().putValue(name, value);
        return this;
    }

    Jar version(String version) {
        return header("Bundle-Version", version);
    }

    byte[] entry(String name) {
        return entries.get(name);
    }

    Jar entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    byte[] bytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    InputStream stream() throws IOException {
        return new ByteArrayInputStream(bytes());
    }

    Path file() throws IOException {
        Path file = Files.createTempFile("lkpk-", ".jar");
        file.toFile().deleteOnExit();
        return Files.write(file, bytes());
    }
}
