package org.lkpk.guest.debian;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
        try {
            Map<String, byte[]> files = cache.read();
            return files.isEmpty() ? cache.fill(work -> download(work, wanted, progress), progress) : files;
        } catch (IOException failed) {
            throw new GuestUnavailable(collection + ": " + failed.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GuestUnavailable(collection + ": interrupted while it was fetched");
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
