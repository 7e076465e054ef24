package org.lkpk.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

@SuppressWarnings("try") // That it is open is all that is wanted of it.
public final class AttachmentsTest {
    private Path folder;

    @Before
    public void makeFolder() throws IOException {
        folder = Files.createTempDirectory("lkpk-test-");
    }

    @After
    public void removeFolder() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) Files.delete(file);
        }
        Files.delete(folder);
    }

    private Attachments open() throws Refusal {
        return new Attachments(folder, "pc", (command, out, err) -> {
            out.print("did " + command);
            err.print("and grumbled");
            return 7;
        });
    }

    /** Pieces as {@code kind:text}, then the exit status. */
    private String ask(String command) throws IOException {
        StringBuilder said = new StringBuilder();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(folder.resolve("pc.sock")));
            DataOutputStream request = new DataOutputStream(Channels.newOutputStream(channel));
            request.writeInt(command.length());
            request.writeBytes(command);
            DataInputStream answer = new DataInputStream(Channels.newInputStream(channel));
            for (int kind = answer.readByte(); kind != 0; kind = answer.readByte())
                said.append(kind).append(':').append(new String(answer.readNBytes(answer.readInt()), StandardCharsets.UTF_8)).append(' ');
            return said.append(answer.readInt()).toString();
        }
    }

    @Test
    public void aCommandIsAnsweredWithItsOutputAndStatus() throws Exception {
        try (Attachments opened = open()) {
            String said = ask("patch:list");
            assertEquals(said, "1:did patch:list 2:and grumbled 7", said);
        }
    }

    @Test
    public void theSocketIsTheUsersAlone() throws Exception {
        try (Attachments opened = open()) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("pc.sock"))));
        }
        assertFalse(Files.exists(folder.resolve("pc.sock")));
    }

    @Test
    public void twoMachinesCannotHaveOneName() throws Exception {
        try (Attachments opened = open()) {
            Refusal refusal = assertThrows(Refusal.class, this::open);
            assertEquals("--name pc: a machine of that name is running", refusal.getMessage());
        }
    }

    @Test
    public void aSocketLeftBehindIsTakenOver() throws Exception {
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(folder.resolve("pc.sock"))).close();
        try (Attachments opened = open()) {
            String said = ask("x");
            assertEquals(said, "1:did x 2:and grumbled 7", said);
        }
    }
}
