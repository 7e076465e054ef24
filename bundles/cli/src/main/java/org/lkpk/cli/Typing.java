package org.lkpk.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.lkpk.api.machine.Console;

/**
 * Standard input on its way to ttyS0. On a terminal ctrl-a is taken out, as in QEMU: followed by x it ends the machine,
 * by ctrl-a or a it is typed itself, by h it tells so. A pipe's end ends nothing.
 */
final class Typing implements Runnable {
    private static final int CTRL_A = 0x01;
    private static final int PIECE = 4096;

    private final InputStream in;
    private final Console console;
    private final boolean escapes;
    private final Runnable quit;
    private boolean escaped;

    Typing(InputStream in, Console console, boolean escapes, Runnable quit) {
        this.in = in;
        this.console = console;
        this.escapes = escapes;
        this.quit = quit;
    }

    @Override
    public void run() {
        byte[] piece = new byte[PIECE];
        try {
            for (int count = in.read(piece); count > 0; count = in.read(piece)) console.type(typed(piece, count));
        } catch (IOException | InterruptedException ended) {
            // Then no more is typed.
        }
    }

    private byte[] typed(byte[] piece, int count) {
        ByteArrayOutputStream typed = new ByteArrayOutputStream(count);
        for (int i = 0; i < count; i++) {
            if (escaped) escape(piece[i], typed);
            else if (escapes && piece[i] == CTRL_A) escaped = true;
            else typed.write(piece[i]);
        }
        return typed.toByteArray();
    }

    private void escape(int key, ByteArrayOutputStream typed) {
        escaped = false;
        switch (key) {
            case 'x' -> quit.run();
            case 'a', CTRL_A -> typed.write(CTRL_A);
            default -> System.err.println("\nlkpk: ctrl-a x ends the machine, ctrl-a a types ctrl-a");
        }
    }
}
