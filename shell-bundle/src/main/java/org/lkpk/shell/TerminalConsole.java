package org.lkpk.shell;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.lkpk.api.machine.Console;

/** The Felix shell's terminal, handed to a guest for a while. A class of its own: JLine may be absent. */
final class TerminalConsole {
    /** Ctrl-], the escape of telnet. */
    private static final int LEAVE = 0x1D;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Console console;
    private final Terminal terminal;

    TerminalConsole(Console console, Object terminal) {
        this.console = console;
        this.terminal = (Terminal) terminal;
    }

    void run(String machine) throws IOException, InterruptedException {
        say("console of " + machine + "; ctrl-] leaves it");
        Attributes before = terminal.enterRawMode();
        Attributes raw = terminal.getAttributes();
        raw.setLocalFlag(Attributes.LocalFlag.ISIG, false); // Ctrl-C is the guest's.
        terminal.setAttributes(raw);
        try (Console.Watch watch = console.watch(terminal.output(), true)) {
            while (type(terminal.input())) continue;
            watch.drain(PATIENCE);
        } finally {
            terminal.setAttributes(before);
            say("\nleft the console of " + machine);
        }
    }

    /** Types what keys there are; false when the user leaves or the terminal ends. */
    private boolean type(InputStream keys) throws IOException, InterruptedException {
        ByteArrayOutputStream typed = new ByteArrayOutputStream();
        int key = keys.read();
        while (key >= 0 && key != LEAVE) {
            typed.write(key);
            if (keys.available() == 0) break;
            key = keys.read();
        }
        console.type(typed.toByteArray());
        return key >= 0 && key != LEAVE;
    }

    private void say(String line) {
        PrintWriter writer = terminal.writer();
        writer.println(line);
        writer.flush();
    }
}
