package org.lkpk.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which forms are not recorded, and why: the table {@code not.recorded}. */
final class NotRecorded {
    private final Map<String, String> reasons = new HashMap<>();

    NotRecorded() {
        var source = new InputStreamReader(NotRecorded.class.getResourceAsStream("not.recorded"), StandardCharsets.US_ASCII);
        try (BufferedReader in = new BufferedReader(source)) {
            for (String line; (line = in.readLine()) != null;) {
                if (line.isBlank() || line.startsWith("#")) continue;
                String[] columns = line.split("\\s{2,}");
                for (String name : columns[0].split(",")) reasons.put(name, columns[1]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Why there are no cases of a form; nothing if there should be. */
    Optional<String> reason(Form f) {
        return Optional.ofNullable(reasons.get(f.name()));
    }

    /** The names of instructions that the table has. */
    Iterable<String> names() {
        return reasons.keySet();
    }
}
