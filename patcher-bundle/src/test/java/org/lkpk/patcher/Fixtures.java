package org.lkpk.patcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What several tests need. */
final class Fixtures {
    private Fixtures() { }

    /** The object of the patch bundle that wraps cmdline_proc_show. */
    static byte[] cmdlineObject() throws IOException {
        return Files.readAllBytes(Path.of("..", "bundles", "patches", "cmdline", "src", "main", "resources", "cmdline.o"));
    }
}
