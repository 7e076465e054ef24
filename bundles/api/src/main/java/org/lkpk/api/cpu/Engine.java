package org.lkpk.api.cpu;

/** How a processor runs code that has become hot. What the guest sees does not hang on it. */
public enum Engine {
    /** Operation by operation. */
    INTERPRETER,
    /** Translated to the host's code. */
    TRANSLATOR;

    /** The name on the command line. */
    public String title() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming the engines there are */
    public static Engine of(String title) {
        for (Engine e : values()) if (e.title().equals(title)) return e;
        throw new IllegalArgumentException("engine " + title + ": no such engine; there are interpreter, translator");
    }
}
