package org.lkpk.cli;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The machine's end of {@code lkpk attach}: a Unix-domain socket, in a folder of the user's own, that takes a command and
 * answers with its output in pieces and its exit status. The launcher's class Attach tells the protocol.
 */
final class Attachments implements AutoCloseable {
    private static final int END = 0;
    private static final int OUTPUT = 1;
    private static final int ERROR = 2;
    private static final int LONGEST = 1 << 20;
    private static final byte[] NOTHING = {};

    private final Path socket;
    private final ServerSocketChannel server;
    private final Commands commands;

    /** What runs a command and says how it went. */
    interface Commands {
        /** @return the exit status */
        int execute(String command, PrintStream out, PrintStream err);
    }

    Attachments(Path folder, String name, Commands commands) throws Refusal {
        this.socket = folder.resolve(name + ".sock");
        this.commands = commands;
        try {
            if (answers(socket)) throw new Refusal("--name " + name + ": a machine of that name is running");
            // Under its name it answers from the first moment: whoever finds one that does not removes it.
            Path fresh = folder.resolve(name + "." + ProcessHandle.current().pid());
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(fresh));
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            Files.move(fresh, socket, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new Refusal(socket + ": no socket can be made there: " + Images.reason(failure));
        }
        daemon(this::accept, "attach-" + name);
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException nobody) {
            return false;
        }
    }

    private static void daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            for (;;) {
                SocketChannel client = server.accept();
                daemon(() -> serve(client), "attached");
            }
        } catch (IOException closed) {
            // By close(): nobody attaches any more.
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(client));
            int length = in.readInt();
            if (length < 0 || length > LONGEST) return;
            String command = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            DataOutputStream answer = new DataOutputStream(Channels.newOutputStream(client));
            int status;
            try (PrintStream out = pieces(OUTPUT, answer); PrintStream err = pieces(ERROR, answer)) {
                status = commands.execute(command, out, err);
            }
            send(answer, END, status, NOTHING, 0);
        } catch (EOFException probe) {
            // Whether somebody is here, was all it wanted to know.
        } catch (IOException gone) {
            // The other end has left; the command has run all the same.
        }
    }

    /** Out and err may be written by threads of one pipeline: a piece goes out whole. */
    private static void send(DataOutputStream answer, int kind, int value, byte[] bytes, int from) throws IOException {
        synchronized (answer) {
            answer.writeByte(kind);
            answer.writeInt(value);
            if (kind != END) answer.write(bytes, from, value);
        }
    }

    private static PrintStream pieces(int kind, DataOutputStream answer) {
        return new PrintStream(new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                send(answer, kind, count, bytes, from);
            }
        }, false, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(socket);
        } catch (IOException failure) {
            // A socket left behind is removed by whoever finds that nobody answers.
        }
    }
}
