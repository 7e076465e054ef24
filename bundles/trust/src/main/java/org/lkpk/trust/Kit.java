package org.lkpk.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kit's own bundles, {@code system/} in Maven's layout below its home: a bundle that came from there and still has the
 * same content is as trustworthy as the program that looks at it.
 */
final class Kit {
    private static final Pattern LOCATION = Pattern.compile("mvn:(org\\.lkpk)/([a-z0-9.]+)/([A-Za-z0-9.-]+)");

    private final String home;

    /** @param home may be null: then there is no kit */
    Kit(String home) {
        this.home = home;
    }

    boolean brings(String location, Content content) throws IOException {
        Matcher name = LOCATION.matcher(location);
        if (home == null || !name.matches()) return false;
        Path jar = Path.of(home, "system", name.group(1).replace('.', '/'), name.group(2), name.group(3), name.group(2) + "-" + name.group(3) + ".jar");
        return Files.isRegularFile(jar) && same(Content.of(jar).files(), content.files());
    }

    private static boolean same(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet()) && one.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), other.get(e.getKey())));
    }
}
