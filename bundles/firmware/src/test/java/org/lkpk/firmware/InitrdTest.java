package org.lkpk.firmware;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.Test;
import org.lkpk.api.machine.BootRefused;

public class InitrdTest {
    private static byte[] archive() {
        return (entry("init", "echo hello\n") + entry("TRAILER!!!", "")).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String entry(String name, String data) {
        String head = "070701" + "00000000".repeat(6) + String.format("%08x", data.length()) + "00000000".repeat(4)
                + String.format("%08x", name.length() + 1) + "00000000" + name + '\0';
        return pad(pad(head) + data);
    }

    private static String pad(String text) {
        return text + "\0".repeat(-text.length() & 3);
    }

    private static byte[] gzip(byte[] bytes) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
            packed.write(bytes);
        }
        return out.toByteArray();
    }

    private static void refused(byte[] bytes) {
        String message = assertThrows(BootRefused.class, () -> Initrd.check("vmlinuz", bytes)).getMessage();
        assertEquals("vmlinuz: its initrd of " + bytes.length + " bytes is truncated or corrupt", message.split(" \\(")[0]);
    }

    @Test
    public void wholeArchivesPass() throws Exception {
        Initrd.check("vmlinuz", new byte[0]);
        Initrd.check("vmlinuz", archive());
        Initrd.check("vmlinuz", gzip(archive()));
    }

    @Test
    public void everyTruncatedArchiveIsRefused() {
        byte[] whole = archive();
        for (int length = 1; length < whole.length - 3; length++) refused(Arrays.copyOf(whole, length));
    }

    @Test
    public void everyTruncatedGzipIsRefused() throws Exception {
        byte[] whole = gzip(archive());
        for (int length = 2; length < whole.length; length++) refused(Arrays.copyOf(whole, length));
    }

    @Test
    public void packedArchiveBehindAPlainOneIsLookedAt() throws Exception {
        byte[] first = archive();
        byte[] second = gzip(archive());
        byte[] both = Arrays.copyOf(first, first.length + 512 + second.length);
        System.arraycopy(second, 0, both, first.length + 512, second.length);
        Initrd.check("vmlinuz", both);
        refused(Arrays.copyOf(both, both.length - 1));
    }

    @Test
    public void otherFormatsAreTheKernelsToJudge() throws Exception {
        Initrd.check("vmlinuz", new byte[] {'B', 'Z', 'h', '9'});
    }
}
