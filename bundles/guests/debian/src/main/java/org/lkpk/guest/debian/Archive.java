package org.lkpk.guest.debian;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Debian bookworm's archive: the mirrors of this machine or the one that {@code LKPK_MIRROR} names, read by apt. */
final class Archive {
    private final Apt apt;
    private final String complaint;
    private final Consumer<String> progress;

    /** Fetches the index; {@code work} is an empty folder for apt. */
    Archive(Path work, Consumer<String> progress) throws IOException, InterruptedException {
        this.progress = progress;
        apt = new Apt(work, sources());
        progress.accept("fetching the index of Debian bookworm for i386");
        complaint = apt.update();
    }

    private static List<String> sources() throws IOException {
        String mirror = System.getenv().getOrDefault("LKPK_MIRROR", "");
        List<String> sources = mirror.isEmpty() ? Sources.of(Path.of("/etc/apt")) : Sources.of(mirror);
        if (sources.isEmpty())
            throw new IOException("this machine's apt sources name no Debian bookworm; name a mirror by "
                    + "LKPK_MIRROR=http://deb.debian.org/debian");
        return sources;
    }

    /** The packages that {@code name} depends on; none if it does not resolve. */
    List<String> dependencies(String name) throws IOException, InterruptedException {
        return apt.dependencies(name);
    }

    boolean has(String name) throws IOException, InterruptedException {
        return apt.locate(name) != null;
    }

    Deb fetch(String name) throws IOException, InterruptedException {
        Apt.Location location = apt.locate(name);
        if (location == null) throw unresolved(name);
        progress.accept(String.format("fetching %s (%.1f MB)", location.name(), location.size() / 1e6));
        return new Deb(apt.download(location));
    }

    IOException unresolved(String name) {
        return new IOException(name + " does not resolve" + (complaint.isEmpty() ? "" : " (" + complaint + ")"));
    }
}
