package org.lkpk.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.Test;
import org.lkpk.api.machine.Console;

public class ShellTest {
    private final Guest guest = new Guest();
    private final Shell shell = new Shell(guest, "lkpk", Duration.ofMillis(200));

    @Test
    public void promptIsFoundBehindBootMessages() throws Exception {
        guest.print("[    1.0] Run /init\r\n\r\nlkpk:0# ");
        shell.ready(Duration.ofSeconds(1));
    }

    @Test
    public void answerIsWhatStandsBetweenEchoAndPrompt() throws Exception {
        guest.answers.put("uname\n", "uname\r\nLinux\r\nlkpk:0# \033[6n");
        assertEquals(new Shell.Answer("Linux", 0), shell.run("uname"));
    }

    @Test
    public void statusComesFromThePrompt() throws Exception {
        guest.answers.put("false\n", "false\r\nlkpk:1# ");
        assertEquals(new Shell.Answer("", 1), shell.run("false"));
        assertThrows(Failure.class, () -> shell.output("false"));
    }

    @Test
    public void promptWithinALineIsNone() throws Exception {
        guest.answers.put("echo\n", "echo\r\nsay lkpk:0# ");
        assertThrows(Failure.class, () -> shell.run("echo"));
    }

    @Test
    public void silenceIsAFailureThatNamesTheCommandAndTheLastWords() {
        guest.answers.put("hang\n", "hang\r\nwords");
        String message = assertThrows(Failure.class, () -> shell.run("hang")).getMessage();
        assertTrue(message, message.contains("the end of hang") && message.contains("words"));
    }

    @Test
    public void machineThatEndsIsNotWaitedFor() {
        shell.ended("triple fault");
        String message = assertThrows(Failure.class, () -> shell.run("ls", Duration.ofMinutes(1))).getMessage();
        assertTrue(message, message.contains("triple fault"));
    }

    /** Answers typed lines with prepared ones. */
    private static final class Guest implements Console {
        private final Map<String, String> answers = new HashMap<>();
        private OutputStream out;

        void print(String text) {
            try {
                out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public byte[] history() {
            return new byte[0];
        }

        @Override
        public Watch watch(OutputStream out, boolean replay) {
            this.out = out;
            return new Watch() {
                @Override
                public boolean drain(Duration deadline) {
                    return true;
                }

                @Override
                public void close() { }
            };
        }

        @Override
        public void type(byte[] bytes) {
            print(answers.getOrDefault(new String(bytes, StandardCharsets.ISO_8859_1), ""));
        }
    }
}
