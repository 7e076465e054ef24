package org.lkpk.trust;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipFile;
import jdk.security.jarsigner.JarSigner;

/**
 * The user's signing key and the certificates that the user trusts: {@code key.p12} and {@code trusted/} in a folder that
 * only the user can read. The password is no secret; the folder's permissions guard the key.
 */
final class Keys {
    private static final String ALIAS = "patch";
    private static final char[] PASSWORD = "lkpk-patch".toCharArray();

    private final Path folder;

    Keys(Path folder) {
        this.folder = folder;
    }

    static Path home() {
        String config = System.getenv().getOrDefault("XDG_CONFIG_HOME", "");
        // The specification has relative paths ignored.
        return (config.startsWith("/") ? Path.of(config) : Path.of(System.getProperty("user.home"), ".config")).resolve("lkpk");
    }

    Path folder() {
        return folder;
    }

    /** Whom a certificate names, and how to tell it from another that names the same. */
    static String title(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName() + " (SHA-256 " + fingerprint(certificate).substring(0, 16) + "…)";
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible); // every Java has it
        }
    }

    boolean trusted(X509Certificate signer) throws IOException {
        if (Files.isRegularFile(key()) && signer.equals(own().getCertificate())) return true;
        return Files.isRegularFile(file(signer)) && signer.equals(certificate(file(signer)));
    }

    void trust(X509Certificate certificate) throws IOException {
        Files.createDirectories(file(certificate).getParent());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        try {
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            Files.writeString(file(certificate), "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
        } catch (GeneralSecurityException unwritable) {
            throw new IOException(unwritable.getMessage(), unwritable);
        }
    }

    private Path file(X509Certificate certificate) {
        return folder.resolve("trusted").resolve(fingerprint(certificate) + ".pem");
    }

    /** The certificate in a file; null if the file holds something else. */
    static X509Certificate certificate(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            if (!new String(in.readNBytes(27), StandardCharsets.ISO_8859_1).startsWith("-----BEGIN CERTIFICATE-----")) return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (GeneralSecurityException broken) {
            throw new IOException("a broken certificate: " + broken.getMessage(), broken);
        }
    }

    /** Signs as jarsigner does. */
    void sign(Path jar) throws IOException {
        KeyStore.PrivateKeyEntry key = own();
        Path signed = Files.createTempFile(jar.toAbsolutePath().getParent(), ".signed", ".jar");
        try (ZipFile in = new ZipFile(jar.toFile()); OutputStream out = Files.newOutputStream(signed)) {
            PrivateKey secret = key.getPrivateKey();
            new JarSigner.Builder(secret, CertificateFactory.getInstance("X.509").generateCertPath(List.of(key.getCertificateChain())))
                    .digestAlgorithm("SHA-256").signerName("LKPK").build().sign(in, out);
            Files.setPosixFilePermissions(signed, Files.getPosixFilePermissions(jar));
            Files.move(signed, jar, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (GeneralSecurityException failure) {
            throw new IOException(failure.getMessage(), failure);
        } finally {
            Files.deleteIfExists(signed);
        }
    }

    private Path key() {
        return folder.resolve("key.p12");
    }

    private KeyStore.PrivateKeyEntry own() throws IOException {
        if (!Files.isRegularFile(key())) make();
        try {
            KeyStore store = KeyStore.getInstance(key().toFile(), PASSWORD);
            if (store.getEntry(ALIAS, new KeyStore.PasswordProtection(PASSWORD)) instanceof KeyStore.PrivateKeyEntry entry) return entry;
            throw new IOException(key() + ": holds no key " + ALIAS);
        } catch (GeneralSecurityException broken) {
            throw new IOException(key() + ": " + broken.getMessage(), broken);
        }
    }

    /** The JDK makes certificates by keytool only. */
    private void make() throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Path fresh = folder.resolve("key." + ProcessHandle.current().pid() + ".p12");
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
        Process process = new ProcessBuilder(tool, "-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-groupname", "secp256r1",
                "-validity", "3650", "-dname", "CN=" + user + ", O=LKPK patches", "-storetype", "PKCS12",
                "-keystore", fresh.toString(), "-storepass", new String(PASSWORD)).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) throw new IOException("keytool: " + said.strip());
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            Files.move(fresh, key(), StandardCopyOption.ATOMIC_MOVE);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a key was made", stopping);
        }
    }
}
