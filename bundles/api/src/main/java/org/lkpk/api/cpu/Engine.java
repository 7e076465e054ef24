package org.lkpk.api.cpu;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a processor runs code that has become hot. What the guest sees does not hang on it. */
public enum Engine {
    /** Operation by operation. */
    INTERPRETER,
    /** Translated to the host's code. */
    TRANSLATOR,
    /** The same with all code, before it runs for the first time: slow, for the judges of what is translated. */
    TRANSLATOR_ALL;

    /** The name on the command line. */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException naming the engines there are */
    public static Engine of(String title) {
        for (Engine e : values()) if (e.title().equals(title)) return e;
        throw new IllegalArgumentException("engine " + title + ": no such engine; there are "
                + Stream.of(values()).map(Engine::title).collect(Collectors.joining(", ")));
    }
}
