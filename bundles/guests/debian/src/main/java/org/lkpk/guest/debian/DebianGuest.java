package org.lkpk.guest.debian;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
    private final Map<String, String> environment = System.getenv();

    @Override
    public String name() {
        return "debian";
    }

    @Override
    public Image fetch(Consumer<String> progress) throws GuestUnavailable {
        Cache cache = new Cache(home(), "debian-" + FLAVOUR);
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

    private Path home() {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        // The specification has relative paths ignored.
        return (cache.startsWith("/") ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache")).resolve("lkpk");
    }

    private Image image(Cache cache, Map<String, byte[]> files) throws IOException {
        String kernel = files.keySet().stream().filter(n -> n.startsWith("vmlinuz-")).findFirst()
                .orElseThrow(() -> new IOException(cache.folder() + " holds no kernel"));
        byte[] initrd = initramfs(files.get("busybox"));
        return new Image(new Boot(kernel, files.get(kernel), initrd, APPEND), Optional.empty());
    }

    /** Our own part may be newer than the cache, and making it takes milliseconds: the kept file is for other uses. */
    private static byte[] initramfs(byte[] busybox) throws IOException {
        return Initramfs.of(busybox, own("init"), Map.of("serprobe", own("serprobe"), "witness", own("witness")));
    }

    private static byte[] own(String name) throws IOException {
        try (InputStream in = DebianGuest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private Map<String, byte[]> download(Path work, Consumer<String> progress) throws IOException, InterruptedException {
        Apt apt = new Apt(work, sources());
        progress.accept("fetching the index of Debian bookworm for i386");
        String complaint = apt.update();
        Map<String, byte[]> files = new LinkedHashMap<>();
        take(apt, kernel(apt, complaint), "boot/vmlinuz-.*", files, progress);
        take(apt, locate(apt, "busybox-static", complaint), "(usr/)?bin/busybox", files, progress);
        files.put(INITRAMFS, initramfs(files.get("busybox")));
        return files;
    }

    private List<String> sources() throws IOException {
        String mirror = environment.getOrDefault("LKPK_MIRROR", "");
        List<String> sources = mirror.isEmpty() ? Sources.of(Path.of("/etc/apt")) : Sources.of(mirror);
        if (sources.isEmpty())
            throw new IOException("this machine's apt sources name no Debian bookworm; name a mirror by "
                    + "LKPK_MIRROR=http://deb.debian.org/debian");
        return sources;
    }

    /** The metapackage names the kernel of the day. */
    private static Apt.Location kernel(Apt apt, String complaint) throws IOException, InterruptedException {
        String meta = "linux-image-" + FLAVOUR;
        for (String name : apt.dependencies(meta)) {
            if (!name.matches("linux-image-[0-9].*-" + FLAVOUR)) continue;
            Apt.Location signed = apt.locate(name);
            return signed != null ? signed : locate(apt, name + "-unsigned", complaint);
        }
        throw unresolved(meta, complaint);
    }

    private static Apt.Location locate(Apt apt, String name, String complaint) throws IOException, InterruptedException {
        Apt.Location location = apt.locate(name);
        if (location == null) throw unresolved(name, complaint);
        return location;
    }

    private static IOException unresolved(String name, String complaint) {
        return new IOException(name + " does not resolve" + (complaint.isEmpty() ? "" : " (" + complaint + ")"));
    }

    private static void take(Apt apt, Apt.Location location, String path, Map<String, byte[]> files,
            Consumer<String> progress) throws IOException, InterruptedException {
        progress.accept(String.format("fetching %s (%.1f MB)", location.name(), location.size() / 1e6));
        Deb.Content content = new Deb(apt.download(location)).find(Pattern.compile(path));
        files.put(content.name(), content.bytes());
    }
}
