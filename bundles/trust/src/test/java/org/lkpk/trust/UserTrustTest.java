package org.lkpk.trust;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.lkpk.api.patch.PatchRefused;

public class UserTrustTest {
    private static final String MANIFEST = "Manifest-Version: 1.0\r\nLKPK-Patch: a\r\n\r\n";
    /** keytool takes a second. */
    @ClassRule
    public static final TemporaryFolder KEYS = new TemporaryFolder();
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final UserTrust mine = trust("mine", false);
    private final UserTrust other = trust("other", false);
    private Path jar;

    private static UserTrust trust(String user, boolean open) {
        return new UserTrust(open, new Kit(null), new Keys(KEYS.getRoot().toPath().resolve(user)));
    }

    @Before
    public void packPatch() throws IOException {
        jar = folder.getRoot().toPath().resolve("a.jar");
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("META-INF/MANIFEST.MF", MANIFEST.getBytes(StandardCharsets.UTF_8));
        files.put("a.o", new byte[] {1, 2, 3});
        pack(files);
    }

    private void pack(Map<String, byte[]> files) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar); ZipOutputStream out = new ZipOutputStream(file)) {
            for (Map.Entry<String, byte[]> one : files.entrySet()) {
                out.putNextEntry(new ZipEntry(one.getKey()));
                out.write(one.getValue());
                out.closeEntry();
            }
        }
    }

    private void change(String path, byte[] bytes) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>(Content.of(jar).files());
        files.put(path, bytes);
        pack(files);
    }

    private void assertRefused(UserTrust trust, String words) {
        PatchRefused refused = assertThrows(PatchRefused.class, () -> trust.check(jar));
        assertTrue(refused.getMessage(), refused.getMessage().startsWith("a.jar: ") && refused.getMessage().contains(words));
    }

    @Test
    public void ownSignatureIsTrusted() throws Exception {
        mine.sign(jar);
        assertTrue(mine.check(jar).startsWith("a.jar is signed by CN="));
    }

    @Test
    public void unsignedIsRefused() {
        assertRefused(mine, "not signed");
    }

    @Test
    public void strangersSignatureIsRefusedUntilTrusted() throws Exception {
        other.sign(jar);
        assertRefused(trust("third", false), "signed by CN=");
        UserTrust third = trust("third", false);
        assertTrue(third.trust(jar).contains("is trusted now"));
        assertTrue(third.check(jar).startsWith("a.jar is signed by CN="));
    }

    @Test
    public void certificateFileIsTrusted() throws Exception {
        other.sign(jar);
        trust("fourth", false).trust(jar);
        Path pem;
        try (var files = Files.list(KEYS.getRoot().toPath().resolve("fourth/trusted"))) {
            pem = files.findFirst().orElseThrow();
        }
        trust("fifth", false).trust(pem);
        assertTrue(trust("fifth", false).check(jar).startsWith("a.jar is signed by"));
    }

    @Test
    public void changedObjectIsRefusedByName() throws Exception {
        mine.sign(jar);
        change("a.o", new byte[] {1, 2, 4});
        assertRefused(mine, "a.o");
    }

    @Test
    public void changedHeaderIsRefused() throws Exception {
        mine.sign(jar);
        String manifest = new String(Content.of(jar).files().get("META-INF/MANIFEST.MF"), StandardCharsets.UTF_8);
        change("META-INF/MANIFEST.MF", manifest.replace("LKPK-Patch: a", "LKPK-Patch: b").getBytes(StandardCharsets.UTF_8));
        assertRefused(mine, "changed since it was signed");
    }

    @Test
    public void addedFileIsRefused() throws Exception {
        mine.sign(jar);
        change("b.o", new byte[] {9});
        assertRefused(mine, "b.o is not covered by the signature");
    }

    @Test
    public void signatureOfAnotherPatchIsRefused() throws Exception {
        mine.sign(jar);
        Map<String, byte[]> signed = Content.of(jar).files();
        packPatch();
        change("a.o", new byte[] {7});
        for (Map.Entry<String, byte[]> one : signed.entrySet()) if (one.getKey().startsWith("META-INF/LKPK")) change(one.getKey(), one.getValue());
        assertThrows(PatchRefused.class, () -> mine.check(jar));
    }

    @Test
    public void whatTheKitBringsNeedsNoSignature() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>(Content.of(jar).files());
        files.put("META-INF/MANIFEST.MF", (MANIFEST.strip() + "\r\nBundle-SymbolicName: org.lkpk.patch.a\r\nBundle-Version: 0.1.0\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        pack(files);
        Path kept = folder.getRoot().toPath().resolve("system/org/lkpk/org.lkpk.patch.a/0.1.0/org.lkpk.patch.a-0.1.0.jar");
        Files.createDirectories(kept.getParent());
        Files.copy(jar, kept);
        UserTrust trust = new UserTrust(false, new Kit(folder.getRoot().toString()), new Keys(KEYS.getRoot().toPath().resolve("mine")));
        assertEquals("a.jar is the kit's own", trust.check(jar));
        change("a.o", new byte[] {5});
        assertThrows(PatchRefused.class, () -> trust.check(jar));
    }

    @Test
    public void everythingPassesWhereUnsignedIsAllowed() throws Exception {
        assertEquals("a.jar is not vouched for", trust("mine", true).check(jar));
    }

    @Test
    public void noJarIsRefused() throws Exception {
        Files.write(jar, new byte[] {1, 2, 3});
        assertThrows(PatchRefused.class, () -> mine.check(jar));
    }

    @Test
    public void keyIsForTheUserAlone() throws Exception {
        mine.sign(jar);
        assertEquals("rw-------", java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(KEYS.getRoot().toPath().resolve("mine/key.p12"))));
    }
}
