package org.lkpk.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The kit's own bundles, {@code system/} in Maven's layout below its home: a bundle with the same content as one of those,
 * wherever it came from, is as trustworthy as the program that looks at it.
 */
final class Kit {
    private final String home;

    /** @param home may be null: then there is no kit */
    Kit(String home) {
        this.home = home;
    }

    boolean brings(Content content) throws IOException {
        byte[] manifest = content.files().get(JarFile.MANIFEST_NAME);
        if (home == null || manifest == null) return false;
        Attributes headers = new Manifest(new ByteArrayInputStream(manifest)).getMainAttributes();
        String name = String.valueOf(headers.getValue("Bundle-SymbolicName"));
        String version = String.valueOf(headers.getValue("Bundle-Version"));
        if (!name.matches("org\\.lkpk\\.[a-z0-9.]+") || !version.matches("[0-9.]+")) return false;
        Path jar = Path.of(home, "system", "org", "lkpk", name, version, name + "-" + version + ".jar");
        return Files.isRegularFile(jar) && same(Content.of(jar).files(), content.files());
    }

    private static boolean same(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet()) && one.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), other.get(e.getKey())));
    }
}
