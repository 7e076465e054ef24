package org.lkpk.trust;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.lkpk.api.patch.PatchRefused;
import org.osgi.framework.Bundle;

/** The files of a bundle, by path, and who signed all of them. */
record Content(Map<String, byte[]> files) {
    private static final int LARGEST = 64 << 20;

    /** What the framework keeps of a bundle: it may be another than the file that it came from. */
    static Content of(Bundle bundle) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        List<String> open = new ArrayList<>(List.of("/"));
        long size = 0;
        for (int i = 0; i < open.size(); i++) {
            String path = open.get(i);
            Enumeration<String> below = path.endsWith("/") ? bundle.getEntryPaths(path) : null;
            if (path.endsWith("/")) {
                if (below != null) open.addAll(Collections.list(below));
                continue;
            }
            URL entry = bundle.getEntry(path);
            if (entry == null) throw new IOException(path + " cannot be read");
            try (InputStream in = entry.openStream()) {
                byte[] bytes = in.readNBytes(LARGEST);
                if ((size += bytes.length) >= LARGEST) throw new IOException("too large");
                files.put(path.replaceFirst("^/", ""), bytes);
            }
        }
        return new Content(files);
    }

    /** Without any files if it is no jar. */
    static Content of(Path jar) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        long size = 0;
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry; (entry = in.getNextEntry()) != null;) {
                if (entry.isDirectory()) continue;
                byte[] bytes = in.readNBytes(LARGEST);
                if ((size += bytes.length) >= LARGEST) throw new IOException("too large");
                if (files.put(entry.getName(), bytes) != null) throw new IOException(entry.getName() + " is in it twice");
            }
        }
        return new Content(files);
    }

    /** The one whose signature covers every file; refuses by the name of the file where there is none. */
    X509Certificate signer(String name) throws PatchRefused, IOException {
        if (files.keySet().stream().noneMatch(Content::block)) throw new PatchRefused(name + ": not signed");
        X509Certificate found = null;
        try (JarInputStream in = new JarInputStream(new ByteArrayInputStream(inOrder()), true)) {
            for (JarEntry entry; (entry = in.getNextJarEntry()) != null;) {
                in.readAllBytes();
                if (ofSignature(entry.getName())) continue;
                CodeSigner[] signers = entry.getCodeSigners();
                if (signers == null) throw new PatchRefused(name + ": " + entry.getName() + " is not covered by the signature");
                X509Certificate signer = (X509Certificate) signers[0].getSignerCertPath().getCertificates().get(0);
                if (found != null && !found.equals(signer)) throw new PatchRefused(name + ": signed by several");
                found = signer;
            }
        } catch (SecurityException changed) {
            throw new PatchRefused(name + ": changed since it was signed: " + changed.getMessage());
        }
        if (found == null) throw new PatchRefused(name + ": nothing in it is signed");
        return found;
    }

    private static boolean ofSignature(String path) {
        return path.equals(JarFile.MANIFEST_NAME) || block(path) || path.matches("META-INF/[^/]*\\.SF");
    }

    private static boolean block(String path) {
        return path.matches("META-INF/[^/]*\\.(RSA|DSA|EC)");
    }

    /** As a jar whose manifest and signature come first: it is checked as it is read. */
    private byte[] inOrder() throws IOException {
        List<String> paths = new ArrayList<>();
        if (files.containsKey(JarFile.MANIFEST_NAME)) paths.add(JarFile.MANIFEST_NAME);
        for (boolean signature : new boolean[] {true, false})
            for (String path : files.keySet())
                if (!path.equals(JarFile.MANIFEST_NAME) && ofSignature(path) == signature) paths.add(path);
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(jar)) {
            out.setLevel(0);
            for (String path : paths) {
                out.putNextEntry(new ZipEntry(path));
                out.write(files.get(path));
                out.closeEntry();
            }
        }
        return jar.toByteArray();
    }
}
