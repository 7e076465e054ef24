package org.lkpk.conformance;

import java.nio.file.Path;

/** Where the suites from outside lie: the folder that {@code lkpk.suites} names, or {@code shared/suites} beside the project. */
final class Suites {
    private Suites() { }

    static Path folder() {
        String named = System.getProperty("lkpk.suites", "");
        if (!named.isEmpty()) return Path.of(named);
        // Tests run in a module's folder, commands in any.
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            Path suites = p.resolve("shared/suites");
            if (suites.toFile().isDirectory()) return suites;
        }
        return Path.of("../shared/suites");
    }
}
