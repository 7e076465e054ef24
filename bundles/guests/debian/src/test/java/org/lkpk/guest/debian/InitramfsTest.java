package org.lkpk.guest.debian;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.Test;

public class InitramfsTest {
    private static final byte[] BUSYBOX = latin("junk\0\0[\0[[\0busybox\0cat\0sh\0\0/var/log\0");

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] build() throws IOException {
        return Initramfs.of(BUSYBOX, latin("#!/bin/sh\n"), Map.of("serprobe", latin("probe"), "witness", latin("witness")),
                Map.of("lib/modules/6.1/a.ko", latin("a"), "lib/modules/6.1/b.ko", latin("b")));
    }

    private static Map<String, CpioArchiveEntry> entries(byte[] archive, Map<String, String> contents) throws IOException {
        Map<String, CpioArchiveEntry> entries = new LinkedHashMap<>();
        try (CpioArchiveInputStream in = new CpioArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (CpioArchiveEntry entry; (entry = in.getNextEntry()) != null;) {
                entries.put(entry.getName(), entry);
                contents.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
            }
        }
        return entries;
    }

    @Test
    public void sameFilesGiveTheSameBytes() throws Exception {
        assertArrayEquals(build(), build());
    }

    @Test
    public void everyAppletIsALinkToBusybox() throws Exception {
        Map<String, String> contents = new HashMap<>();
        Map<String, CpioArchiveEntry> entries = entries(build(), contents);
        for (String applet : List.of("[", "[[", "cat", "sh")) {
            assertTrue(applet, entries.get("bin/" + applet).isSymbolicLink());
            assertEquals("busybox", contents.get("bin/" + applet));
        }
        assertEquals(new String(BUSYBOX, StandardCharsets.ISO_8859_1), contents.get("bin/busybox"));
    }

    @Test
    public void firstProcessCanRunAndHasAConsole() throws Exception {
        Map<String, CpioArchiveEntry> entries = entries(build(), new HashMap<>());
        assertEquals(0100755, entries.get("init").getMode());
        assertEquals(0100755, entries.get("bin/serprobe").getMode());
        CpioArchiveEntry console = entries.get("dev/console");
        assertTrue(console.isCharacterDevice());
        assertEquals(5, console.getRemoteDeviceMaj());
        assertEquals(1, console.getRemoteDeviceMin());
    }

    @Test
    public void everyFoldersOwnComesOnceAndBeforeIt() throws Exception {
        List<String> names = new ArrayList<>(entries(build(), new LinkedHashMap<>()).keySet());
        int at = names.indexOf("lib");
        assertEquals(List.of("lib", "lib/modules", "lib/modules/6.1", "lib/modules/6.1/a.ko", "lib/modules/6.1/b.ko"), names.subList(at, at + 5));
    }

    @Test
    public void noTwoFilesShareAnInode() throws Exception {
        Map<String, CpioArchiveEntry> entries = entries(build(), new HashMap<>());
        assertEquals(entries.size(), entries.values().stream().map(CpioArchiveEntry::getInode).distinct().count());
    }

    @Test
    public void busyboxWithoutAppletsIsRefused() {
        assertThrows(IOException.class, () -> Initramfs.applets(latin("no table")));
    }
}
