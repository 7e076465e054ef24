package org.lkpk.guest.debian;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.machine.Boot;
import org.osgi.service.component.annotations.Component;

/**
 * Debian bookworm's current i686 kernel with a busybox shell on the console. Both packages are fetched once and kept in
 * {@code $XDG_CACHE_HOME/lkpk/debian-686}; delete that folder to fetch newer ones. The prompt {@code lkpk:N# } carries
 * the exit status of the command before.
 */
@Component(property = Guest.NAME + "=debian")
public final class DebianGuest implements Guest {
    private static final String FLAVOUR = "686";
    private static final String APPEND = "console=ttyS0 panic=-1";
    private static final String INITRAMFS = "initramfs.cpio";
    private static final String OWN_FILES = "; give your own with --kernel and --initrd";

    @Override
    public String name() {
        return "debian";
    }

    @Override
    public Image fetch(Consumer<String> progress) throws GuestUnavailable {
        Cache cache = new Cache(Cache.home(), "debian-" + FLAVOUR);
        try {
            Map<String, byte[]> files = cache.read();
            if (files.isEmpty()) files = cache.fill(work -> download(work, progress), progress);
            return image(cache, files);
        } catch (IOException failed) {
            throw new GuestUnavailable("Debian's kernel: " + failed.getMessage() + OWN_FILES);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GuestUnavailable("Debian's kernel: interrupted while it was fetched");
        }
    }

    private Image image(Cache cache, Map<String, byte[]> files) throws IOException {
        String kernel = files.keySet().stream().filter(n -> n.startsWith("vmlinuz-")).findFirst()
                .orElseThrow(() -> new IOException(cache.folder() + " holds no kernel"));
        byte[] initrd = initramfs(files.get("busybox"));
        return new Image(new Boot(kernel, files.get(kernel), initrd, APPEND), Optional.empty());
    }

    /** Our own part may be newer than the cache, and making it takes milliseconds: the kept file is for other uses. */
    private static byte[] initramfs(byte[] busybox) throws IOException {
        return Initramfs.of(busybox, own("init"), Map.of("serprobe", own("serprobe"), "sigio", own("sigio"), "witness", own("witness")));
    }

    private static byte[] own(String name) throws IOException {
        try (InputStream in = DebianGuest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private static Map<String, byte[]> download(Path work, Consumer<String> progress) throws IOException, InterruptedException {
        Archive archive = new Archive(work, progress);
        Map<String, byte[]> files = new LinkedHashMap<>();
        take(archive, kernel(archive), "boot/vmlinuz-.*", files);
        take(archive, "busybox-static", "(usr/)?bin/busybox", files);
        files.put(INITRAMFS, initramfs(files.get("busybox")));
        return files;
    }

    /** The metapackage names the kernel of the day. */
    private static String kernel(Archive archive) throws IOException, InterruptedException {
        String meta = "linux-image-" + FLAVOUR;
        for (String name : archive.dependencies(meta))
            if (name.matches("linux-image-[0-9].*-" + FLAVOUR)) return archive.has(name) ? name : name + "-unsigned";
        throw archive.unresolved(meta);
    }

    private static void take(Archive archive, String name, String path, Map<String, byte[]> files)
            throws IOException, InterruptedException {
        Deb.Content content = archive.fetch(name).find(Pattern.compile(path));
        files.put(content.name(), content.bytes());
    }
}
