package org.lkpk.guest.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.guest.Packages;
import org.osgi.service.component.annotations.Component;

/** Files out of Debian bookworm's packages for i386. */
@Component
public final class DebianPackages implements Packages {
    @Override
    public Map<String, byte[]> kept(String collection) {
        return new Cache(Cache.home(), collection).read();
    }

    @Override
    public Map<String, byte[]> fetch(String collection, List<Wanted> wanted, Consumer<String> progress) throws GuestUnavailable {
        Cache cache = new Cache(Cache.home(), collection);
        return guarded(collection, () -> {
            Map<String, byte[]> files = cache.read();
            return files.isEmpty() ? cache.fill(work -> download(work, wanted, progress), progress) : files;
        });
    }

    @Override
    public Optional<Path> unpacked(String collection) {
        return new Cache(Cache.home(), collection).tree();
    }

    @Override
    public Path unpack(String collection, List<Wanted> wanted, Consumer<String> progress) throws GuestUnavailable {
        Cache cache = new Cache(Cache.home(), collection);
        if (cache.tree().isPresent()) return cache.tree().get();
        return guarded(collection, () -> cache.fillTree((work, tree) -> {
            Archive archive = new Archive(work, progress);
            for (Wanted w : wanted) {
                Deb deb = archive.fetch(w.name());
                progress.accept("unpacking " + w.name());
                deb.unpack(w.file(), w.member(), tree);
            }
        }, progress));
    }

    @Override
    public String current(String metapackage, Pattern name, Consumer<String> progress) throws GuestUnavailable {
        return guarded(metapackage, () -> {
            Path work = Files.createTempDirectory("lkpk-apt");
            try {
                Archive archive = new Archive(work, progress);
                for (String one : archive.dependencies(metapackage)) if (name.matcher(one).matches()) return one;
                throw archive.unresolved(metapackage);
            } finally {
                Cache.delete(work);
            }
        });
    }

    private interface Attempt<T> {
        T make() throws IOException, InterruptedException;
    }

    private static <T> T guarded(String what, Attempt<T> attempt) throws GuestUnavailable {
        try {
            return attempt.make();
        } catch (IOException failed) {
            throw new GuestUnavailable(what + ": " + failed.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GuestUnavailable(what + ": interrupted while it was fetched");
        }
    }

    private static Map<String, byte[]> download(Path work, List<Wanted> wanted, Consumer<String> progress)
            throws IOException, InterruptedException {
        Archive archive = new Archive(work, progress);
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (Wanted w : wanted) {
            Deb deb = archive.fetch(w.name());
            List<Deb.Content> found = w.member() == null ? List.of(deb.find(w.file())) : deb.findIn(w.file(), w.member());
            for (Deb.Content content : found) files.put(content.name(), content.bytes());
        }
        return files;
    }
}
