package org.lkpk.guest.debian;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.lkpk.api.guest.Guest;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.machine.Boot;
import org.osgi.service.component.annotations.Component;

/**
 * One of Debian bookworm's i686 kernels, the current 686 if none is named, with a busybox shell on the console and a few of
 * the kernel's modules. What is needed of the packages is fetched once and kept in {@code $XDG_CACHE_HOME/lkpk/debian-686}
 * and the like; delete that folder to fetch newer ones. The prompt {@code lkpk:N# } carries the exit status of the command
 * before.
 */
@Component(property = Guest.NAME + "=debian")
public final class DebianGuest implements Guest {
    private static final String USUAL = "686";
    private static final Pattern FLAVOUR = Pattern.compile("(rt-)?686(-pae)?");
    private static final Pattern RELEASE = Pattern.compile("[0-9]+[0-9.]*-[0-9]+-" + FLAVOUR);
    private static final String APPEND = "console=ttyS0 panic=-1";
    private static final String INITRAMFS = "initramfs.cpio", BUSYBOX = "busybox", KERNEL = "vmlinuz-";
    /** Small ones that need no other: one with no debugging output, one with much. */
    private static final Set<String> MODULES = Set.of("dummy.ko", "binfmt_misc.ko");
    private static final String OWN_FILES = "; give your own with --kernel and --initrd";

    @Override
    public String name() {
        return "debian";
    }

    @Override
    public Image fetch(Consumer<String> progress) throws GuestUnavailable {
        return fetch(USUAL, progress);
    }

    @Override
    public Image fetch(String kernel, Consumer<String> progress) throws GuestUnavailable {
        if (!FLAVOUR.matcher(kernel).matches() && !RELEASE.matcher(kernel).matches())
            throw new GuestUnavailable("debian: no kernel " + kernel + "; it has releases such as 6.1.0-50-686-pae, and the flavours 686, "
                    + "686-pae and rt-686-pae");
        Set<String> wanted = new HashSet<>(MODULES);
        wanted.add(BUSYBOX);
        Cache cache = new Cache(Cache.home(), "debian-" + kernel, wanted);
        try {
            Map<String, byte[]> files = cache.read();
            if (files.isEmpty()) files = cache.fill(work -> download(kernel, work, progress), progress);
            String file = kernelIn(files).orElseThrow(() -> new IOException(cache.folder() + " holds no kernel"));
            return new Image(new Boot(file, files.get(file), initramfs(files), APPEND), Optional.empty());
        } catch (IOException failed) {
            throw new GuestUnavailable("Debian's kernel: " + failed.getMessage() + OWN_FILES);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GuestUnavailable("Debian's kernel: interrupted while it was fetched");
        }
    }

    private static Optional<String> kernelIn(Map<String, byte[]> files) {
        return files.keySet().stream().filter(name -> name.startsWith(KERNEL)).findFirst();
    }

    /** Our own part may be newer than the cache, and making it takes milliseconds: the kept file is for other uses. */
    private static byte[] initramfs(Map<String, byte[]> files) throws IOException {
        Map<String, byte[]> modules = new HashMap<>();
        String release = kernelIn(files).orElse(KERNEL).substring(KERNEL.length());
        for (String module : MODULES) modules.put("lib/modules/" + release + "/" + module, files.get(module));
        return Initramfs.of(files.get(BUSYBOX), own("init"),
                Map.of("serprobe", own("serprobe"), "sigio", own("sigio"), "witness", own("witness")), modules);
    }

    private static byte[] own(String name) throws IOException {
        try (InputStream in = DebianGuest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private static Map<String, byte[]> download(String kernel, Path work, Consumer<String> progress) throws IOException, InterruptedException {
        Archive archive = new Archive(work, progress);
        List<Pattern> paths = new ArrayList<>(List.of(Pattern.compile("boot/vmlinuz-.*")));
        for (String module : MODULES) paths.add(Pattern.compile("lib/modules/.*/" + Pattern.quote(module)));
        Map<String, byte[]> files = new LinkedHashMap<>();
        take(archive, image(archive, kernel), paths, files);
        take(archive, "busybox-static", List.of(Pattern.compile("(usr/)?bin/busybox")), files);
        files.put(INITRAMFS, initramfs(files));
        return files;
    }

    /** The package of a release; the metapackage of a flavour names the kernel of the day. */
    private static String image(Archive archive, String kernel) throws IOException, InterruptedException {
        String name = "linux-image-" + kernel;
        if (RELEASE.matcher(kernel).matches()) return archive.has(name) ? name : name + "-unsigned";
        for (String one : archive.dependencies(name))
            if (one.matches("linux-image-[0-9].*-" + kernel)) return archive.has(one) ? one : one + "-unsigned";
        throw archive.unresolved(name);
    }

    private static void take(Archive archive, String name, List<Pattern> paths, Map<String, byte[]> files)
            throws IOException, InterruptedException {
        for (Deb.Content content : archive.fetch(name).find(paths)) files.put(content.name(), content.bytes());
    }
}
