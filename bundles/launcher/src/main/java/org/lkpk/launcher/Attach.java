package org.lkpk.launcher;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The client of {@code lkpk attach [NAME] 'COMMAND'}: sends a command of the Felix shell to a running machine. On the
 * socket: the command as a four-byte length and UTF-8; back come pieces, each a kind ({@link #OUTPUT}, {@link #ERROR}), a
 * length and bytes, and at the end {@link #END} and the exit status. The other end is the bundle org.lkpk.cli.
 */
final class Attach {
    private static final int END = 0;
    private static final int OUTPUT = 1;
    private static final int ERROR = 2;
    private static final int LONGEST = 1 << 20;

    private Attach() { }

    static int run(List<String> arguments) throws IOException {
        if (arguments.size() > 2)
            throw new Main.Refusal("attach: one name and one command at most; put the command in quotes");
        Map<String, Path> running = Sockets.running(Sockets.folder());
        if (running.isEmpty()) throw new Main.Refusal("attach: no machine of yours is running");
        if (arguments.isEmpty()) {
            running.keySet().forEach(System.out::println);
            return 0;
        }
        Path socket = pick(running, arguments.size() == 2 ? arguments.get(0) : null);
        return send(socket, arguments.get(arguments.size() - 1), System.out, System.err);
    }

    static Path pick(Map<String, Path> running, String name) throws Main.Refusal {
        String names = String.join(", ", running.keySet());
        if (name == null && running.size() > 1) throw new Main.Refusal("attach: several machines, name one: " + names);
        if (name == null) return running.values().iterator().next();
        if (!running.containsKey(name)) throw new Main.Refusal("attach: no machine " + name + "; running: " + names);
        return running.get(name);
    }

    static int send(Path socket, String command, PrintStream out, PrintStream err) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            byte[] text = command.getBytes(StandardCharsets.UTF_8);
            DataOutputStream request = new DataOutputStream(Channels.newOutputStream(channel));
            request.writeInt(text.length);
            request.write(text);
            return answer(new DataInputStream(Channels.newInputStream(channel)), out, err);
        } catch (EOFException gone) {
            throw new Main.Refusal("attach: the machine went away before the command ended");
        }
    }

    private static int answer(DataInputStream in, OutputStream out, OutputStream err) throws IOException {
        for (;;) {
            int kind = in.readUnsignedByte();
            int value = in.readInt();
            if (kind == END) return value;
            if (kind != OUTPUT && kind != ERROR || value < 0 || value > LONGEST)
                throw new Main.Refusal("attach: the other end speaks another version");
            OutputStream to = kind == OUTPUT ? out : err;
            to.write(in.readNBytes(value));
            to.flush();
        }
    }
}
